/** The result of `whatIf` in words, with the assumptions of its numbers. */
import { formatPercent } from '../nines/format-percent.ts'
import type { AvailabilityShares } from './shares.ts'
import type { TimeFactors, WhatIf } from './what-if-types.ts'

/** The change and its result. */
export interface WhatIfCase extends Pick<WhatIf, 'before' | 'after' | 'withBeta' | 'method'> {
  readonly label: string
  readonly replicas: number
  readonly times: TimeFactors
  /** Components without an availability. */
  readonly unknown: readonly string[]
}

export function assumptionsOf({ replicas, times, withBeta, method }: WhatIfCase): readonly string[] {
  const all: (readonly [boolean, string])[] = [
    [true, 'components fail independently of each other'],
    [true, 'everything else stays as it was'],
    [replicas > 0, 'a new replica is as good as the one it is like, and takes over at once'],
    [replicas > 0, 'every unit is repaired by itself, without waiting for another'],
    [Object.keys(times).length > 0, 'availability is MTBF / (MTBF + MTTR)'],
    [times.mttd !== undefined, 'the MTTD is a part of the MTTR, and the rest of it stays'],
    [withBeta !== null, `with beta: ${withBeta?.beta} of the unavailability of the units is common to them`],
    [method === 'bound', 'availabilities are lower bounds, by cut sets: the structure is too entangled for more'],
  ]
  return all.flatMap(([holds, text]) => (holds ? [text] : []))
}

export function sentenceOf({ label, replicas, times, unknown, before, after, withBeta, method }: WhatIfCase): string {
  if (unknown.length > 0) return `Nothing can be said: the availability of ${unknown.join(', ')} is not known.`
  if (after.availability === null)
    return `Nothing can be said: which part of the MTTR of ${label} is detection is not known.`
  const least = method === 'bound' ? 'at least ' : ''
  const made = (one: AvailabilityShares<number | null>, other: AvailabilityShares<number | null>): string =>
    `${least}${formatPercent(one.availability)} into ${least}${formatPercent(other.availability)}`
  const units = replicas === 1 ? 'one more replica' : `${replicas} more replicas`
  const factors = Object.entries(times).map(([time, factor]) => `${time.toUpperCase()} × ${factor}`)
  const changes = [...(replicas > 0 ? [units] : []), ...factors].join(' and ')
  const beta =
    withBeta === null
      ? ''
      : withBeta.after.availability === null
        ? `; what a beta of ${withBeta.beta} would do cannot be said`
        : `; with a beta of ${withBeta.beta}, ${made(withBeta.before, withBeta.after)}`
  const sentence = `${changes} of ${label} would have made ${made(before, after)}, if failures were independent${beta}.`
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}
