/**
 * How far the parts of a system fail together: the measured unavailability of the whole, divided by what the measured
 * components would give if they failed independently.
 *
 * An index of 1 is what independence predicts, 10 is ten times as much downtime. Below 1 something masks failures, or
 * the structure is not the real one. With few failures it is a guess, so their numbers are in the result.
 */
import { resolveOptions } from '../../core/options.ts'
import { formatPercent } from '../nines/format-percent.ts'
import { type Block, modelOf } from './block.ts'
import type { UpDown } from './node.ts'
import { leafOf, type StructurePart } from './part.ts'
import { type AvailabilityShares, sharesOf } from './shares.ts'

export interface Dependence {
  /** The result for components that fail independently; a bound if the structure's `method` is `'bound'`. */
  readonly independent: AvailabilityShares<number | null>
  /** The measurement of the whole. */
  readonly observed: AvailabilityShares<number | null>
  /** Observed / independent unavailability; null if one is unknown, or independence predicts none. */
  readonly index: number | null
  /** The numbers of failures; null if a measurement has none. */
  readonly failures: {
    readonly observed: number | null
    readonly components: Readonly<Record<string, number | null>>
  }
  /** A summary in words. */
  readonly sentence: string
}

/**
 * The measured dependence index of a system.
 *
 * `block` is its structure, of measured components; `observed` a measurement of the whole in the same window, such as a
 * report. Throws a `TypeError` for anything else.
 *
 * ```ts
 * import { component, dependenceIndex, parallel } from 'holdfast/availability'
 * const pool = parallel(component('a', 0.99), component('b', 0.99))
 * dependenceIndex(pool, 0.999).index?.toFixed(1) // => '10.0'
 * ```
 */
export function dependenceIndex(block: Block, observed: StructurePart): Dependence {
  const model = modelOf('dependenceIndex', block)
  const { upDown, facts } = resolveOptions('dependenceIndex', { observed }, { observed: leafOf }).observed
  const predicted = model.upDown()
  const index = upDown !== null && predicted !== null && predicted[1] > 0 ? upDown[1] / predicted[1] : null
  const components = model.inventory.leaves.flatMap(({ silent, facts: own }, place): [string, number | null][] =>
    silent ? [] : [[model.inventory.label(place), own.failures]],
  )
  return {
    independent: sharesOf(predicted),
    observed: sharesOf(upDown),
    index,
    failures: { observed: facts.failures, components: Object.fromEntries(components) },
    sentence: sentenceOf(predicted, upDown, index, facts.failures),
  }
}

function sentenceOf(
  predicted: UpDown | null,
  upDown: UpDown | null,
  index: number | null,
  failures: number | null,
): string {
  if (predicted === null || upDown === null) return 'Nothing can be said: an availability is not known.'
  const both = `${formatPercent(upDown[0])} was observed, ${formatPercent(predicted[0])} if failures were independent`
  const times = index === null ? '' : `: ${Number(index.toPrecision(2))} times the unavailability`
  const from = failures === null ? '' : `, from ${failures} ${failures === 1 ? 'failure' : 'failures'}`
  return `${both}${times}${from}.`
}
