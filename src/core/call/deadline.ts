/** The deadline of a call. */
import type { Clock } from '../clock.ts'
import { type Duration, type Milliseconds, milliseconds } from '../duration.ts'

/** When the result is no longer of use, in the clock of the call's owner. */
export interface Deadline {
  readonly at: Milliseconds
  /** A timer of an outer timeout ends the call then, so an inner timeout needs no timer for it. */
  readonly enforced: boolean
  /** Calls that join shared work may put it off: who waits for it looks again when it has come. */
  readonly rises?: boolean
  /** The deadline that holds outside the layer that set this one. */
  readonly outside: Deadline | undefined
}

/** The deadline of a caller, given from now or by the wall clock. Nothing enforces it. */
export function deadlineAt(deadline: Duration | Date, clock: Clock): Deadline {
  const after = deadline instanceof Date ? deadline.getTime() - clock.wall() : milliseconds(deadline)
  return { at: clock.now() + after, enforced: false, outside: undefined }
}

/** An instant in a clock. */
export interface ClockInstant {
  readonly at: Milliseconds
  readonly clock: Clock
}

/**
 * When the result of a call of this library is no longer of use, not rounded as its `deadline` is; undefined for any other object,
 * and without a deadline.
 */
export function exactDeadline(call: object): ClockInstant | undefined {
  const { limit, owner } = call as { readonly limit?: Deadline; readonly owner?: { readonly clock: Clock } }
  if (limit === undefined || owner === undefined) return undefined
  return { at: limit.at, clock: owner.clock }
}
