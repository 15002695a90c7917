/**
 * Watches the source of a pool's members, and passes its lists on to `SourcedMembers`.
 *
 * A failed answer keeps the last list. Of many lists in quick succession the latest is applied, at most ten times a second.
 */
import type { Clock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import { ignoreRejection } from '../../core/ignore-rejection.ts'
import type { BasePolicy } from '../../core/policy.ts'
import type { Random } from '../../core/random.ts'
import { Alarm } from '../../core/timer.ts'
import type { MemberRegistry } from '../members/member-registry.ts'
import type { MemberSink, MemberSource, MemberWatch } from './source.ts'
import { SourcedMembers } from './sourced-members.ts'

/** The least time, in ms, between two lists that are applied. */
const settleFor = 100

export class SourceSync implements MemberSink {
  readonly #pool: Pick<BasePolicy, 'clock' | 'random' | 'events'>
  readonly #source: MemberSource
  readonly #members: SourcedMembers
  readonly #later = new Alarm(() => this.#apply(), true)
  /** The latest list, not yet applied. */
  #latest: unknown = undefined
  #appliedAt = Number.NEGATIVE_INFINITY
  #watch: MemberWatch | undefined = undefined
  #closed = false
  /** Called once, at the first answer. */
  #listeners = new Set<() => void>()
  #answered = false

  constructor(pool: Pick<BasePolicy, 'clock' | 'random' | 'events'>, registry: MemberRegistry, source: MemberSource) {
    this.#pool = pool
    this.#source = source
    this.#members = new SourcedMembers(registry, pool.events, source.kind)
    this.#members.begin(source.initial ?? [])
  }

  get clock(): Clock {
    return this.#pool.clock
  }

  get random(): Random {
    return this.#pool.random
  }

  /** The source has given a list or an error. */
  get answered(): boolean {
    return this.#answered
  }

  /** Begins to watch; calls `answered` at the first answer. */
  start(answered: () => void): void {
    this.#listeners.add(answered)
    try {
      this.#watch = this.#source.watch(this)
    } catch (error) {
      this.failed(error)
    }
    if (this.#closed) this.#stopWatching()
  }

  close(): void {
    this.#closed = true
    // Without a list that waits there may be no clock yet, and closing must not fix one.
    if (this.#later.list !== undefined) this.clock.cancel(this.#later)
    this.#stopWatching()
    this.#announceAnswer()
  }

  refresh(): void {
    try {
      ignoreRejection(this.#watch?.refresh?.(), (error) => this.#fault(error))
    } catch (error) {
      this.#fault(error)
    }
  }

  /** Calls `resume` at the first answer, or after `wait`. Returns a function that cancels this. */
  await(resume: () => void, wait: Milliseconds): () => void {
    const late = new Alarm(resume)
    this.clock.schedule(late, wait)
    this.#listeners.add(resume)
    return () => {
      this.clock.cancel(late)
      this.#listeners.delete(resume)
    }
  }

  update(members: readonly unknown[]): void {
    if (this.#closed) return
    this.#latest = members
    if (this.#later.list !== undefined) return
    const since = this.clock.now() - this.#appliedAt
    if (since >= 0 && since < settleFor) this.clock.schedule(this.#later, settleFor - since)
    else this.#apply()
  }

  failed(error: unknown): void {
    if (this.#closed) return
    this.#fault(error)
    this.#announceAnswer()
  }

  #apply(): void {
    this.#appliedAt = this.clock.now()
    const list = this.#latest
    this.#latest = undefined
    if (!Array.isArray(list)) {
      this.failed(new TypeError(`${this.#source.kind}: members must be an array`))
      return
    }
    this.#members.apply(list)
    this.#announceAnswer()
  }

  #stopWatching(): void {
    const watch = this.#watch
    this.#watch = undefined
    try {
      ignoreRejection(watch?.close(), (error) => this.#fault(error))
    } catch (error) {
      this.#fault(error)
    }
  }

  #announceAnswer(): void {
    this.#answered = true
    const listeners = this.#listeners
    this.#listeners = new Set()
    for (const listener of listeners) listener()
  }

  #fault(error: unknown): void {
    this.#pool.events.fault('source', error)
  }
}
