/**
 * The importance of components: which one to fix first.
 *
 * Birnbaum's importance of a component is ∂A/∂a: how much the availability of the whole changes with its own, or the
 * probability that the whole is up exactly while the component is. Multiplied by the component's unavailability, it is
 * the gain if the component never failed. That gain as a share of the whole's unavailability is its criticality, the
 * share of the downtime it takes part in. Criticalities do not add up to 1: a double failure counts for two components.
 */
import { type Block, modelOf } from './block.ts'
import type { Model } from './model.ts'
import type { UpDown } from './node.ts'

export interface Importance<A extends number | null = number | null> {
  /** Its name, or `#1`, `#2`, … by its place in the structure. */
  readonly component: string
  readonly availability: A
  /** Birnbaum's importance: how much the availability of the whole changes with this one. */
  readonly birnbaum: A
  /** How much availability the whole would gain if this one never failed. */
  readonly gain: A
  /** The gain as a share of the whole's unavailability; null if that is 0. */
  readonly criticality: number | null
}

/**
 * The components of a structure, the greatest gain first. All numbers are null if one of the components is unknown.
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
  // Both differences are the same number; the one between the smaller numbers has more digits.
  const birnbaum = worst[1] < 0.5 ? worst[1] - best[1] : best[0] - worst[0]
  const gain = birnbaum * upDown[1]
  return { component, availability, birnbaum, gain, criticality: whole[1] === 0 ? null : gain / whole[1] }
}
