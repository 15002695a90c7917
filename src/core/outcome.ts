/**
 * How an attempt ended, and how a policy judges that.
 *
 * There are three verdicts: success, failure, and ignored, which is neither (a caller's abort, for example).
 */

import type { Call } from './call/call.ts'
import { isRejection } from './errors.ts'
import type { Events } from './events.ts'
import { ignoreRejection } from './ignore-rejection.ts'
import { type Check, functionOf, oneOf, optional, refuseOption } from './options.ts'

/** How an attempt ended. */
export type Outcome<Value = unknown> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: unknown }

/** `true` is a failure, `false` a success, `'ignore'` neither. */
export type Verdict = boolean | 'ignore'

/**
 * Decides what counts as a failure. It is called for outcomes of work that ran, never for the caller's abort, and for rejections
 * only by a fallback or with the option `rejections: 'ask'`.
 */
export type When<Value = unknown> = (outcome: Outcome<Value>, call: Call) => Verdict

/** The options of policies that judge outcomes. */
export interface JudgingOptions<Accepts = unknown> {
  /** What counts as a failure: a function of the outcome and the call. Default: every error. */
  readonly when?: When<Accepts>
  /**
   * `'ask'`: `when` decides about rejections ("your code did not run") too. Default: a breaker ignores them, a retry
   * repeats only what can pass before the deadline or elsewhere, and a pool moves on to the next member.
   */
  readonly rejections?: 'ask'
}

/** The same, resolved. */
export interface Judging {
  readonly when: When<never> | undefined
  readonly rejections: 'ask' | undefined
}

/** The checks of `JudgingOptions`, to be spread into the checks of a factory. */
export const judgingChecks = {
  when: optional(functionOf<When<never>>(), undefined),
  rejections: optional(oneOf('ask'), undefined),
} satisfies Record<keyof Judging, Check<unknown>>

/** Throws if `rejections` could have no effect. */
export function checkJudging(kind: string, { when, rejections }: Judging): void {
  if (rejections !== undefined && when === undefined) refuseOption(kind, 'when', 'given with rejections', when)
}

/** The verdict of `when`, or of `byDefault` if `when` is absent, does not apply, throws, or returns something else. */
export function judge<Default>(
  { when, rejections }: Judging,
  ok: boolean,
  value: unknown,
  call: Call,
  events: Events,
  byDefault: (ok: boolean, value: unknown) => Default,
): Verdict | Default {
  if (when === undefined || (!ok && rejections === undefined && isRejection(value))) return byDefault(ok, value)
  try {
    const outcome = ok ? { ok, value } : { ok, error: value }
    const verdict: unknown = (when as (outcome: unknown, call: Call) => unknown)(outcome, call)
    if (verdict === true || verdict === false || verdict === 'ignore') return verdict
    ignoreRejection(verdict)
    events.fault('when', new TypeError("when must return true, false or 'ignore'"))
  } catch (error) {
    events.fault('when', error)
  }
  return byDefault(ok, value)
}

/** Every error is a failure, except that a rejection ("your code did not run") counts neither way. */
export function rejectionsIgnored(ok: boolean, error: unknown): Verdict {
  if (ok) return false
  return isRejection(error) ? 'ignore' : true
}

/** Every error is a failure. */
export function everyError(ok: boolean): Verdict {
  return !ok
}
