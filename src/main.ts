// SPDX-License-Identifier: Apache-2.0
import { program } from './cli/program.ts'

process.exitCode = await program(process.argv.slice(2))
