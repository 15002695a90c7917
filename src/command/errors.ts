/** Errors of the command's input. The messages are for people. */

/** The log cannot be used: exit code 1. */
export class InputError extends Error {
  override readonly name = 'InputError'
}

/** The options cannot be used: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
