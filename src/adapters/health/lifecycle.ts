/** The phase of a process: whether it has started, and its end, which overrides the start. */

/** `'closed'`: `close` has ended, or has taken too long. */
export type HealthPhase = 'starting' | 'serving' | 'draining' | 'closed'

export class Lifecycle {
  started = false
  end: 'draining' | 'closed' | undefined = undefined

  get phase(): HealthPhase {
    return this.end ?? (this.started ? 'serving' : 'starting')
  }
}
