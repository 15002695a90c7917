/**
 * Keeps the members of a pool as a source says.
 *
 * Members are known by name, so what is known of one stays through lists in another order; one that is gone from the list
 * leaves the pool. An empty answer, a failed one, and one in which nothing is right keep the last list: a registry that
 * fails must not empty the pool. A flood of lists is taken as its latest, ten times a second.
 *
 * Invariant: `#owned` are the members that the source put into the pool, with what it last said of each. Those that the
 * user added are the user's, and what the user changed stays until the source says something new.
 */

import type { Clock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import { ignoreRejection } from '../../core/ignore-rejection.ts'
import type { Random } from '../../core/random.ts'
import { Alarm } from '../../core/timer.ts'
import type { MemberInfo } from '../options.ts'
import { named } from './naming.ts'
import type { MemberSink, MemberSource, MemberWatch } from './source.ts'

/** What is asked of the pool. */
export interface SyncedPool {
  readonly clock: Clock
  readonly random: Random
  /** A given member's settings. @throws TypeError where it is none. */
  resolve(given: unknown): MemberInfo<unknown>
  known(name: string): MemberInfo<unknown> | undefined
  /** How many members it has. */
  readonly size: number
  /** `others`: whether there are members that did not come with this one. Only then it may begin slowly. */
  join(info: MemberInfo<unknown>, others: boolean): void
  leave(name: string): void
  /** Whether that changed anything. */
  change(name: string, info: MemberInfo<unknown>): boolean
  /** Names that came, went and changed, after a list was taken. */
  announce(added: readonly string[], removed: readonly string[], changed: readonly string[]): void
  fault(error: unknown): void
}

/** A member that came from the source. */
interface SourcedMember {
  /** The very one in the pool: the user may put another in its place, under the same name. */
  readonly member: MemberInfo<unknown>
  /** What the source last said of it. */
  readonly said: MemberInfo<unknown>
}

/** How long, in ms, after one list the next is taken. */
const settleFor = 100

export class SourceSync implements MemberSink {
  readonly #pool: SyncedPool
  readonly #source: MemberSource
  readonly #owned = new Map<string, SourcedMember>()
  readonly #later = new Alarm(() => this.#take(), true)
  /** A list that waits to be taken. */
  #waiting: unknown = undefined
  #takenAt = Number.NEGATIVE_INFINITY
  #watch: MemberWatch | undefined = undefined
  #closed = false
  /** Told of the first answer, good or bad. */
  #listeners = new Set<() => void>()
  #answered = false

  constructor(pool: SyncedPool, source: MemberSource) {
    this.#pool = pool
    this.#source = source
    for (const given of source.initial ?? []) this.#join(pool.resolve(named(given)), false)
  }

  get clock(): Clock {
    return this.#pool.clock
  }

  get random(): Random {
    return this.#pool.random
  }

  /** The source has said something, good or bad. */
  get answered(): boolean {
    return this.#answered
  }

  /** Begins to watch; `answered` is told of the first answer. */
  start(answered: () => void): void {
    this.#listeners.add(answered)
    try {
      this.#watch = this.#source.watch(this)
    } catch (error) {
      this.failed(error)
    }
    if (this.#closed) this.#end()
  }

  close(): void {
    this.#closed = true
    this.clock.cancel(this.#later)
    this.#end()
    this.#answer()
  }

  refresh(): void {
    try {
      ignoreRejection(this.#watch?.refresh?.(), (error) => this.#pool.fault(error))
    } catch (error) {
      this.#pool.fault(error)
    }
  }

  /** Calls `resume` once the source has said something, or after `wait`. Gives what takes that back. */
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
    this.#waiting = members
    if (this.#later.list !== undefined) return
    const since = this.clock.now() - this.#takenAt
    if (since >= 0 && since < settleFor) this.clock.schedule(this.#later, settleFor - since)
    else this.#take()
  }

  failed(error: unknown): void {
    if (this.#closed) return
    this.#pool.fault(error)
    this.#answer()
  }

  #end(): void {
    const watch = this.#watch
    this.#watch = undefined
    try {
      ignoreRejection(watch?.close(), (error) => this.#pool.fault(error))
    } catch (error) {
      this.#pool.fault(error)
    }
  }

  #take(): void {
    this.#takenAt = this.clock.now()
    const given = this.#waiting
    this.#waiting = undefined
    if (!Array.isArray(given)) {
      this.failed(new TypeError(`${this.#source.kind}: members must be an array`))
      return
    }
    const wanted = this.#right(given)
    if (wanted.size > 0) this.#apply(wanted)
    else this.#pool.fault(new TypeError(`${this.#source.kind}: gave no member, the last list stays`))
    this.#answer()
  }

  /** What is right of a list, by name; the rest is a fault each. */
  #right(given: readonly unknown[]): Map<string, MemberInfo<unknown>> {
    const wanted = new Map<string, MemberInfo<unknown>>()
    for (const each of given) {
      try {
        const info = this.#pool.resolve(named(each))
        const known = this.#pool.known(info.name)
        if (known !== undefined && known !== this.#owned.get(info.name)?.member) {
          throw new TypeError(`${this.#source.kind}: ${JSON.stringify(info.name)} is a member already`)
        }
        // Said twice is said once.
        if (!wanted.has(info.name)) wanted.set(info.name, info)
      } catch (error) {
        this.#pool.fault(error)
      }
    }
    return wanted
  }

  #apply(wanted: ReadonlyMap<string, MemberInfo<unknown>>): void {
    const added: string[] = []
    const removed: string[] = []
    const changed: string[] = []
    for (const [name, { member, said }] of this.#owned) {
      const info = wanted.get(name)
      const present = this.#pool.known(name) === member
      if (present && info !== undefined && sameTarget(said.target, info.target)) continue
      this.#owned.delete(name)
      if (!present) continue
      this.#pool.leave(name)
      removed.push(name)
    }
    const others = this.#pool.size > 0
    for (const [name, info] of wanted) {
      const owned = this.#owned.get(name)
      try {
        if (owned === undefined) {
          this.#join(info, others)
          added.push(name)
        } else {
          if (!sameSettings(owned.said, info) && this.#pool.change(name, info)) changed.push(name)
          this.#owned.set(name, { member: owned.member, said: info })
        }
      } catch (error) {
        // Its guard could not be made, or the selection cannot have it.
        this.#pool.fault(error)
      }
    }
    if (added.length + removed.length + changed.length > 0) this.#pool.announce(added, removed, changed)
  }

  #join(info: MemberInfo<unknown>, others: boolean): void {
    this.#pool.join(info, others)
    this.#owned.set(info.name, { member: this.#pool.known(info.name) as MemberInfo<unknown>, said: info })
  }

  #answer(): void {
    this.#answered = true
    const listeners = this.#listeners
    this.#listeners = new Set()
    for (const listener of listeners) listener()
  }
}

function sameSettings(a: MemberInfo<unknown>, b: MemberInfo<unknown>): boolean {
  return a.weight === b.weight && a.zone === b.zone && a.priority === b.priority
}

/** Whether two targets are the same place: equal, or objects of equal fields. */
function sameTarget(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof URL && b instanceof URL) return a.href === b.href
  const [one, other] = [Object.entries(a), Object.entries(b)]
  return (
    one.length === other.length && one.every(([key, value]) => Object.is(value, (b as Record<string, unknown>)[key]))
  )
}
