/** Why the fields of a log cannot be used; each message names what helps. */
import type { Format } from '../formats/format.ts'
import type { LayoutOptions } from './layout-options.ts'

/** No field has the times that the format needs. */
export function nothingOf({ title, kind, at, start }: Format, names: readonly string[]): string {
  const wanted = kind === 'states' ? at : start
  return `for ${title} there must be one of the columns ${wanted?.join(', ')}, among: ${names.join(', ')}`
}

/** An option that would have no effect. */
export function idleOption({ start, end, length, at }: LayoutOptions, { kind, title }: Format): string | undefined {
  const given = Object.entries(kind === 'states' ? { start, end, duration: length } : { at })
  const idle = given.find(([, name]) => name !== undefined)?.[0]
  if (idle === undefined) return undefined
  const fit = kind === 'states' ? 'incidents, with a start and an end' : 'state changes, with one time'
  return `--${idle} is for ${fit}; this log was read as ${title}`
}

/** An option names a field that the log does not have. */
export function noColumn(name: string, names: readonly string[]): string {
  return `there is no column ${JSON.stringify(name)} among: ${names.join(', ')}`
}

/** No format fits the fields. */
export function nothingFound(names: readonly string[], isJson: boolean): string {
  const what = isJson ? 'fields' : 'columns'
  const found = names.join(', ')
  return `no ${what} for start and end, or for time and state, among: ${found}; name them with --start and --end, or --at and --state`
}
