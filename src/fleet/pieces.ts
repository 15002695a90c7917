/**
 * What a fleet is: a set of timelines, of which none is outdone by another.
 *
 * An observer may be heard of more than once: an export that came twice, a later one that goes further, one after a restart.
 * Where two of the same component and observer overlap, the one that ends later holds, for it knew more. One that is
 * covered from end to end by such a one has nothing to say any more, and goes. Invariant: what remains is the set of the
 * maximal ones under that order; so merging is the union of sets, and neither order, nor grouping, nor repeats matter.
 */
import type { ObservedRequests, ObservedTimeline } from './observed-timeline.ts'

/** Timelines of one component by one observer, the weaker first: each begins after the next one and ends before it. */
export type Pieces = readonly ObservedTimeline[]

/** Whose they are. */
export function nameOf(pieces: Pieces): Pick<ObservedTimeline, 'component' | 'observer'> {
  const { component, observer } = pieces[0] as ObservedTimeline
  return { component, observer }
}

/** Unlike for two that differ in component or observer. */
function keyOf({ component, observer }: ObservedTimeline): string {
  return JSON.stringify([component, observer])
}

/** By component and observer, in the order of these. */
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

/** The one that ends later first; of two that end together the longer; of two of the same time any, but always the same. */
function stronger(one: ObservedTimeline, other: ObservedTimeline): number {
  if (one.to !== other.to) return other.to - one.to
  if (one.from !== other.from) return one.from - other.from
  const [content, others] = [contentOf(one), contentOf(other)]
  return content < others ? -1 : content > others ? 1 : 0
}

function contentOf({ steps, states, requests }: ObservedTimeline): string {
  return JSON.stringify([requests?.calls, requests?.first, requests?.delivered, states, steps])
}

/** The calls of one observer. Pieces that overlap are of one life of it, and the later one has counted them all. */
export function requestsIn(pieces: Pieces): ObservedRequests | null {
  const lives = pieces.filter(({ to }, index) => to <= (pieces[index + 1]?.from ?? Number.POSITIVE_INFINITY))
  return requestsOf(lives.map(({ requests }) => requests))
}

/** The sum of those that were counted. */
export function requestsOf(list: readonly (ObservedRequests | null)[]): ObservedRequests | null {
  const counted = list.filter((requests) => requests !== null)
  if (counted.length === 0) return null
  const sum = (of: (requests: ObservedRequests) => number): number =>
    counted.reduce((total, requests) => total + of(requests), 0)
  return { calls: sum(({ calls }) => calls), first: sum(({ first }) => first), delivered: sum((r) => r.delivered) }
}
