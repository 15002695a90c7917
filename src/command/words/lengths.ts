/** Durations in the notations of logs: `5m`, `1 h 30 min`, `2 hours, 5 minutes`, `01:30:00`, `1:02:03:04`, `PT1H30M`. */
import type { Milliseconds } from '../../core/duration.ts'

const second = 1000
const units: readonly (readonly [name: RegExp, length: Milliseconds])[] = [
  [/^(?:ms|msec|milliseconds?)$/, 1],
  [/^(?:s|secs?|seconds?)$/, second],
  [/^(?:m|mins?|minutes?)$/, 60 * second],
  [/^(?:h|hrs?|hours?)$/, 3600 * second],
  [/^(?:d|days?)$/, 86_400 * second],
]
const part = /(\d+(?:\.\d+)?)\s*([a-z]+)[\s,]*(?:and )?/gy
const clock = /^(?:(\d+):)?(\d+):(\d\d):(\d\d)(?:\.\d+)?$/
const iso = /^p(?:(\d+)d)?(?:t(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?)?$/

/** The unit in the name of a column, such as `Duration (in mins.)` or `duration_seconds`; undefined if it has none. */
export function unitIn(name: string): Milliseconds | undefined {
  const words = name.split(/[^a-z]+/)
  return units.find(([unit]) => words.some((word) => word.length > 1 && unit.test(word)))?.[1]
}

/** The name of a column without its unit, `duration` of `Duration (in mins.)`. */
export function withoutUnit(name: string): string {
  const words = name.split(/[^a-z]+/).filter((word) => word !== 'in' && !units.some(([unit]) => unit.test(word)))
  return words.join(' ').trim()
}

/** Parses a duration; a bare number needs a known unit. NaN if it is invalid. */
export function lengthOf(text: string, unit: Milliseconds | undefined): Milliseconds {
  const lower = text.toLowerCase()
  if (/^\d+(?:\.\d+)?$/.test(lower)) return unit === undefined ? Number.NaN : Number(lower) * unit
  const time = clock.exec(lower)
  if (time !== null) return sum(time.slice(1), [86_400, 3600, 60, 1])
  const short = iso.exec(lower)
  if (short !== null) return lower.length > 2 ? sum(short.slice(1), [86_400, 3600, 60, 1]) : Number.NaN
  let length = 0
  part.lastIndex = 0
  while (part.lastIndex < lower.length) {
    const found = part.exec(lower)
    const known = found === null ? undefined : units.find(([name]) => name.test(found[2] as string))
    if (known === undefined) return Number.NaN
    length += Number((found as RegExpExecArray)[1]) * known[1]
  }
  return lower === '' ? Number.NaN : length
}

function sum(parts: readonly (string | undefined)[], seconds: readonly number[]): Milliseconds {
  return parts.reduce((length, text, index) => length + Number(text ?? 0) * (seconds[index] as number) * second, 0)
}
