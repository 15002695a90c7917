/** What an error is, in few words. */
import { isHoldfastError } from '../../core/errors.ts'

export interface ErrorWords {
  /**
   * The value of `error.type`, of which there must never be many: the code of an error of this library, else the name of an
   * error's class, which must look like one.
   */
  readonly type: string
  /** Undefined where it is no error. */
  readonly message: string | undefined
}

/** What OpenTelemetry says where there is no word. */
const none: ErrorWords = { type: '_OTHER', message: undefined }
const word = /^[A-Za-z_$][\w$.]{0,63}$/

export function wordsOf(error: unknown): ErrorWords {
  try {
    if (!(error instanceof Error)) return none
    const name = isHoldfastError(error) ? error.code : error.name
    return { type: word.test(name) ? name : none.type, message: String(error.message) }
  } catch {
    // Whatever was thrown may throw when it is looked at.
    return none
  }
}

export function errorType(error: unknown): string {
  return wordsOf(error).type
}
