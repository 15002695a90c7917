/** The parts of a structure: a number, a report, another structure. */
import { type Fail, isRecord, show } from '../../core/options.ts'
import { complement } from '../../stats/complement.ts'
import { type Facts, type Leaf, type Node, nothingKnown } from './node.ts'

/** Anything that has an availability: a tracker's report, the result of `repairable`, or an object made by hand. */
export interface Measured<A extends number | null = number | null> {
  /** A ratio from 0 to 1, or null if unknown. */
  readonly availability: A
  /** 1 - availability, if known with more digits than that. */
  readonly unavailability?: number | null
  /** With a name it is that component, wherever the name appears. */
  readonly component?: string | null
  readonly failures?: number | null
  /** Mean time to detect. */
  readonly mttd?: number | null
  /** Mean time to recovery, as a number or as a report has it. */
  readonly mttr?: number | null | { readonly recovery: number | null }
}

/** A ratio from 0 to 1, null for an unknown one, a measurement, or a structure. */
export type StructurePart = number | null | Measured

/** @deprecated Use `StructurePart`. */
export type Part = StructurePart

/** The type of a part's availability: a number, null, or either. */
export type AvailabilityOf<P> = P extends number
  ? number
  : P extends null
    ? null
    : P extends { readonly availability: infer A extends number | null }
      ? A extends number
        ? number
        : null
      : never

const expected = 'a number from 0 to 1, null, a report or a structure'

/** The tree of a structure, made by this or another copy of the library. */
export function nodeIn(part: unknown): Node | undefined {
  return isRecord(part) ? (part['~node'] as Node | undefined) : undefined
}

export function nodeOf(part: unknown, fail: Fail): Node {
  return nodeIn(part) ?? leafOf(part, fail)
}

/** A single component. */
export function leafOf(part: unknown, fail: Fail): Leaf {
  const leaf = { name: null, label: null, silent: false, facts: nothingKnown }
  if (part === null) return { ...leaf, upDown: null }
  if (!isRecord(part)) return isRatio(part) ? { ...leaf, upDown: [part, complement(part)] } : fail(expected)
  const { availability, unavailability = null, component = null } = part as Partial<Measured>
  if (availability === undefined) return fail(expected)
  const named = { ...leaf, name: component, facts: factsOf(part as Partial<Measured>) }
  if (availability === null) return { ...named, upDown: null }
  if (!isRatio(availability)) return fail(`measured as a number from 0 to 1 or null, not ${show(availability)},`)
  const down = unavailability ?? complement(availability)
  if (!isRatio(down) || Math.abs(availability + down - 1) > 1e-9) {
    return fail(`measured with an unavailability of 1 - availability, not ${show(down)},`)
  }
  return { ...named, upDown: [availability, down] }
}

function factsOf({ failures = null, mttd = null, mttr = null }: Partial<Measured>): Facts {
  const recovery = isRecord(mttr) ? (mttr['recovery'] as number | null) : mttr
  const known = mttd !== null && recovery !== null && recovery > 0 && mttd <= recovery
  return { failures, detection: known ? mttd / recovery : null }
}

function isRatio(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1
}
