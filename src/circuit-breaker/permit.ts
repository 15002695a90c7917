/**
 * A call the breaker keeps an eye on: every probe, and, where slow calls count, every call.
 *
 * Permits are in order of admission, so those that are overdue or have lapsed are always at the head.
 */
export class Permit {
  /** The opening or closing of the breaker it was admitted in; in another one its result is stale. */
  readonly generation: number
  readonly admittedAt: number
  readonly probe: boolean
  /** It was counted as slow while it ran. */
  slow = false
  /** It was out too long: its late result counts for nothing. */
  lapsed = false
  /** It is among those the breaker waits for. */
  listed = false
  previous: Permit | undefined = undefined
  next: Permit | undefined = undefined

  constructor(generation: number, admittedAt: number, probe: boolean) {
    this.generation = generation
    this.admittedAt = admittedAt
    this.probe = probe
  }
}

export class PermitList {
  head: Permit | undefined = undefined
  #tail: Permit | undefined = undefined

  add(permit: Permit): Permit {
    permit.listed = true
    permit.previous = this.#tail
    if (this.#tail === undefined) this.head = permit
    else this.#tail.next = permit
    this.#tail = permit
    return permit
  }

  remove(permit: Permit): void {
    if (!permit.listed) return
    permit.listed = false
    if (permit.previous === undefined) this.head = permit.next
    else permit.previous.next = permit.next
    if (permit.next === undefined) this.#tail = permit.previous
    else permit.next.previous = permit.previous
    permit.previous = permit.next = undefined
  }

  /** Takes one out whose result no longer counts. */
  drop(permit: Permit): void {
    permit.lapsed = true
    this.remove(permit)
  }

  /** Drops those admitted `after` ms ago or longer, and gives how many. */
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
    this.head = this.#tail = undefined
  }
}
