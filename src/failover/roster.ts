/**
 * The members of a pool, and which of them may be tried.
 *
 * Invariant: `#eligible` is undefined, or holds the members that are up and not draining, in order of listing, without
 * those of weight 0 unless all are 0. It is made anew only after a change, so a pick costs no filtering.
 */
import type { Milliseconds } from '../core/duration.ts'
import type { Member } from './member.ts'

export class Roster {
  readonly #members = new Map<string, Member>()
  #eligible: readonly Member[] | undefined = undefined
  #serving: readonly Member[] = []
  #out: readonly Member[] = []

  get all(): readonly Member[] {
    return [...this.#members.values()]
  }

  get(name: string): Member | undefined {
    return this.#members.get(name)
  }

  add(member: Member): void {
    this.#members.set(member.name, member)
    this.changed()
  }

  remove(member: Member): void {
    this.#members.delete(member.name)
    this.changed()
  }

  /** A member's state, weight or draining has changed. */
  changed(): void {
    this.#eligible = undefined
  }

  /** Members that are not draining. */
  get serving(): readonly Member[] {
    this.#refresh()
    return this.#serving
  }

  /** Those of them that are ejected or being probed. */
  get out(): readonly Member[] {
    this.#refresh()
    return this.#out
  }

  /** Those a call may try; below the panic share of healthy members, all that serve. */
  eligible(panic: number): readonly Member[] {
    const eligible = this.#refresh()
    const healthy = this.#serving.length - this.#out.length
    return healthy < panic * this.#serving.length ? withoutZero(this.#serving) : eligible
  }

  /** The first member whose ejection is over. */
  due(now: Milliseconds, tried: readonly Member[]): Member | undefined {
    return this.out.find((member) => member.due(now) && !tried.includes(member))
  }

  #refresh(): readonly Member[] {
    if (this.#eligible === undefined) {
      this.#serving = this.all.filter((member) => !member.draining)
      this.#out = this.#serving.filter((member) => member.state !== 'up')
      this.#eligible = withoutZero(this.#serving.filter((member) => member.state === 'up'))
    }
    return this.#eligible
  }
}

function withoutZero(members: readonly Member[]): readonly Member[] {
  const some = members.filter((member) => member.weight > 0)
  return some.length > 0 ? some : members
}
