/**
 * The members of a pool, and which of them may be tried.
 *
 * Invariant: `#lists` is undefined, or what the members' states, weights and places make it. It is made anew only after a
 * change, so a pick costs no filtering, and while nothing changes a selection is given the same array. A member's `listed`
 * is the list it stands in, so that whether it does is one comparison.
 */
import type { Milliseconds } from '../core/duration.ts'
import type { Member } from './member.ts'

interface Lists {
  /** In service: the operator lets any call come. In order of adding. */
  readonly serving: readonly Member[]
  /** Those of them that are ejected or being probed. */
  readonly out: readonly Member[]
  /** Those of them that are not. */
  readonly healthy: number
  /** Those a call may go to, without those of weight 0 unless all are 0. */
  readonly candidates: readonly Member[]
  /** Their tries under way, in their order; see `PickerContext.underWay`. */
  readonly underWay: Int32Array
}

export class Roster {
  readonly #members = new Map<string, Member>()
  readonly #seesAll: boolean
  readonly #panic: number
  #all: readonly Member[] | undefined = undefined
  #lists: Lists | undefined = undefined
  /** Members in their slow start. */
  readonly warming = new Set<Member>()

  /** `seesAll` is the selection's; below the share `panic` of healthy members health is ignored. */
  constructor(seesAll: boolean, panic: number) {
    this.#seesAll = seesAll
    this.#panic = panic
  }

  /** All members, in order of adding. The same array until one comes, goes or is changed by the user. */
  get all(): readonly Member[] {
    this.#all ??= [...this.#members.values()]
    return this.#all
  }

  get(name: string): Member | undefined {
    return this.#members.get(name)
  }

  has(member: Member): boolean {
    return this.#members.get(member.name) === member
  }

  add(member: Member): void {
    this.#members.set(member.name, member)
    this.altered()
  }

  remove(member: Member): void {
    this.#members.delete(member.name)
    this.warming.delete(member)
    member.gone = true
    this.altered()
  }

  /** A member's weight or place, or the membership, has changed. */
  altered(): void {
    this.#all = undefined
    this.#lists = undefined
  }

  /** A member came in or went out. */
  changed(): void {
    this.#lists = undefined
  }

  get lists(): Lists {
    this.#lists ??= this.#made()
    return this.#lists
  }

  /** The first member whose ejection is over, and that was not tried. */
  due(now: Milliseconds, tried: readonly Member[]): Member | undefined {
    return this.lists.out.find((member) => isDue(member, now) && !tried.includes(member))
  }

  /** The ejected member that may be tried soonest, for a call that has nobody else left. */
  leastBad(tried: readonly Member[]): Member | undefined {
    let best: Member | undefined
    for (const member of this.lists.out) {
      if (member.state !== 'ejected' || tried.includes(member)) continue
      if (best === undefined || member.ejectedUntil < best.ejectedUntil) best = member
    }
    return best
  }

  #made(): Lists {
    const serving = this.all.filter(({ admin }) => admin === 'ready')
    const out = serving.filter(({ healthy }) => !healthy)
    const healthy = serving.length - out.length
    const panics = healthy < this.#panic * serving.length
    const some = this.#seesAll || panics ? serving : serving.filter((member) => member.healthy)
    // A selection that sees all must still find nobody where nobody may be tried.
    const candidates = healthy === 0 && !panics ? [] : withoutZero(some, healthy > 0)
    const underWay = new Int32Array(candidates.length)
    for (const member of this.all) member.unlist()
    for (const [place, member] of candidates.entries()) member.listIn(candidates, underWay, place)
    return { serving, out, healthy, candidates, underWay }
  }
}

/** Whether a call at `now` may find out if it works again: its time is over, or the probe before has hung as long. */
export function isDue(member: Member, now: Milliseconds): boolean {
  if (member.state === 'ejected') return now >= member.ejectedUntil
  const { probeStartedAt, ejectedFor } = member
  return member.state === 'probing' && now > probeStartedAt && now - probeStartedAt >= ejectedFor
}

/** Those of some weight; all, where no such one, or no such healthy one, would be left. */
function withoutZero(members: readonly Member[], someHealthy: boolean): readonly Member[] {
  const some = members.filter(({ weight }) => weight > 0)
  const enough = someHealthy ? some.some(({ healthy }) => healthy) : some.length > 0
  return enough ? some : members
}
