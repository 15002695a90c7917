/** Which outcomes say overload, if `when` does not decide. */
import { isRejection } from '../core/errors.ts'
import type { Verdict } from '../core/outcome.ts'
import { refusedByDependency } from '../core/refused.ts'

/** Timeouts, and what the dependency refused. Rejections by policies inside say nothing: the code did not run. */
export function overloaded(ok: boolean, outcome: unknown): Verdict {
  if (ok) return refusedByDependency(true, outcome)
  if (isRejection(outcome)) return 'ignore'
  return refusedByDependency(false, outcome) || timedOut(outcome)
}

/** Whether it is the error of a timeout: this library's, or that of `AbortSignal.timeout`. */
function timedOut(error: unknown): boolean {
  try {
    return typeof error === 'object' && (error as { name?: unknown } | null)?.name === 'TimeoutError'
  } catch {
    return false
  }
}
