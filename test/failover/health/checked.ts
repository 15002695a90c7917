/** Pools with active checks. */
import { type CheckOptions, type FailoverOptions, failoverPool, ordered } from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'

type Check = CheckOptions<string>

/** A pool of a and b whose checks fail for those in `down`, and hang for those in `hung`. */
export function checked(check: Partial<Check> = {}, options: FailoverOptions<string> = {}) {
  const clock = virtualClock()
  const [down, hung] = [new Set<string>(), new Set<string>()]
  const asked: [string, number][] = []
  const run: Check['run'] = ({ target }) => {
    asked.push([target, clock.now()])
    if (hung.has(target)) return new Promise(() => {})
    return down.has(target) ? Promise.reject(new Error(`${target} is down`)) : true
  }
  const pool = failoverPool(['a', 'b'], {
    clock,
    random: () => 0.5,
    selection: ordered(),
    check: { run, every: 1000, fast: 100, timeout: 50, ...check },
    ...options,
  })
  const states = () => pool.members.map(({ state }) => state)
  return { clock, pool, down, hung, asked, states, log: recorder(pool) }
}
