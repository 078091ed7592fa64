// SPDX-License-Identifier: Apache-2.0
// Run from the root of the repository: refuses long comments, open tasks without an issue, and files without a licence.
import { commentProblems } from './comment-problems.ts'
import { readSourceFiles } from './source-files.ts'

const files = readSourceFiles(['src', 'conformance', 'native-shim'], /\.(ts|c|h)$/)
const problems = commentProblems(files)
for (const problem of problems) console.error(problem)
console.log(`${files.size} files, ${problems.length} problems with comments`)
process.exitCode = problems.length === 0 ? 0 : 1
