/**
 * Asks the selection, and stands in for it where it fails.
 *
 * Invariant: what comes out may be tried: it stands in the present list of candidates, or the call sticks to it while it
 * drains or has no weight, and nobody of its name was tried in this call. A selection that throws, or gives something else,
 * is a fault, and the first candidate that will do is taken.
 */
import type { Call } from '../core/call.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { BasePolicy } from '../core/policy.ts'
import { Member } from './member.ts'
import type { Roster } from './roster.ts'
import type { Candidate, Picker, Selection } from './selection/selection.ts'
import type { Tried } from './tried.ts'

export class Choosing {
  readonly #pool: Pick<BasePolicy, 'random' | 'events'>
  readonly #selection: Selection
  readonly #roster: Roster
  readonly #panic: number
  #picker: Picker | undefined = undefined

  constructor(pool: Pick<BasePolicy, 'random' | 'events'>, selection: Selection, roster: Roster, panic: number) {
    this.#pool = pool
    this.#selection = selection
    this.#roster = roster
    this.#panic = panic
  }

  /** The member for a try at `now` of a call that has tried `tried`; undefined where nobody is left. */
  choose(tried: Tried, call: Call, now: Milliseconds): Member | undefined {
    const { candidates } = this.#roster.lists
    if (candidates.length === 0) return undefined
    try {
      this.#picker ??= this.#start()
      const picked =
        tried.size === 0
          ? this.#picker.pick(candidates, call, now)
          : this.#another(this.#picker, candidates, call, now, tried)
      if (picked === undefined) return undefined
      if (picked instanceof Member && this.#fits(picked, candidates) && !tried.has(picked)) return picked
      this.#pool.events.fault('selection', new TypeError('pick must give one of the candidates'))
    } catch (error) {
      this.#pool.events.fault('selection', error)
    }
    return candidates.find((member) => this.#left(member, tried))
  }

  /** Whether a member is left that was not tried. */
  hasMore(tried: Tried): boolean {
    return this.#roster.lists.candidates.some((member) => this.#left(member, tried))
  }

  /** All that are left, in the order in which a call tries them that has tried many. */
  order(tried: Tried): readonly Member[] {
    const rest = this.#roster.lists.candidates.filter((member) => this.#left(member, tried))
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
  settled(member: Member, ok: boolean, took: Milliseconds, now: Milliseconds): void {
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
      members: () => this.#roster.all,
      underWay: (list) => (list === this.#roster.lists.candidates ? this.#roster.lists.underWay : undefined),
      panic: this.#panic,
    })
  }

  #another(picker: Picker, candidates: readonly Member[], call: Call, now: Milliseconds, tried: Tried): unknown {
    const next = picker.next?.(candidates, call, now, this.#present(tried))
    if (next !== undefined) return next
    const rest = candidates.filter((member) => this.#left(member, tried))
    return rest.length === 0 ? undefined : picker.pick(rest, call, now)
  }

  /** Those tried, as a picker knows them: in place of one that is gone the member that has its name now. */
  #present({ members }: Tried): readonly Member[] {
    if (!members.some(({ gone }) => gone)) return members
    return members.map((member) => this.#roster.get(member.name) ?? member)
  }

  #left(member: Member, tried: Tried): boolean {
    return !tried.has(member) && (this.#selection.seesAll !== true || member.healthy)
  }

  #fits(member: Member, candidates: readonly Member[]): boolean {
    return member.listed === candidates || (member.reach !== 'none' && this.#roster.has(member))
  }
}

/** Members round the order of adding, from the one behind `last` on. */
function roundFrom(last: Member | undefined, members: readonly Member[]): readonly Member[] {
  const behind = members.findIndex(({ ordinal }) => last !== undefined && ordinal > last.ordinal)
  return behind <= 0 ? members : [...members.slice(behind), ...members.slice(0, behind)]
}

function isOrderOf(given: readonly Candidate[], members: readonly Member[]): given is readonly Member[] {
  const left = new Set<Candidate>(members)
  return Array.isArray(given) && given.every((each) => left.delete(each)) && left.size === 0
}
