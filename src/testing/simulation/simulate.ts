/**
 * A simulation of clients that call servers through real policies.
 *
 * It runs discrete events on a virtual clock: hours pass in seconds, and the same seed gives the same result to the last
 * digit. The policies are the real ones; only the servers, time and randomness are simulated.
 */
import type { SimulationOptions } from './options.ts'
import type { SimulationResult } from './results.ts'
import { resolveSimulation } from './settings.ts'
import { SimulationRun } from './simulation-run.ts'

/**
 * Lets clients call simulated servers through their policies, and resolves with the result.
 *
 * ```ts
 * import { failoverPool, twoChoices } from 'holdfast/failover'
 * import { exponentialLatency, simulate } from 'holdfast/testing'
 * const { failed, members } = await simulate({
 *   members: [
 *     { name: 'a', latency: exponentialLatency('10ms'), capacity: 4 },
 *     { name: 'b', latency: exponentialLatency('10ms'), capacity: 4, faults: [{ kind: 'slow', factor: 5 }] },
 *   ],
 *   policy: ({ members }) => failoverPool(members, { selection: twoChoices() }),
 *   rate: 200,
 *   calls: 1000,
 * })
 * failed // => 0
 * members.a.share > members.b.share // => true
 * ```
 *
 * Rejects with a TypeError where an option is wrong, the policy uses another clock, or it passes no member's name to its
 * operation; and with any error that a function of the options throws.
 */
export async function simulate<const Name extends string>(
  options: SimulationOptions<Name>,
): Promise<SimulationResult<Name>> {
  return (await new SimulationRun(resolveSimulation(options)).run()) as SimulationResult<Name>
}
