/**
 * Divides the traffic among tiers of members: Envoy's priority levels.
 *
 * A tier of which p % are healthy can take 1.4 × p % of the traffic, at most all of it; the rest goes to the next tier. So a
 * tier may lose 28 % of its members before it loses traffic, and then loses it gradually. If all tiers together cannot take
 * the whole traffic, their loads are scaled up, and a tier below the panic share uses all its members.
 */
import { finite, functionOf, optional, resolveOptions } from '../../core/options.ts'
import type { Random } from '../../core/random.ts'
import { checkOf } from './check-of.ts'
import type { Candidate, Picker, PickerContext, Selection } from './selection.ts'
import { checkSelection } from './sticky.ts'

export interface TiersOptions {
  /** The tier of a member: lower tiers are preferred. Default: its `priority`. */
  readonly by?: (candidate: Candidate) => number
  /** A tier can take this many times its share of healthy members, >= 1. Default 1.4. */
  readonly overprovisioning?: number
}

export interface ZonesOptions {
  /** The zone of this client. */
  readonly zone: string
  /** As in `tiers`. */
  readonly overprovisioning?: number
}

interface Tier {
  readonly level: number
  readonly picker: Picker
  all: readonly Candidate[]
  healthy: readonly Candidate[]
  /** The share of traffic it gets, and whether it uses all its members, healthy or not. */
  load: number
  panics: boolean
}

/** Prefers the tier of the lowest `priority`; traffic that it cannot take goes to the next. */
export function tiers(selection: Selection, options?: TiersOptions): Selection {
  checkSelection('tiers', selection)
  const { by, overprovisioning } = resolveOptions('tiers', options, {
    by: optional(functionOf<(candidate: Candidate) => number>(), ({ priority }: Candidate) => priority),
    overprovisioning: optional(finite(1), 1.4 as number),
  })
  return {
    kind: `tiers(${selection.kind})`,
    ...checkOf(selection),
    seesAll: true,
    start: (context) => new TierPicker(selection, context, by, overprovisioning),
  }
}

/** Prefers members of this client's zone; traffic that they cannot take goes to the others. */
export function zones(selection: Selection, options: ZonesOptions): Selection {
  checkSelection('zones', selection)
  const { zone, overprovisioning } = resolveOptions('zones', options, {
    zone: (value, fail) => (typeof value === 'string' && value !== '' ? value : fail('a non-empty string')),
    overprovisioning: optional(finite(1), 1.4 as number),
  })
  const by = (candidate: Candidate): number => (candidate.zone === zone ? 0 : 1)
  return { ...tiers(selection, { by, overprovisioning }), kind: `zones(${selection.kind})` }
}

class TierPicker implements Picker {
  readonly #selection: Selection
  readonly #context: PickerContext
  readonly #random: Random
  readonly #by: (candidate: Candidate) => number
  readonly #factor: number
  readonly #known = new Map<number, Tier>()
  #list: readonly Candidate[] | undefined = undefined
  /** In order of level. */
  #tiers: readonly Tier[] = []

  constructor(selection: Selection, context: PickerContext, by: (candidate: Candidate) => number, factor: number) {
    this.#selection = selection
    this.#context = context
    this.#random = context.random
    this.#by = by
    this.#factor = factor
  }

  pick(candidates: readonly Candidate[], call: Parameters<Picker['pick']>[1], now: number): Candidate {
    this.#switchTo(candidates)
    const { picker, panics, all, healthy } = this.#draw()
    return picker.pick(panics || healthy.length === 0 ? all : healthy, call, now)
  }

  next(
    candidates: readonly Candidate[],
    call: Parameters<Picker['pick']>[1],
    now: number,
    tried: readonly Candidate[],
  ): Candidate | undefined {
    this.#switchTo(candidates)
    for (const { picker, healthy } of this.#tiers) {
      const rest = healthy.filter((candidate) => !tried.includes(candidate))
      if (rest.length > 0) return picker.next?.(healthy, call, now, tried) ?? picker.pick(rest, call, now)
    }
    return undefined
  }

  order(candidates: readonly Candidate[]): readonly Candidate[] {
    return this.#levels(candidates).flatMap(([level, group]) => this.#known.get(level)?.picker.order?.(group) ?? group)
  }

  settled(candidate: Candidate, ok: boolean, took: number, now: number): void {
    this.#known.get(this.#by(candidate))?.picker.settled?.(candidate, ok, took, now)
  }

  #draw(): Tier {
    let share = this.#tiers.length === 1 ? 0 : this.#random()
    for (const tier of this.#tiers) {
      share -= tier.load
      if (share < 0) return tier
    }
    return (this.#tiers.findLast(({ load }) => load > 0) ?? this.#tiers[0]) as Tier
  }

  #switchTo(candidates: readonly Candidate[]): void {
    if (candidates === this.#list) return
    this.#list = candidates
    this.#tiers = this.#levels(candidates).map(([level, group]) => this.#tier(level, group))
    share(this.#tiers, this.#factor, this.#context.panic)
  }

  #levels(candidates: readonly Candidate[]): readonly (readonly [number, readonly Candidate[]])[] {
    const groups = new Map<number, Candidate[]>()
    for (const candidate of candidates) {
      const level = this.#by(candidate)
      const group = groups.get(level)
      if (group === undefined) groups.set(level, [candidate])
      else group.push(candidate)
    }
    return [...groups].sort(([a], [b]) => a - b)
  }

  #tier(level: number, all: readonly Candidate[]): Tier {
    const tier = this.#known.get(level) ?? this.#newTier(level, all)
    tier.all = all
    tier.healthy = all.filter(({ reach }) => reach === 'all')
    return tier
  }

  #newTier(level: number, all: readonly Candidate[]): Tier {
    const members = { all }
    // The picker may ask for its members as it starts, when there is no tier yet.
    const picker = this.#selection.start({ ...this.#context, members: () => members.all })
    const tier: Tier = Object.assign(members, { level, picker, healthy: all, load: 0, panics: false })
    this.#known.set(level, tier)
    return tier
  }
}

/** The loads of tiers by their healthy shares: `load = min(left, 1.4 × healthy / total)`. Shares are 0 to 1. */
export function loadsOf(healthy: readonly number[], factor: number): { readonly loads: number[]; total: number } {
  const able = healthy.map((share) => Math.min(1, factor * share))
  const total = Math.min(
    1,
    able.reduce((sum, each) => sum + each, 0),
  )
  let left = 1
  const loads = able.map((each) => {
    const load = total === 0 ? 0 : Math.min(left, each / total)
    left -= load
    return load
  })
  return { loads, total }
}

function share(tiers: readonly Tier[], factor: number, panic: number): void {
  const shares = tiers.map(({ healthy, all }) => healthy.length / all.length)
  const { loads, total } = loadsOf(shares, factor)
  for (const [i, tier] of tiers.entries()) {
    tier.load = loads[i] as number
    tier.panics = total < 1 && (shares[i] as number) < panic
  }
}
