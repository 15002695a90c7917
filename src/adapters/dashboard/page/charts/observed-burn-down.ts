/** A burn-down without the time before the first observation: a budget from which nothing was spent yet is unknown, not full. */
type ObservedPoint = readonly [at: number, left: number]

/** Times and values for a chart. Values before `since` are null while nothing is spent; there the line begins. */
export function observedBurnDown(
  points: readonly ObservedPoint[],
  since: number,
): readonly [number[], (number | null)[]] {
  const first = points.findIndex(([at, left]) => at >= since || left < 1)
  const shown: (readonly [number, number | null])[] = points.map(([at, left], index) => [
    at,
    index < first ? null : left,
  ])
  const [next] = points[first] ?? []
  // Two points are hours apart: without this point a process that is a minute old would have no line.
  if (first > 0 && next !== undefined && next > since) shown.splice(first, 0, [since, 1])
  return [shown.map(([at]) => at), shown.map(([, left]) => left)]
}
