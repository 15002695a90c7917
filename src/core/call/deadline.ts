/** Deadlines, as calls carry them. */
import type { Clock } from '../clock.ts'
import { type Duration, type Milliseconds, milliseconds } from '../duration.ts'

/** When the answer is of no use any more, in the clock of the call's owner. */
export interface Deadline {
  readonly at: Milliseconds
  /** A timer of an outer timeout ends the call then, so an inner timeout needs none for it. */
  readonly enforced: boolean
  /** The deadline that holds outside the layer that set this one. */
  readonly outside: Deadline | undefined
}

/** A caller's deadline, from now or by the wall clock; nothing enforces it. */
export function deadlineAt(deadline: Duration | Date, clock: Clock): Deadline {
  const after = deadline instanceof Date ? deadline.getTime() - clock.wall() : milliseconds(deadline)
  return { at: clock.now() + after, enforced: false, outside: undefined }
}
