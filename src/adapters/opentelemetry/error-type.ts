/** The type and the message of an error, as OpenTelemetry's conventions want them. */
import { isHoldfastError } from '../../core/errors.ts'

export interface ErrorSummary {
  /**
   * The value of `error.type`: the code of an error of this library, or the class name of any other error. Text that does not
   * look like a name is left out, so that there are never many different values.
   */
  readonly type: string
  /** Undefined for a thrown value that is no `Error`. */
  readonly message: string | undefined
}

/** OpenTelemetry's value for an unknown type. */
const other: ErrorSummary = { type: '_OTHER', message: undefined }
const typeName = /^[A-Za-z_$][\w$.]{0,63}$/

export function errorSummary(error: unknown): ErrorSummary {
  try {
    if (!(error instanceof Error)) return other
    const name = isHoldfastError(error) ? error.code : error.name
    return { type: typeName.test(name) ? name : other.type, message: String(error.message) }
  } catch {
    // A thrown object may throw when its properties are read.
    return other
  }
}

export function errorType(error: unknown): string {
  return errorSummary(error).type
}
