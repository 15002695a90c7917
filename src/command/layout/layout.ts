/**
 * Maps the fields of a record to their meaning: fields named by options, else those of a format recognized by its fields, else
 * those with usual names.
 */
import type { Format } from '../formats/format.ts'
import type { WordMeanings } from '../words/state-words.ts'
import { FieldNames } from './field-names.ts'
import { formatFor } from './format-for.ts'
import { LayoutBuilder } from './layout-builder.ts'
import type { LayoutOptions } from './layout-options.ts'
import type { LogLayout } from './log-layout.ts'
import { idleOption, noColumn, nothingFound, nothingOf } from './refusals.ts'

/** The fields cannot be used; `why` names the option that helps. */
export interface NoLayout {
  readonly why: string
}

/** `names` are the fields of the file. In JSON a missing field counts as empty. */
export function layoutOf(names: readonly string[], asked: LayoutOptions, isJson: boolean): LogLayout | NoLayout {
  const given = new FieldNames(names, isJson)
  const missing = [asked.start, asked.end, asked.length, asked.at, asked.state, ...(asked.component ?? [])].find(
    (name) => name !== undefined && !given.has(name),
  )
  if (missing !== undefined) return { why: noColumn(missing, names) }
  for (const name of asked.ignore ?? []) {
    if (!given.has(name)) return { why: noColumn(name, names) }
    given.leaveOut(name)
  }
  const format = formatFor(given, asked, isJson)
  if (format === undefined) return { why: nothingFound(names, isJson) }
  const idle = idleOption(asked, format)
  if (idle !== undefined) return { why: idle }
  const { layout } = new LayoutBuilder(given, asked, format)
  const { length: found } = format.kind === 'states' ? layout.at : layout.start
  return found === 0 && !isJson ? { why: nothingOf(format, names) } : layout
}

/** The layout of a format without columns to name. */
export function fixedLayout(names: readonly string[], format: Format, words: WordMeanings): LogLayout {
  return new LayoutBuilder(new FieldNames(names, false), { words }, format).layout
}
