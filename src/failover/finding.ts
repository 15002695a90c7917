/**
 * Finds the member for the next try of a call: one whose ejection is over, else the selection's choice, else, where nobody
 * else is left, an ejected one.
 *
 * A selection's answer for a further try costs a walk over the members, so a call over thousands of them would cost the
 * square of their number. After `near` tries the rest are taken in one order, made once: a call that so many have failed
 * needs any member that works, not the best.
 */
import type { Milliseconds } from '../core/duration.ts'
import type { Scope } from '../core/scope.ts'
import type { Choosing } from './choosing.ts'
import type { States } from './health/states.ts'
import type { Member } from './member.ts'
import { isDue, isFree, type Roster, sooner } from './roster.ts'
import type { Tried } from './tried.ts'
import type { Walk } from './walk.ts'

/** The tries of a call for which the selection is asked. */
const near = 16

/** Who may find out by calls whether an ejected member works again. */
export interface Probing {
  /** A call, where the ejection is over: there are no checks that find out. */
  readonly whenDue: boolean
  /** A call that has nobody else left. */
  readonly asLastResort: boolean
}

export class Finding {
  readonly #roster: Roster
  readonly #states: States
  readonly #choosing: Choosing
  readonly #probing: Probing

  constructor(roster: Roster, states: States, choosing: Choosing, probing: Probing) {
    this.#roster = roster
    this.#states = states
    this.#choosing = choosing
    this.#probing = probing
  }

  /** The member for a try at `now`; undefined where nobody is left. */
  find(tried: Tried, scope: Scope, now: Milliseconds): Member | undefined {
    const mayProbe = this.#probing.whenDue && scope.idempotent
    if (tried.size >= near) return this.#further(tried, mayProbe, now)
    const due = mayProbe && this.#roster.out.size > 0 ? this.#roster.due(now, tried) : undefined
    if (due !== undefined) return this.#probe(due, now)
    const chosen = this.#choosing.choose(tried, scope, now)
    if (chosen !== undefined || !this.#probing.asLastResort) return chosen
    const worst = this.#roster.leastBad(now, tried)
    return worst && this.#probe(worst, now)
  }

  #further(tried: Tried, mayProbe: boolean, now: Milliseconds): Member | undefined {
    for (;;) {
      const found = tried.walk && this.#step(tried.walk, tried, mayProbe, now)
      if (found !== undefined) return found
      tried.walk = this.#walk(tried, mayProbe, now)
      if (tried.walk === undefined) return undefined
    }
  }

  /** The next of a walk who may be tried as things are by now. */
  #step(walk: Walk, tried: Tried, mayProbe: boolean, now: Milliseconds): Member | undefined {
    while (walk.place < walk.order.length) {
      const member = walk.order[walk.place++] as Member
      if (tried.has(member)) continue
      if (this.#roster.out.has(member) && this.#roster.weighs(member)) {
        const may = walk.lastResort ? isFree(member, now) : mayProbe && isDue(member, now)
        if (may) return this.#probe(member, now)
      }
      if (this.#roster.admits(member)) return member
    }
    return undefined
  }

  /** A walk that has somebody to give. */
  #walk(tried: Tried, mayProbe: boolean, now: Milliseconds): Walk | undefined {
    const out = [...this.#roster.out].filter((member) => this.#roster.weighs(member) && !tried.has(member))
    const due = mayProbe ? out.filter((member) => isDue(member, now)) : []
    const order = [...due, ...this.#choosing.order(tried)]
    if (order.length > 0) return { order, place: 0, lastResort: false }
    if (!this.#probing.asLastResort) return undefined
    const ejected = out.filter((member) => isFree(member, now)).sort(sooner)
    return ejected.length > 0 ? { order: ejected, place: 0, lastResort: true } : undefined
  }

  /** A call is to find out whether an ejected member works again. */
  #probe(member: Member, now: Milliseconds): Member {
    this.#states.probe(member, now)
    return member
  }
}
