/**
 * A fleet is a set of timelines, of which none is covered by another.
 *
 * An observer can have several timelines: an export that came twice, a later one that goes further, one after a restart.
 * If two of the same component and observer overlap, the one that ends later wins, because it knew more. One that is
 * covered by such a timeline from end to end is dropped. Invariant: what remains is the set of the maximal ones under that
 * order; so merging is the union of sets, and neither order, nor grouping, nor repeats matter.
 */
import type { ObservedRequests, ObservedTimeline } from './observed-timeline.ts'

/** Timelines of one component by one observer, in order: each begins and ends before the next one. */
export type Pieces = readonly ObservedTimeline[]

/** The component and the observer they are about. */
export function nameOf(pieces: Pieces): Pick<ObservedTimeline, 'component' | 'observer'> {
  const { component, observer } = pieces[0] as ObservedTimeline
  return { component, observer }
}

/** Differs for two that differ in component or observer. */
function keyOf({ component, observer }: ObservedTimeline): string {
  return JSON.stringify([component, observer])
}

/** Groups timelines by component and observer, sorted by these. */
export function piecesOf(timelines: readonly ObservedTimeline[]): readonly Pieces[] {
  const groups = new Map<string, ObservedTimeline[]>()
  for (const timeline of timelines) {
    const key = keyOf(timeline)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [timeline])
    else group.push(timeline)
  }
  return [...groups.keys()].sort().map((key) => maximal(groups.get(key) as ObservedTimeline[]))
}

function maximal(group: ObservedTimeline[]): Pieces {
  const kept: ObservedTimeline[] = []
  for (const piece of group.sort(stronger)) {
    if (piece.from < (kept.at(-1)?.from ?? Number.POSITIVE_INFINITY)) kept.push(piece)
  }
  return kept.reverse()
}

/** Sorts later ends first, then longer ones; two of the same time in any order, but always the same. */
function stronger(one: ObservedTimeline, other: ObservedTimeline): number {
  if (one.to !== other.to) return other.to - one.to
  if (one.from !== other.from) return one.from - other.from
  const [content, others] = [contentOf(one), contentOf(other)]
  return content < others ? -1 : content > others ? 1 : 0
}

function contentOf({ steps, states, requests }: ObservedTimeline): string {
  return JSON.stringify([requests?.calls, requests?.first, requests?.delivered, states, steps])
}

/** The calls of one observer. Pieces that overlap are of one process, and the later one has counted all of its calls. */
export function requestsIn(pieces: Pieces): ObservedRequests | null {
  const processes = pieces.filter(({ to }, index) => to <= (pieces[index + 1]?.from ?? Number.POSITIVE_INFINITY))
  return requestsOf(processes.map(({ requests }) => requests))
}

/** The sum of all that were counted; null if none was. */
export function requestsOf(list: readonly (ObservedRequests | null)[]): ObservedRequests | null {
  const counted = list.filter((requests) => requests !== null)
  if (counted.length === 0) return null
  const sum = (of: (requests: ObservedRequests) => number): number =>
    counted.reduce((total, requests) => total + of(requests), 0)
  return { calls: sum(({ calls }) => calls), first: sum(({ first }) => first), delivered: sum((r) => r.delivered) }
}
