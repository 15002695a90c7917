/** Numbers as they stand in tables. */
export function ratio(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en')
  if (value >= 10) return String(Math.round(value))
  return value >= 1 ? value.toFixed(1) : String(Number(value.toPrecision(2)))
}

/** Bytes beyond the bare call may come out a little below none. */
export const bytes = (value) => Math.max(0, Math.round(value)).toLocaleString('en')
