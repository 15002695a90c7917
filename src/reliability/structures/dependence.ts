/**
 * How far the parts of a system fail together, seen from the whole: its measured unavailability against what the
 * measured components would give if they failed independently.
 *
 * An index of 1 is what independence predicts, 10 ten times as much downtime. Below 1 something masks failures, or the
 * structure is not the real one. Of few failures it is a guess, so their numbers stand beside it.
 */
import { resolveOptions } from '../../core/options.ts'
import { formatPercent } from '../nines/format-percent.ts'
import { type Block, modelOf } from './block.ts'
import type { UpDown } from './node.ts'
import { leafOf, type StructurePart } from './part.ts'
import { type AvailabilityShares, sharesOf } from './shares.ts'

export interface Dependence {
  /** What the components give if they fail independently; as the structure's `method` has it. */
  readonly independent: AvailabilityShares<number | null>
  /** What was measured of the whole. */
  readonly observed: AvailabilityShares<number | null>
  /** Observed / independent unavailability; null where one is not known, or none was to be expected. */
  readonly index: number | null
  /** The failures behind the numbers; null where a measurement does not say. */
  readonly failures: {
    readonly observed: number | null
    readonly components: Readonly<Record<string, number | null>>
  }
  /** All of it, for people. */
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
