/** Deadlines, as calls carry them. */
import type { Clock } from './clock.ts'
import { type Duration, type Milliseconds, milliseconds } from './duration.ts'

/** When the answer is of no use any more, in the execution's clock. */
export interface Limit {
  readonly at: Milliseconds
  /** A timer of an outer timeout stands there, so an inner one needs none for it. */
  readonly enforced: boolean
  /** What stands when this one is gone. */
  readonly outside: Limit | undefined
}

/** A caller's deadline, from now or by the wall clock; nothing enforces it. */
export function limitAt(deadline: Duration | Date, clock: Clock): Limit {
  const after = deadline instanceof Date ? deadline.getTime() - clock.wall() : milliseconds(deadline)
  return { at: clock.now() + after, enforced: false, outside: undefined }
}
