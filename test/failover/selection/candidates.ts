/** Plain candidates, to ask a picker directly. */
import type { Candidate, Picker, PickerContext, Selection } from 'holdfast/failover'
import { seededRandom } from 'holdfast/testing'

export type Made = { -readonly [K in keyof Candidate]: Candidate[K] } & { trust: number }

/** Candidates named a, b, c … by their weights, in order. */
export function candidates(weights: readonly number[] | Readonly<Record<string, number>>): Made[] {
  const entries = Array.isArray(weights)
    ? weights.map((weight: number, i) => [String.fromCharCode(97 + i), weight] as const)
    : Object.entries(weights as Record<string, number>)
  return entries.map(([name, weight], ordinal) => candidate(name, { weight, ordinal }))
}

export function candidate(name: string, fields: Partial<Made> = {}): Made {
  return {
    name,
    ordinal: 0,
    target: name,
    weight: 1,
    warmth: 1,
    zone: undefined,
    priority: 0,
    pending: 0,
    latency: undefined,
    load: undefined,
    reach: 'all',
    trust: 1,
    reliability() {
      return this.trust
    },
    ...fields,
  }
}

/** The same with so many tries under way of each. */
export function loaded(pending: readonly number[], weights: readonly number[] = pending.map(() => 1)): Made[] {
  return candidates(weights).map((each, i) => Object.assign(each, { pending: pending[i] }))
}

export const ten = () => candidates([1, 1, 1, 1, 1, 1, 1, 1, 1, 1])

const call = { key: undefined } as Parameters<Picker['pick']>[1]

export interface Asked {
  readonly picker: Picker
  pick(list: readonly Candidate[], key?: string, now?: number): string
  /** So many picks, as a string of names. */
  picks(list: readonly Candidate[], count: number, now?: number): string
  /** The share of each name in so many picks. */
  shares(list: readonly Candidate[], count: number, now?: number): Record<string, number>
}

export function ask(
  selection: Selection,
  context: Partial<PickerContext> & { all?: readonly Candidate[] } = {},
): Asked {
  const { all = [], ...given } = context
  const picker = selection.start({ random: () => 0, members: () => all, panic: 0.5, ...given })
  const pick = (list: readonly Candidate[], key?: string, now = 0): string =>
    picker.pick(list, key === undefined ? call : { ...call, key }, now).name
  return {
    picker,
    pick,
    picks: (list, count, now = 0) => Array.from({ length: count }, () => pick(list, undefined, now)).join(''),
    shares(list, count, now = 0) {
      const found: Record<string, number> = {}
      for (let i = 0; i < count; i++) {
        const name = pick(list, undefined, now)
        found[name] = (found[name] ?? 0) + 1 / count
      }
      return found
    },
  }
}

/** Calls that overlap by chance: each pick is pending until as many later picks as its member's `slowness`. */
export function steady(selection: Selection, list: Made[], slowness: Readonly<Record<string, number>>) {
  const { picker } = ask(selection, { random: seededRandom(1), all: list })
  const found: Record<string, number> = {}
  const ends: { at: number; member: Made; took: number }[] = []
  for (let now = 0; now < 40_000; now++) {
    for (let i = ends.length - 1; i >= 0; i--) {
      const end = ends[i] as (typeof ends)[number]
      if (end.at > now) continue
      ends.splice(i, 1)
      end.member.pending--
      end.member.latency = end.took
      picker.settled?.(end.member, true, end.took, now)
    }
    const member = picker.pick(list, call, now) as Made
    member.pending++
    found[member.name] = (found[member.name] ?? 0) + 1 / 40_000
    const took = (slowness[member.name] ?? 1) * 24
    ends.push({ at: now + took, member, took })
  }
  return found
}

/** Numbers in order, again and again. */
export function sequence(...numbers: readonly number[]): () => number {
  let at = 0
  return () => numbers[at++ % numbers.length] as number
}

export { call as keyless }
