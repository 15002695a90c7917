/**
 * Uses a part of the members for each client, so that a thousand clients do not each connect to a thousand servers.
 *
 * With a number, deterministic subsets (Google SRE book, chapter 20): clients form rounds; each round shuffles all members in
 * its own way and deals them out, so all members get equally many clients. With a name, rendezvous hashing: the members whose
 * hash with the client's name is lowest, so that a change of one member changes at most one member of a subset.
 */
import { type Check, integer, resolveOptions, text } from '../../core/options.ts'
import { hash, mix, unit } from '../hashing/hash.ts'
import type { Candidate, Selection } from './selection.ts'
import { checkSelection } from './sticky.ts'

export interface SubsetOptions {
  /** How many members a client uses, an integer >= 1. */
  readonly size: number
  /** This client's number among all clients, from 0, or its unique name. */
  readonly client: number | string
}

const clientCheck: Check<number | string> = (value, fail) =>
  typeof value === 'number' ? integer(0)(value, () => fail('an integer >= 0 or a name')) : text(value, fail)

/** Uses only this client's part of the members, or all members while none of that part may be tried. */
export function subset(selection: Selection, options: SubsetOptions): Selection {
  checkSelection('subset', selection)
  const { size, client } = resolveOptions('subset', options, { size: integer(1), client: clientCheck })
  return {
    seesAll: selection.seesAll ?? false,
    kind: `subset(${selection.kind})`,
    start(context) {
      let known: readonly Candidate[] | undefined
      let own: readonly Candidate[] = []
      const members = (): readonly Candidate[] => {
        const all = context.members()
        if (all !== known) {
          known = all
          own = typeof client === 'number' ? dealt(all, size, client) : nearest(all, size, client)
        }
        return own
      }
      const inner = selection.start({ ...context, members })
      let seen: readonly Candidate[] | undefined
      let narrowed: readonly Candidate[] = []
      const narrow = (candidates: readonly Candidate[]): readonly Candidate[] => {
        if (candidates === seen) return narrowed
        seen = candidates
        const mine = new Set(members())
        const part = candidates.filter((candidate) => mine.has(candidate))
        narrowed = part.length > 0 ? part : candidates
        return narrowed
      }
      return {
        pick: (candidates, call, now) => inner.pick(narrow(candidates), call, now),
        next: inner.next && ((candidates, call, now, tried) => inner.next?.(narrow(candidates), call, now, tried)),
        order(candidates) {
          const mine = new Set(members())
          const parts = [true, false].map((own) => candidates.filter((candidate) => mine.has(candidate) === own))
          return parts.flatMap((part) => inner.order?.(part) ?? part)
        },
        settled: inner.settled?.bind(inner),
      }
    },
  }
}

/** The part of client number `client`. */
export function dealt(members: readonly Candidate[], size: number, client: number): readonly Candidate[] {
  const parts = Math.floor(members.length / size)
  if (parts <= 1) return members
  const round = Math.floor(client / parts)
  const shuffled = members.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(unit(mix(Math.imul(round + 1, 0x9e3779b1) ^ i)) * (i + 1))
    const moved = shuffled[i] as Candidate
    shuffled[i] = shuffled[j] as Candidate
    shuffled[j] = moved
  }
  const start = (client % parts) * size
  return shuffled.slice(start, start + size)
}

/** The members nearest to a client's name. */
export function nearest(members: readonly Candidate[], size: number, client: string): readonly Candidate[] {
  const seed = hash(client)
  const scored = members.map((member) => ({ member, score: mix(hash(member.name) ^ seed) }))
  return scored
    .sort((a, b) => a.score - b.score)
    .slice(0, size)
    .map(({ member }) => member)
}
