/**
 * What a snapshot keeps of objectives: counts, and what fires. Time needs no counts, its timeline is kept.
 *
 * Instants are in the tracker's own time. One that was kept waits for the objective of its name to be declared again, and
 * is kept on where that does not happen.
 */
import { isRecord } from '../../core/options.ts'

export interface SavedCounts {
  /** Width in ms and number of buckets, of each level. */
  readonly levels: readonly (readonly [width: number, buckets: number])[]
  /** The length of a batch. */
  readonly width: number
  readonly anchor: number
  readonly began: number
  readonly batch: number
  /** Of the batch that was going on. */
  readonly good: number
  readonly bad: number
  readonly heads: readonly number[]
  readonly cells: readonly number[]
  readonly tally: readonly number[]
  readonly fromAt: number | null
  /** When nothing was counted. */
  readonly away: readonly (readonly [from: number, to: number])[]
}

export interface SavedObjective {
  readonly name: string
  readonly firing: readonly (readonly [tier: string, since: number])[]
  readonly counts: SavedCounts | null
}

type SavedGap = readonly [from: number, to: number]

export class SavedObjectives {
  readonly #kept = new Map<string, SavedObjective>()
  /** Gives those that run. */
  running: () => readonly SavedObjective[] = () => []

  /** What was kept of one; it is kept no longer. */
  take(name: string): SavedObjective | undefined {
    const kept = this.#kept.get(name)
    this.#kept.delete(name)
    return kept
  }

  save(): readonly SavedObjective[] {
    return [...this.#kept.values(), ...this.running()]
  }

  /** Takes what `save` gave, moved in time; nothing was counted in `gap`. */
  restore(saved: readonly SavedObjective[], shift: number, gap: SavedGap | undefined): void {
    for (const { name, firing, counts } of saved) {
      this.#kept.set(name, {
        name,
        firing: firing.map(([tier, since]) => [tier, since + shift]),
        counts: counts === null ? null : moved(counts, shift, gap),
      })
    }
  }
}

/** Gaps that are kept; each is a restart. */
const keptGaps = 1000

function moved(counts: SavedCounts, shift: number, gap: SavedGap | undefined): SavedCounts {
  const away = counts.away.map(([from, to]): SavedGap => [from + shift, to + shift])
  return {
    ...counts,
    anchor: counts.anchor + shift,
    began: counts.began + shift,
    batch: counts.batch + shift,
    away: (gap === undefined ? away : [...away, gap]).slice(-keptGaps),
  }
}

const isNumber = (value: unknown): value is number => Number.isFinite(value)
const areNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isNumber)
const arePairs = (value: unknown): value is readonly SavedGap[] =>
  Array.isArray(value) && value.every((pair) => areNumbers(pair) && pair.length === 2)

const instants = ['width', 'anchor', 'began', 'batch', 'good', 'bad'] as const

function areCounts(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { levels, heads, cells, tally, fromAt, away } = value
  return (
    instants.every((name) => isNumber(value[name])) &&
    areNumbers(cells) &&
    areNumbers(heads) &&
    heads.every((head) => Number.isSafeInteger(head) && head >= 0) &&
    areNumbers(tally) &&
    tally.length === 3 &&
    [levels, away].every(arePairs) &&
    (fromAt === null || isNumber(fromAt))
  )
}

function isObjective(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { name, firing, counts } = value
  const fires = (pair: unknown): boolean => Array.isArray(pair) && typeof pair[0] === 'string' && isNumber(pair[1])
  return (
    typeof name === 'string' && Array.isArray(firing) && firing.every(fires) && (counts === null || areCounts(counts))
  )
}

/** Whether `value` is what `save` gave, or left out. */
export function areObjectives(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isObjective))
}
