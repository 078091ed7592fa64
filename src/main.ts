// SPDX-License-Identifier: Apache-2.0
import { program } from './cli/program.ts'

// Output is written at once, so nothing is lost by leaving without another turn of the event loop.
process.exit(await program(process.argv.slice(2)))
