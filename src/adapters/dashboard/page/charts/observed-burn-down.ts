/**
 * A burn-down without what nobody lived through: a budget of which nothing was spent before anything was seen is not a full
 * one, it is not known.
 */
type Point = readonly [at: number, left: number]

/** Times and values for a chart. Values are null before `since`, as long as nothing was spent; there the line begins. */
export function livedThrough(points: readonly Point[], since: number): readonly [number[], (number | null)[]] {
  const first = points.findIndex(([at, left]) => at >= since || left < 1)
  const shown: (readonly [number, number | null])[] = points.map(([at, left], index) => [
    at,
    index < first ? null : left,
  ])
  const [next] = points[first] ?? []
  // Two points lie hours apart: the line of a process that is a minute old would have no length.
  if (first > 0 && next !== undefined && next > since) shown.splice(first, 0, [since, 1])
  return [shown.map(([at]) => at), shown.map(([, left]) => left)]
}
