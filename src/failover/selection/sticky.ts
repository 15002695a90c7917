/**
 * Sends the same key to the same member for as long as that member serves.
 *
 * A key stays with the member that another selection has picked for it, also while the member drains. If the member is
 * ejected, the key moves for good, so that a session does not flap. A key whose member is too busy (`balance`) is served
 * by another member for that call.
 */
import { finite, integer, optional, resolveOptions, show } from '../../core/options.ts'
import { checkOf } from './check-of.ts'
import type { Candidate, Selection } from './selection.ts'

export interface StickyOptions {
  /** The most keys remembered, those used last; an integer >= 1. Default 10,000. */
  readonly max?: number
  /** A key is served elsewhere while its member has more than this many times the mean number of tries under way, >= 1. Default: off. */
  readonly balance?: number
}

/** Keeps each `key` of a call with one member; calls without a key are left to `selection`. */
export function sticky(selection: Selection, options?: StickyOptions): Selection {
  checkSelection('sticky', selection)
  const { max, balance } = resolveOptions('sticky', options, {
    max: optional(integer(1), 10_000 as number),
    balance: optional(finite(1), undefined),
  })
  const { seesAll = false } = selection
  return {
    seesAll,
    kind: `sticky(${selection.kind})`,
    ...checkOf(selection),
    start(context) {
      const inner = selection.start(context)
      /** In order of use, the least recently used first. */
      const members = new Map<string, Candidate>()
      const remember = (key: string, member: Candidate): void => {
        members.delete(key)
        members.set(key, member)
        if (members.size > max) members.delete(members.keys().next().value as string)
      }
      return {
        next(candidates, call, now, tried) {
          const next = inner.next?.(candidates, call, now, tried)
          if (next !== undefined) return next
          // The remembered member was tried, so the other selection picks.
          const rest = candidates.filter((each) => !tried.includes(each) && (!seesAll || each.reach === 'all'))
          return rest.length === 0 ? undefined : inner.pick(rest, call, now)
        },
        order: inner.order?.bind(inner),
        settled: inner.settled?.bind(inner),
        pick(candidates, call, now) {
          const { key } = call
          if (key === undefined) return inner.pick(candidates, call, now)
          const known = members.get(key)
          if (known !== undefined && known.reach !== 'none') {
            remember(key, known)
            return tooBusy(known, candidates, balance) ? inner.pick(candidates, call, now) : known
          }
          const picked = inner.pick(candidates, call, now)
          remember(key, picked)
          return picked
        },
      }
    },
  }
}

/** Whether this call would give a member more tries under way than its share allows: bounded loads, as in consistent hashing. */
function tooBusy(member: Candidate, candidates: readonly Candidate[], balance: number | undefined): boolean {
  if (balance === undefined) return false
  let pending = 1
  for (const candidate of candidates) pending += candidate.pending
  return member.pending + 1 > Math.ceil((balance * pending) / candidates.length)
}

/** @throws TypeError where `selection` is none. */
export function checkSelection(kind: string, selection: unknown): void {
  const { start } = (typeof selection === 'object' ? (selection ?? {}) : {}) as { start?: unknown }
  if (typeof start !== 'function') {
    throw new TypeError(`${kind}: selection must be a selection, got ${show(selection)}`)
  }
}
