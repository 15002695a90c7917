/**
 * A simulation of clients that call servers through real policies.
 *
 * Discrete events on a virtual clock: hours pass in seconds, and the same seed gives the same result to the last digit. The
 * policies are those of production; only the servers, the time and the chance are simulated.
 */
import { resolveSimulation, type SimulationOptions } from './options.ts'
import type { SimulationResult } from './results.ts'
import { SimulationRun } from './run.ts'

/**
 * Lets clients call simulated servers through their policies, and gives what came of it.
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
 * @throws TypeError, as a rejection, where an option is wrong, the policy is on another clock, or gives its operation no
 * member's name; and whatever a function of the options throws.
 */
export async function simulate<const Name extends string>(
  options: SimulationOptions<Name>,
): Promise<SimulationResult<Name>> {
  return (await new SimulationRun(resolveSimulation(options)).run()) as SimulationResult<Name>
}
