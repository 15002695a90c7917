import { LinkedList, type ListNode } from '../core/linked-list.ts'

/**
 * A call that the breaker watches: every probe, and, if slow calls count, every call.
 *
 * Permits are in order of admission, so those that are overdue or have lapsed are always at the head.
 */
export class BreakerPermit implements ListNode<BreakerPermit> {
  /** The state of the breaker that admitted it, by number; in a later state its result is stale. */
  readonly generation: number
  readonly admittedAt: number
  readonly probe: boolean
  /** It was counted as slow while it ran. */
  slow = false
  /** It ran too long: its late result does not count. */
  lapsed = false
  /** It is in the list of its breaker. */
  listed = false
  previous: BreakerPermit | undefined = undefined
  next: BreakerPermit | undefined = undefined

  constructor(generation: number, admittedAt: number, probe: boolean) {
    this.generation = generation
    this.admittedAt = admittedAt
    this.probe = probe
  }
}

export class PermitList {
  readonly #permits = new LinkedList<BreakerPermit>()

  /** The permit that was given first. */
  get head(): BreakerPermit | undefined {
    return this.#permits.head
  }

  add(permit: BreakerPermit): BreakerPermit {
    permit.listed = true
    this.#permits.append(permit)
    return permit
  }

  remove(permit: BreakerPermit): void {
    if (!permit.listed) return
    permit.listed = false
    this.#permits.remove(permit)
  }

  /** Removes a permit whose result no longer counts. */
  drop(permit: BreakerPermit): void {
    permit.lapsed = true
    this.remove(permit)
  }

  /** Drops the permits given `after` ms ago or earlier, and returns their number. */
  lapse(after: number, now: number): number {
    let dropped = 0
    for (let head = this.head; head !== undefined; head = this.head) {
      if (now <= head.admittedAt || now - head.admittedAt < after) break
      this.drop(head)
      dropped++
    }
    return dropped
  }

  clear(): void {
    for (let permit = this.head; permit !== undefined; permit = permit.next) permit.listed = false
    this.#permits.clear()
  }
}
