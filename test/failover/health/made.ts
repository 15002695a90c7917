/** Pools of members that fail where a test says so. */
import { type FailoverOptions, failoverPool, ordered } from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'

export const names = ['a', 'b', 'c']

export function made(options: FailoverOptions<string> = {}, members: readonly string[] = names) {
  const clock = virtualClock()
  const dead = new Set<string>()
  const pool = failoverPool(members, { clock, random: () => 0, selection: ordered(), ...options })
  const call = () =>
    pool.execute(async ({ target }) => {
      if (dead.has(target)) throw new Error(`${target} is down`)
      return target
    })
  const states = () => pool.members.map(({ state }) => state)
  return { clock, dead, pool, call, states, log: recorder(pool) }
}
