/**
 * What an exporter adds to a call, as ratios of wall time.
 *
 * A test, and not only a case of the bench: the bench compares exporters with no committed figure, because most of what it
 * measures there is the exporter's own library. The bounds here are generous, for machines that do other work. They catch
 * what must not happen, an event built for every call, which makes a call three times as long.
 */
import { bulkhead, circuitBreaker, fallback, pipeline, retry, timeout } from 'holdfast'

type Five = ReturnType<typeof fivePolicies>

export const fivePolicies = (name: string) =>
  pipeline(name, fallback({ value: 0 }), retry(2), bulkhead(100), circuitBreaker(), timeout('1s'))

async function timeOf(target: Five, calls: number): Promise<number> {
  const start = performance.now()
  for (let call = 0; call < calls; call++) await target.execute(async () => 1)
  return performance.now() - start
}

/** The time of calls through each target to that through a bare pipeline, medians of rounds in which they take turns. */
export async function overheadOf(...targets: readonly Five[]): Promise<readonly number[]> {
  const bare = fivePolicies('bare')
  const rounds: number[][] = []
  for (let round = 0; round < 15; round++) {
    const none = await timeOf(bare, 4000)
    const times: number[] = []
    for (const target of targets) times.push(await timeOf(target, 4000))
    // The first rounds warm up.
    if (round > 2) rounds.push(times.map((time) => time / none))
  }
  return targets.map((_, index) => {
    const ratios = rounds.map((ratio) => ratio[index] as number).sort((one, other) => one - other)
    return ratios[ratios.length >> 1] as number
  })
}
