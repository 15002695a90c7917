/**
 * The effect of one change to a structure: another replica, half the repair time, faster detection.
 *
 * Repair times scale the odds of a component, down / up = MTTR / MTBF, so an MTTR can be halved without knowing the
 * MTBF. Faster detection needs the share of detection in the recovery. The result lists the assumptions of its numbers;
 * if a measurement is missing, there is no number.
 */
import { type Check, integer, optional, positive, ratio, resolveOptions } from '../../core/options.ts'
import { type Block, modelOf } from './block.ts'
import { Inventory } from './inventory.ts'
import { Model } from './model.ts'
import { type Leaf, type Node, replaced } from './node.ts'
import { withCommonCause, withMore } from './redundancy.ts'
import { type AvailabilityShares, sharesOf } from './shares.ts'
import { assumptionsOf, sentenceOf } from './what-if-sentence.ts'
import type { TimeFactors, WhatIf, WhatIfChange } from './what-if-types.ts'

/**
 * The availability of a structure before and after a change. Numbers are null if a measurement is missing.
 *
 * Throws a `TypeError` for an unknown component, without a change, and for options out of bounds.
 *
 * ```ts
 * import { component, kOfN, replicas, whatIf } from 'holdfast/availability'
 * const store = kOfN(1, replicas(2, component('store', 0.92)))
 * const third = whatIf(store, { component: 'store/1', replicas: 1 })
 * third.sentence // => 'One more replica of store/1 would have made 99.36% into 99.948%, if failures were independent.'
 * ```
 */
export function whatIf(block: Block, change: WhatIfChange): WhatIf {
  const { node, inventory } = modelOf('whatIf', block)
  const { component, replicas, times, beta } = resolveOptions('whatIf', change, {
    component: placeIn(inventory),
    replicas: optional(integer(1), 0 as number),
    times: optional(timesCheck, {}),
    beta: optional(ratio, null),
  })
  if (replicas === 0 && Object.keys(times).length === 0) {
    throw new TypeError('whatIf: change must have replicas or times, got neither')
  }
  const leaf = inventory.leaves[component] as Leaf
  const better = scaled(leaf, factorOf(leaf, times))
  const repaired = replaced(node, (at) => (inventory.of(at) === component ? better : at))
  const changed = withMore(repaired, new Inventory('whatIf', repaired), component, replicas)
  const steps = [node, changed]
  const cases = beta === null ? steps : [...steps, ...steps.map((one) => common(one, component, beta))]
  const models = cases.map((one) => (one === null ? null : new Model(one, new Inventory('whatIf', one))))
  const [before, after, ...betas] = models.map((model) => sharesOf(model?.upDown() ?? null)) as [
    MaybeShares,
    MaybeShares,
    MaybeShares,
    MaybeShares,
  ]
  const result = {
    label: inventory.label(component),
    replicas,
    times,
    unknown: inventory.leaves.flatMap(({ upDown }, place) => (upDown === null ? [inventory.label(place)] : [])),
    before,
    after,
    withBeta: beta === null ? null : { beta, before: betas[0], after: betas[1] },
    method: models.some((model) => model?.method === 'bound') ? ('bound' as const) : ('exact' as const),
  }
  const { method, withBeta } = result
  return { before, after, withBeta, method, assumptions: assumptionsOf(result), sentence: sentenceOf(result) }
}

type MaybeShares = AvailabilityShares<number | null>

/** Accepts the label of a component, and gives its place. */
function placeIn(inventory: Inventory): Check<number> {
  const labels = inventory.leaves.map(({ silent }, place) => (silent ? null : inventory.label(place)))
  const expected = `one of ${labels.filter((label) => label !== null).join(', ')}`
  return (value, fail) => {
    const place = typeof value === 'string' ? labels.indexOf(value) : -1
    return place < 0 ? fail(expected) : place
  }
}

const timesCheck: Check<TimeFactors> = (value) => {
  const times = resolveOptions('whatIf', value, {
    mtbf: optional(positive, undefined),
    mttr: optional(positive, undefined),
    mttd: optional(positive, undefined),
  })
  return Object.fromEntries(Object.entries(times).filter(([, factor]) => factor !== undefined))
}

/** The factor for the odds of being down; null if the share of detection is unknown. */
function factorOf({ facts }: Leaf, { mtbf = 1, mttr = 1, mttd }: TimeFactors): number | null {
  if (mttd === undefined) return mttr / mtbf
  return facts.detection === null ? null : ((1 - (1 - mttd) * facts.detection) * mttr) / mtbf
}

function scaled(leaf: Leaf, factor: number | null): Leaf {
  if (leaf.upDown === null || factor === null) return { ...leaf, upDown: null }
  const [up, down] = leaf.upDown
  const total = up + down * factor
  return { ...leaf, upDown: [up / total, (down * factor) / total] }
}

function common(node: Node, place: number, beta: number): Node | null {
  return withCommonCause(node, new Inventory('whatIf', node), place, beta)
}
