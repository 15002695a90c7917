/**
 * The same member for the same key, for as long as it serves.
 *
 * A key stays with the member that another selection once picked for it: while the member is up, and also while it drains.
 * Where the member is out the key moves, and stays moved, so that a session does not flap. A key that makes its member too
 * busy (`balance`) is served elsewhere for the moment.
 */
import { finite, integer, optional, resolveOptions, show } from '../../core/options.ts'
import { checkOf } from './check-of.ts'
import type { Candidate, Selection } from './selection.ts'

export interface StickyOptions {
  /** Keys remembered at most, the latest used; an integer >= 1. Default 10,000. */
  readonly max?: number
  /** How many times the mean number of tries under way a member may have before a key is served elsewhere, >= 1. Default: off. */
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
      /** In order of use: the first is the one that was not used for longest. */
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
          // What is remembered was tried, so the other selection is asked itself.
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

/** Whether a member has more under way than its share, with this call, allows: consistent hashing with bounded loads. */
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
