/**
 * What an attempt came to, and what a policy makes of it.
 *
 * There are three outcomes: success, failure, and ignored (neither; the caller's own abort is one).
 */
import { absorb } from './absorb.ts'
import { isRejection } from './errors.ts'
import type { Events } from './events.ts'

/** How an attempt ended. */
export type Outcome<Value = unknown> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: unknown }

/** `true` is a failure, `false` a success, `'ignore'` neither. */
export type Verdict = boolean | 'ignore'

/** Decides what counts as a failure. It is asked about rejections, never about the caller's abort. */
export type When<Value = unknown> = (outcome: Outcome<Value>) => Verdict

/** The verdict of `when`, or the default where it is absent, throws, or answers with something else. */
export function judge(
  when: When<never> | undefined,
  ok: boolean,
  value: unknown,
  events: Events,
  byDefault: (ok: boolean, value: unknown) => Verdict,
): Verdict {
  if (when === undefined) return byDefault(ok, value)
  try {
    const outcome = ok ? { ok, value } : { ok, error: value }
    const verdict: unknown = (when as (outcome: unknown) => unknown)(outcome)
    if (verdict === true || verdict === false || verdict === 'ignore') return verdict
    absorb(verdict)
    events.fault('when', new TypeError("when must return true, false or 'ignore'"))
  } catch (error) {
    events.fault('when', error)
  }
  return byDefault(ok, value)
}

/** Every error is a failure, but a rejection ("your code did not run") says nothing about it. */
export function rejectionsIgnored(ok: boolean, error: unknown): Verdict {
  if (ok) return false
  return isRejection(error) ? 'ignore' : true
}

/** Every error is a failure. */
export function everyError(ok: boolean): Verdict {
  return !ok
}
