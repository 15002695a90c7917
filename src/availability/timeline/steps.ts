/**
 * Steps in time: a state holds from its own instant until the next one's, [start, end).
 *
 * `sweep` walks several such logs side by side, instant by instant, and combines what they say: O(k) an instant for k
 * logs. At one instant only the last word of a log counts; a down that was taken back in the same instant is a blip, where
 * it would have been seen.
 */
import { type Code, DOWN, SILENT } from './states.ts'

/** Sorted by time. */
export interface Steps {
  readonly length: number
  timeAt(index: number): number
  codeAt(index: number): Code
}

/** How many steps come before `time`. */
export function countBefore(steps: Steps, time: number): number {
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (steps.timeAt(middle) < time) low = middle + 1
    else high = middle
  }
  return low
}

/** How many steps come at or before `time`. */
export function countUpTo(steps: Steps, time: number): number {
  let low = 0
  let high = steps.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (steps.timeAt(middle) <= time) low = middle + 1
    else high = middle
  }
  return low
}

/** What the log said after its first `count` steps, as if those with the code `ignored` were not there. */
export function codeAfter(log: Steps, count: number, ignored: Code | undefined): Code {
  let index = count - 1
  while (index >= 0 && log.codeAt(index) === ignored) index--
  return index < 0 ? SILENT : log.codeAt(index)
}

type StepVisitor = (time: number, code: Code, blip: boolean) => void

/** Calls `visit` for each instant at or after `from` at which one of the logs says something. */
export function sweep(
  logs: readonly Steps[],
  from: number,
  combine: (codes: readonly Code[]) => Code,
  ignored: Code | undefined,
  visit: StepVisitor,
): void {
  const next = logs.map((log) => countBefore(log, from))
  const codes = logs.map((log, index) => codeAfter(log, next[index] as number, ignored))
  let before = combine(codes)
  for (;;) {
    let time = Number.POSITIVE_INFINITY
    for (let index = 0; index < logs.length; index++) {
      const log = logs[index] as Steps
      const step = next[index] as number
      if (step < log.length) time = Math.min(time, log.timeAt(step))
    }
    if (time === Number.POSITIVE_INFINITY) return
    let dips: number[] | undefined
    for (let index = 0; index < logs.length; index++) {
      const log = logs[index] as Steps
      let step = next[index] as number
      let dipped = false
      for (; step < log.length && log.timeAt(step) === time; step++) {
        const code = log.codeAt(step)
        if (code === DOWN) dipped = true
        if (code !== ignored) codes[index] = code
      }
      next[index] = step
      if (dipped && codes[index] !== DOWN) {
        dips ??= []
        dips.push(index)
      }
    }
    const code = combine(codes)
    const blip = dips !== undefined && before !== DOWN && code !== DOWN
    visit(time, code, blip && (dips as number[]).some((dip) => combine(codes.with(dip, DOWN)) === DOWN))
    before = code
  }
}
