// SPDX-License-Identifier: Apache-2.0
import { program } from './cli/program.ts'

// Whoever reads the output may go away early; that is no failure of the command.
process.stdout.on('error', () => {})
process.exitCode = await program(process.argv.slice(2))
