/** Chooses the format of a log by its options and the names of its fields. */
import type { Fields, Format } from '../formats/format.ts'
import { formatOf, formatsNamed } from '../formats/known-formats.ts'
import { nativeIncidents, nativeStates } from '../formats/native.ts'
import { usualFields, usualIncidents, usualStates } from '../formats/usual.ts'
import type { FieldNames } from './field-names.ts'
import type { LayoutOptions } from './layout-options.ts'

/** The format of a log: the one that options name, or one that its fields fit; undefined if there is none. */
export function formatFor(given: FieldNames, asked: LayoutOptions, isJson: boolean): Format | undefined {
  const { as, start, end, length, at } = asked
  const has = (fields: Fields): boolean => given.columns(fields).length > 0
  if (as !== undefined) {
    const formats = formatsNamed(as)
    const fits = ({ kind, start, at }: Format): boolean => given.columns(kind === 'states' ? at : start).length > 0
    return formats.find(fits) ?? formats[0]
  }
  const named = start !== undefined || end !== undefined || length !== undefined
  if (!named && at === undefined && isJson && given.isNative) {
    return given.plain.includes('start') ? nativeIncidents : nativeStates
  }
  // Named fields take precedence over those of the format.
  const known = formatOf(new Set(given.plain.filter((name) => name !== undefined)))
  if (known !== undefined && (known.kind === 'states' ? !named : at === undefined)) return known
  const isIncidents =
    (start !== undefined || has(usualFields.start)) &&
    (end !== undefined || length !== undefined || has(usualFields.end) || given.lengths(usualFields.length).length > 0)
  if (isIncidents && (named || at === undefined)) return usualIncidents
  return (at !== undefined || has(usualFields.at)) && (asked.state !== undefined || has(usualFields.state))
    ? usualStates
    : undefined
}
