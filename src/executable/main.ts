// SPDX-License-Identifier: Apache-2.0
// Where the executable begins. The order matters: an array method may be called while a module is evaluated.
import './array-methods.ts'
import './clean-environment.ts'
import './current-directory.ts'
import '../main.ts'
