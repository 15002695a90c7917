/**
 * What to fix first.
 *
 * Birnbaum's importance of a component is ∂A/∂a: what the whole gains for each bit the component gains, or the
 * probability that it is the one that matters. TimeFactors its unavailability it is what would be gained if it never failed;
 * and as a part of the whole's unavailability, its criticality, the share of the trouble it has a hand in. These do not
 * add up to 1: a double failure has two culprits.
 */
import { type Block, modelOf } from './block.ts'
import type { Model } from './model.ts'
import type { UpDown } from './node.ts'

export interface Importance<A extends number | null = number | null> {
  /** Its name, or `#1`, `#2`, … by its place in the structure. */
  readonly component: string
  readonly availability: A
  /** Birnbaum's: how much the whole changes for a change of this one. */
  readonly birnbaum: A
  /** How much availability the whole would gain if this one never failed. */
  readonly gain: A
  /** That, as a part of the whole's unavailability; null where there is none. */
  readonly criticality: number | null
}

/**
 * The components of a structure, those first whose repair gains the most; all numbers null where one of them is
 * unknown.
 *
 * Throws a `TypeError` for anything but a structure.
 *
 * ```ts
 * import { component, importance, series } from 'holdfast/availability'
 * const [first] = importance(series(component('gateway', 0.9999), component('orders', 0.9995)))
 * first?.component // => 'orders'
 * ```
 */
export function importance<A extends number | null>(block: Block<A>): readonly Importance<A>[] {
  const model = modelOf('importance', block)
  const whole = model.upDown()
  const all = model.inventory.leaves.flatMap(({ silent, upDown }, place) =>
    silent ? [] : [entry(model, place, upDown, whole)],
  )
  return all.sort((one, other) => (other.gain ?? 0) - (one.gain ?? 0)) as unknown as readonly Importance<A>[]
}

function entry(model: Model, place: number, upDown: UpDown | null, whole: UpDown | null): Importance {
  const component = model.inventory.label(place)
  const availability = upDown?.[0] ?? null
  const [best, worst] = [model.upDown(place, [1, 0]), model.upDown(place, [0, 1])]
  if (whole === null || upDown === null || best === null || worst === null) {
    return { component, availability, birnbaum: null, gain: null, criticality: null }
  }
  // Of two differences that are the same number, the one between the smaller numbers has more digits.
  const birnbaum = worst[1] < 0.5 ? worst[1] - best[1] : best[0] - worst[0]
  const gain = birnbaum * upDown[1]
  return { component, availability, birnbaum, gain, criticality: whole[1] === 0 ? null : gain / whole[1] }
}
