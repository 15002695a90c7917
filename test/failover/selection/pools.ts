/** Pools of members that are their own targets, to see which of them calls go to. */
import { failoverPool, type Selection } from 'holdfast/failover'

export function poolOf(
  weights: Readonly<Record<string, number>>,
  selection: Selection | (() => Selection),
  source?: () => number,
) {
  const members = Object.entries(weights).map(([name, weight]) => ({ target: name, name, weight }))
  return failoverPool(members, { selection, ...(source === undefined ? {} : { random: source }) })
}

/** The names of the members that `count` calls go to, in one string. */
export async function picksOf(pool: ReturnType<typeof poolOf>, count: number): Promise<string> {
  let picked = ''
  for (let i = 0; i < count; i++) picked += await pool.execute(({ target }) => target)
  return picked
}
