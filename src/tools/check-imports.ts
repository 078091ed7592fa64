// SPDX-License-Identifier: Apache-2.0
// Run from the root of the repository: refuses imports that src/import-rules.ts does not allow.
import { importProblems } from './import-problems.ts'
import { readSourceFiles } from './source-files.ts'

const files = readSourceFiles(['src', 'conformance'], /\.ts$/)
const problems = importProblems(files)
for (const problem of problems) console.error(problem)
console.log(`${files.size} files, ${problems.length} forbidden imports or names`)
process.exitCode = problems.length === 0 ? 0 : 1
