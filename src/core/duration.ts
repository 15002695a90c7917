/** A length of time in milliseconds. */
export type Milliseconds = number

/**
 * A length of time: milliseconds as a number, or a string of a number and a unit
 * (`'250ms'`, `'2s'`, `'5m'`, `'1h'`, `'30d'`). A day is 24 hours.
 */
export type Duration = Milliseconds | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const units: Readonly<Record<string, Milliseconds>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Milliseconds of a duration, or NaN where the value is not one. Numbers pass through unchecked. */
export function milliseconds(value: unknown): Milliseconds {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return Number.NaN
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value)
  return match === null ? Number.NaN : Number(match[1]) * (units[match[2] as string] as number)
}

/** A length in the greatest unit that gives a whole number: `5m`, `1h`, `30d`. */
export function durationText(length: Milliseconds): string {
  const unit = ['d', 'h', 'm', 's'].find((name) => length % (units[name] as number) === 0) ?? 'ms'
  return `${length / (units[unit] as number)}${unit}`
}
