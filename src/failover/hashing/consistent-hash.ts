/**
 * Sends the same key to the same member without remembering keys: consistent hashing.
 *
 * Keys are assigned to all members of the pool, including ejected ones, so that an ejection moves only the keys of the ejected
 * member. With `balance`, no member has more tries under way than that many times its share: further keys go to their next
 * member (consistent hashing with bounded loads, V. Mirrokni et al., 2018).
 */
import type { Call } from '../../core/call/call.ts'
import { type Check, finite, functionOf, isRecord, optional, resolveOptions } from '../../core/options.ts'
import { checkOf } from '../selection/check-of.ts'
import { WeightedDraw } from '../selection/draw.ts'
import { weightOf } from '../selection/load-score.ts'
import type { Candidate, Picker, PickerContext, Selection } from '../selection/selection.ts'
import { rendezvous } from './rendezvous.ts'
import type { HashLayout, HashTable } from './table.ts'

export interface ConsistentHashOptions {
  /** How keys are assigned to members: `rendezvous()`, `ketama()`, `maglev()` or your own. Default `rendezvous()`. */
  readonly table?: HashTable
  /** The key of a call. Default: its option `key`. A call without a key goes to any member. */
  readonly key?: (call: Call) => string | undefined
  /** A member may have this many times its share of the tries under way, >= 1; 1.25 is usual. Default: no bound. */
  readonly balance?: number
}

const tableCheck: Check<HashTable> = (value, fail) =>
  isRecord(value) && typeof value['lay'] === 'function' ? (value as unknown as HashTable) : fail('a hash table')

/** Sends calls with the same `key` to the same member. */
export function consistentHash(options?: ConsistentHashOptions): Selection {
  const rules = resolveOptions('consistentHash', options, {
    table: (value, fail) => (value === undefined ? rendezvous() : tableCheck(value, fail)),
    key: optional(functionOf<(call: Call) => string | undefined>(), ({ key }: Call) => key),
    balance: optional(finite(1), undefined),
  })
  return {
    kind: `consistentHash(${rules.table.kind})`,
    ...checkOf(rules.table),
    start: (context) => new HashPicker(context, rules.table, rules.key, rules.balance),
  }
}

class HashPicker implements Picker {
  readonly #context: PickerContext
  readonly #table: HashTable
  readonly #key: (call: Call) => string | undefined
  readonly #balance: number | undefined
  readonly #keyless: WeightedDraw
  #members: readonly Candidate[] = []
  #layout: HashLayout | undefined = undefined
  #list: readonly Candidate[] | undefined = undefined
  #listed: ReadonlySet<Candidate> = new Set()
  /** All members are candidates. */
  #whole = false
  #tried: readonly Candidate[] | undefined = undefined
  #pending = 0
  #weight = 0
  #now = 0

  constructor(
    context: PickerContext,
    table: HashTable,
    key: (call: Call) => string | undefined,
    balance: number | undefined,
  ) {
    this.#context = context
    this.#table = table
    this.#key = key
    this.#balance = balance
    this.#keyless = new WeightedDraw(context.random)
  }

  pick(candidates: readonly Candidate[], call: Call, now: number): Candidate {
    this.#tried = undefined
    this.#now = now
    return this.#find(candidates, call) ?? (candidates[this.#keyless.draw(candidates)] as Candidate)
  }

  next(candidates: readonly Candidate[], call: Call, now: number, tried: readonly Candidate[]): Candidate | undefined {
    this.#tried = tried
    this.#now = now
    return this.#find(candidates, call)
  }

  #find(candidates: readonly Candidate[], call: Call): Candidate | undefined {
    const key = this.#key(call)
    if (key === undefined) return undefined
    const layout = this.#layoutFor(candidates)
    let index = -1
    if (this.#balance !== undefined) {
      this.#sum(candidates)
      index = layout.find(key, this.#hasRoom)
    }
    if (index === -1) index = layout.find(key, this.#admits)
    return this.#members[index]
  }

  readonly #admits = (index: number): boolean => {
    if (this.#whole && this.#tried === undefined) return true
    const member = this.#members[index] as Candidate
    return this.#listed.has(member) && this.#tried?.includes(member) !== true
  }

  readonly #hasRoom = (index: number): boolean => {
    if (!this.#admits(index)) return false
    const member = this.#members[index] as Candidate
    const share = (this.#balance as number) * (this.#pending + 1) * (weightOf(member) / this.#weight)
    // A member that fails at once is never busy and would get the keys that others have no room for, so failures take room too.
    const failing = (this.#pending / this.#members.length + 1) * (1 / member.reliability(this.#now) - 1)
    return member.pending + failing + 1 <= Math.ceil(share)
  }

  #sum(candidates: readonly Candidate[]): void {
    this.#pending = 0
    this.#weight = 0
    for (const candidate of candidates) {
      this.#pending += candidate.pending
      this.#weight += weightOf(candidate)
    }
  }

  #layoutFor(candidates: readonly Candidate[]): HashLayout {
    const members = this.#context.members()
    if (this.#layout === undefined || members !== this.#members) {
      this.#members = members
      this.#list = undefined
      this.#layout = this.#table.lay(members)
    }
    if (candidates !== this.#list) {
      this.#list = candidates
      this.#listed = new Set(candidates)
      this.#whole = members.every((member) => this.#listed.has(member))
    }
    return this.#layout
  }
}
