/** Where a process is in its life: whether it has started, and its end, which hides everything else. */

/** `'closed'`: what was to be closed has been. */
export type HealthPhase = 'starting' | 'serving' | 'draining' | 'closed'

export class Lifecycle {
  started = false
  end: 'draining' | 'closed' | undefined = undefined

  get phase(): HealthPhase {
    return this.end ?? (this.started ? 'serving' : 'starting')
  }
}
