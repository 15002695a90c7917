/** What the command can be given that it cannot use. The messages are for people. */

/** The log: it ends with 1. */
export class InputError extends Error {
  override readonly name = 'InputError'
}

/** The options: it ends with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
