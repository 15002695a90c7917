/**
 * Calls that wait, by their priority, each priority in order of arrival.
 *
 * A call gains one priority for each `step` it has waited, so that less important calls are served too. All calls age alike, so the oldest of
 * each priority is the one to compare. Invariant: the most important priority is first, and none is empty.
 */
import type { Context } from '../../core/context.ts'
import type { Milliseconds } from '../../core/duration.ts'
import type { Scope } from '../../core/hooks.ts'
import { LinkedList, type ListNode } from '../../core/linked-list.ts'
import type { Timer } from '../../core/timer.ts'
import type { Partition } from '../partitions.ts'

export class QueuedCall implements ListNode<QueuedCall> {
  previous: QueuedCall | undefined = undefined
  next: QueuedCall | undefined = undefined
  timer: Timer | undefined = undefined
  readonly scope: Scope
  readonly index: number
  readonly priority: number
  readonly partition: Partition | undefined
  readonly since: Milliseconds
  readonly context: Context | undefined

  constructor(
    scope: Scope,
    index: number,
    priority: number,
    partition: Partition | undefined,
    since: Milliseconds,
    context: Context | undefined,
  ) {
    this.scope = scope
    this.index = index
    this.priority = priority
    this.partition = partition
    this.since = since
    this.context = context
  }
}

interface Row {
  readonly priority: number
  readonly calls: LinkedList<QueuedCall>
}

export class WaitingLine {
  readonly #step: Milliseconds
  readonly #rows: Row[] = []
  #length = 0

  constructor(step: Milliseconds) {
    this.#step = step
  }

  get length(): number {
    return this.#length
  }

  append(call: QueuedCall): void {
    const { priority } = call
    const rows = this.#rows
    let place = 0
    while (place < rows.length && (rows[place] as Row).priority > priority) place++
    if (rows[place]?.priority !== priority) rows.splice(place, 0, { priority, calls: new LinkedList() })
    ;(rows[place] as Row).calls.append(call)
    this.#length++
  }

  remove(call: QueuedCall): void {
    const place = this.#rows.findIndex(({ priority }) => priority === call.priority)
    const { calls } = this.#rows[place] as Row
    calls.remove(call)
    if (calls.head === undefined) this.#rows.splice(place, 1)
    this.#length--
  }

  /** The call that has waited longest. */
  oldest(): QueuedCall | undefined {
    let oldest: QueuedCall | undefined
    for (const { calls } of this.#rows) {
      const head = calls.head as QueuedCall
      if (oldest === undefined || head.since < oldest.since) oldest = head
    }
    return oldest
  }

  /** The call to serve next, of those that `may` be served. */
  next(now: Milliseconds, newestFirst: boolean, may: (call: QueuedCall) => boolean): QueuedCall | undefined {
    let best: QueuedCall | undefined
    let most = Number.NEGATIVE_INFINITY
    for (const { priority, calls } of this.#rows) {
      let call = newestFirst ? calls.tail : calls.head
      while (call !== undefined && !may(call)) call = newestFirst ? call.previous : call.next
      if (call === undefined) continue
      if (newestFirst) return call
      const rank = priority + (now - call.since) / this.#step
      if (rank > most) {
        best = call
        most = rank
      }
    }
    return best
  }
}
