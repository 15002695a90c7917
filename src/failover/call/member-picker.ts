/**
 * Asks the selection for a member, and falls back to the first candidate where the selection fails.
 *
 * Invariant: the returned member is eligible: a current candidate, or the call's sticky member while it drains or has weight
 * 0; and the call has tried no member of its name. A selection that throws or returns anything else is reported as a fault.
 */
import type { Call } from '../../core/call/call.ts'
import type { Milliseconds } from '../../core/duration.ts'
import type { BasePolicy } from '../../core/policy.ts'
import type { MemberSet } from '../members/member-set.ts'
import { PoolMember } from '../members/pool-member.ts'
import type { Candidate, Picker, Selection } from '../selection/selection.ts'
import type { TriedMembers } from './tried-members.ts'

export class MemberPicker {
  readonly #pool: Pick<BasePolicy, 'random' | 'events'>
  readonly #selection: Selection
  readonly #members: MemberSet
  readonly #panic: number
  #picker: Picker | undefined = undefined

  constructor(pool: Pick<BasePolicy, 'random' | 'events'>, selection: Selection, members: MemberSet, panic: number) {
    this.#pool = pool
    this.#selection = selection
    this.#members = members
    this.#panic = panic
  }

  /** The member for a try at `now` of a call that has tried `tried`; undefined where none is left. */
  choose(tried: TriedMembers, call: Call, now: Milliseconds): PoolMember | undefined {
    const { candidates } = this.#members.lists
    if (candidates.length === 0) return undefined
    try {
      this.#picker ??= this.#start()
      const picked =
        tried.size === 0
          ? this.#picker.pick(candidates, call, now)
          : this.#another(this.#picker, candidates, call, now, tried)
      if (picked === undefined) return undefined
      if (picked instanceof PoolMember && this.#isEligible(picked, candidates) && !tried.has(picked)) return picked
      this.#pool.events.fault('selection', new TypeError('pick must give one of the candidates'))
    } catch (error) {
      this.#pool.events.fault('selection', error)
    }
    return candidates.find((member) => this.#isLeft(member, tried))
  }

  /** Whether a candidate is left that was not tried. */
  hasMore(tried: TriedMembers): boolean {
    return this.#members.lists.candidates.some((member) => this.#isLeft(member, tried))
  }

  /** All candidates left, in the order in which a call tries them after it has tried many. */
  order(tried: TriedMembers): readonly PoolMember[] {
    const rest = this.#members.lists.candidates.filter((member) => this.#isLeft(member, tried))
    if (rest.length === 0 || this.#picker?.order === undefined) return roundFrom(tried.members.at(-1), rest)
    try {
      const given = this.#picker.order(rest)
      if (isOrderOf(given, rest)) return given
      this.#pool.events.fault('selection', new TypeError('order must give each of the candidates once'))
    } catch (error) {
      this.#pool.events.fault('selection', error)
    }
    return rest
  }

  /** A try has ended. */
  settled(member: PoolMember, ok: boolean, took: Milliseconds, now: Milliseconds): void {
    if (this.#picker?.settled === undefined) return
    try {
      this.#picker.settled(member, ok, took, now)
    } catch (error) {
      this.#pool.events.fault('selection', error)
    }
  }

  #start(): Picker {
    const { random } = this.#pool
    return this.#selection.start({
      random,
      members: () => this.#members.all,
      underWay: (list) => (list === this.#members.lists.candidates ? this.#members.lists.underWay : undefined),
      panic: this.#panic,
    })
  }

  #another(
    picker: Picker,
    candidates: readonly PoolMember[],
    call: Call,
    now: Milliseconds,
    tried: TriedMembers,
  ): unknown {
    const next = picker.next?.(candidates, call, now, this.#asKnown(tried))
    if (next !== undefined) return next
    const rest = candidates.filter((member) => this.#isLeft(member, tried))
    return rest.length === 0 ? undefined : picker.pick(rest, call, now)
  }

  /** The tried members as a picker knows them: a removed one is replaced by the member that has its name now. */
  #asKnown({ members }: TriedMembers): readonly PoolMember[] {
    if (!members.some(({ removed }) => removed)) return members
    return members.map((member) => this.#members.get(member.name) ?? member)
  }

  #isLeft(member: PoolMember, tried: TriedMembers): boolean {
    return !tried.has(member) && (this.#selection.seesAll !== true || member.healthy)
  }

  #isEligible(member: PoolMember, candidates: readonly PoolMember[]): boolean {
    return member.listed === candidates || (member.reach !== 'none' && this.#members.has(member))
  }
}

/** The members in order of adding, starting after `last`, then round from the first. */
function roundFrom(last: PoolMember | undefined, members: readonly PoolMember[]): readonly PoolMember[] {
  const behind = members.findIndex(({ ordinal }) => last !== undefined && ordinal > last.ordinal)
  return behind <= 0 ? members : [...members.slice(behind), ...members.slice(0, behind)]
}

function isOrderOf(given: readonly Candidate[], members: readonly PoolMember[]): given is readonly PoolMember[] {
  const left = new Set<Candidate>(members)
  return Array.isArray(given) && given.every((each) => left.delete(each)) && left.size === 0
}
