/** What a call came to, for those who listen to `call`, or count calls. */
import type { Caller } from './caller.ts'
import type { Milliseconds } from './duration.ts'
import { pinShape } from './shape.ts'

/** What `call` events tell; kept only where somebody listens to them. */
export class Story {
  /** NaN where nobody asks for it. */
  readonly startedAt: Milliseconds
  /** The latest try failed, in its own view or a policy's. */
  bad = false
  /** Whether the first try was good, once that is known. */
  first: boolean | undefined = undefined
  /** The policy that made the latest try after the first, or gave the value. */
  savedBy: string | undefined = undefined

  /** The clock as read while the latest outcome leaves the layers, where one of them had to. */
  leftAt: Milliseconds | undefined = undefined

  constructor(startedAt: Milliseconds) {
    this.startedAt = startedAt
  }
}

pinShape(new Story(Number.NaN))

/** Tells the end of a call. `startedAt` is NaN where nobody asked for it when it began; then it is only counted. */
export function report(
  { name: policy, kind, clock, events }: Caller,
  startedAt: Milliseconds,
  leftAt: Milliseconds | undefined,
  ok: boolean,
  ignored: boolean,
  attempts: number,
  first: boolean,
  savedBy: string | undefined,
): void {
  const { call } = events
  if (call !== undefined && !Number.isNaN(startedAt)) {
    const time = leftAt ?? clock.now()
    // Sent once a call, so the payload is made in one piece.
    const at = clock.wall(time)
    call.tell({ policy, kind, at, time, duration: time - startedAt, ok, ignored, attempts, first, savedBy })
  }
  const { counters } = events
  if (counters === undefined) return
  try {
    for (const count of counters) count(ok, ignored, attempts, first, savedBy)
  } catch (error) {
    events.fault('counter', error)
  }
}
