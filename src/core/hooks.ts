/** What a policy does around a call. */
import type { Milliseconds } from './duration.ts'
import type { Events } from './events.ts'
import type { Timer } from './timer.ts'
import type { Entry, Verdict } from './verdict.ts'

/** The hooks of one policy around a call; absent hooks cost nothing. `index` is the layer's place in the scope's chain. */
export interface HooksAround<Scope> {
  readonly events?: Events
  /**
   * Whether a call may pass at this moment without any note: `enter` would let it in, and neither it nor `success` would
   * leave anything on the scope. Then `take` stands for `enter`. A layer with `enter` or `success` needs it for that.
   */
  plain?(): boolean
  /** A plain call passes: what `enter` would do to the layer itself. */
  take?(): void
  /** How long a plain call may take; it needs a timer then. */
  readonly after?: Milliseconds
  /** A plain call gets a scope; `timer` runs for it already. Gives what is told when the time is up. */
  timed?(scope: Scope, index: number, timer: Timer): Timer
  /** Asked on the way in, outermost first. */
  enter?(scope: Scope, index: number): Entry
  /** Told a value on the way out, innermost first. */
  success?(scope: Scope, index: number, value: unknown): Verdict
  /** Told an error on the way out. */
  failure?(scope: Scope, index: number, error: unknown): Verdict
  /** The call was given up out there; `counts` where our own timeout did it, so that it is a failure here. */
  abandon?(scope: Scope, index: number, error: unknown, counts: boolean): void
  /** All work under the scope has settled, after the layer had put its index into `scope.held`. */
  release?(scope: Scope, index: number): void
  /** The layers up to this one now belong to another scope. */
  moved?(scope: Scope, index: number): void
}
