/**
 * Where a process is in its life.
 *
 * Two facts: whether it has started, and how far its end has come. Invariant: an end that has reached its closing is not
 * taken back, and one that began hides everything else.
 */

/** `'closed'`: what was to be closed has been. */
export type HealthPhase = 'starting' | 'serving' | 'draining' | 'closed'

export class Lifecycle {
  started = false
  end: 'waiting' | 'closing' | 'closed' | undefined = undefined

  get phase(): HealthPhase {
    if (this.end !== undefined) return this.end === 'closed' ? 'closed' : 'draining'
    return this.started ? 'serving' : 'starting'
  }
}
