/** What a call came to, for those who listen to `call`. */
import type { Milliseconds } from './duration.ts'

/** What `call` events tell; kept only where somebody listens to them. */
export class Story {
  readonly startedAt: Milliseconds
  /** The latest try failed, in its own view or a policy's. */
  bad = false
  /** Whether the first try was good, once that is known. */
  first: boolean | undefined = undefined
  /** The policy that made the latest try after the first, or gave the value. */
  savedBy: string | undefined = undefined

  constructor(startedAt: Milliseconds) {
    this.startedAt = startedAt
  }
}
