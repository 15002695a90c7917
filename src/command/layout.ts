/**
 * Maps the fields of a record to their meaning: fields named by options, else those of a format recognised by its fields, else
 * those with usual names.
 */
import type { Milliseconds } from '../core/duration.ts'
import { type Fields, type Format, fieldName } from './formats/format.ts'
import { formatOf, formatsNamed } from './formats/known-formats.ts'
import { nativeFields, nativeIncidents, nativeStates } from './formats/native.ts'
import { usualFields, usualIncidents, usualStates } from './formats/usual.ts'
import { unitIn, withoutUnit } from './words/lengths.ts'
import type { WordMeanings } from './words/state-words.ts'

/** The options about the fields of a log. */
export interface LayoutOptions {
  readonly as?: string | undefined
  readonly start?: string | undefined
  readonly end?: string | undefined
  readonly length?: string | undefined
  readonly at?: string | undefined
  readonly state?: string | undefined
  readonly component?: readonly string[] | undefined
  readonly ignore?: readonly string[] | undefined
  readonly words: WordMeanings
}

/** Indexes in a list of cells, in order of preference. */
type ColumnIndexes = readonly number[]

export interface LogLayout {
  readonly format: Format
  /** Columns of the file, in the order in which the cells of a record are given. */
  readonly columns: readonly number[]
  readonly start: ColumnIndexes
  readonly end: ColumnIndexes
  readonly at: ColumnIndexes
  readonly state: ColumnIndexes
  readonly component: ColumnIndexes
  /** Whether options named the component fields, so that all of them count, even empty ones. */
  readonly named: boolean
  readonly over: ColumnIndexes
  readonly length: ColumnIndexes
  readonly unit: Milliseconds | undefined
  readonly only: ColumnIndexes
  readonly without: ColumnIndexes
  /** For people: `start "Begins", end "Over"`. */
  readonly text: string
}

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
  const format = chosen(given, asked, isJson)
  if (format === undefined) return { why: nothingFound(names, isJson) }
  const idle = idleOption(asked, format)
  if (idle !== undefined) return { why: idle }
  const { layout } = new LayoutBuilder(given, asked, format)
  const { length: found } = format.kind === 'states' ? layout.at : layout.start
  return found === 0 && !isJson ? { why: nothingOf(format, names) } : layout
}

function nothingOf({ title, kind, at, start }: Format, names: readonly string[]): string {
  const wanted = kind === 'states' ? at : start
  return `for ${title} there must be one of the columns ${wanted?.join(', ')}, among: ${names.join(', ')}`
}

/** An option that would have no effect. */
function idleOption({ start, end, length, at }: LayoutOptions, { kind, title }: Format): string | undefined {
  const given = Object.entries(kind === 'states' ? { start, end, duration: length } : { at })
  const idle = given.find(([, name]) => name !== undefined)?.[0]
  if (idle === undefined) return undefined
  const fit = kind === 'states' ? 'incidents, with a start and an end' : 'state changes, with one time'
  return `--${idle} is for ${fit}; this log was read as ${title}`
}

/** The layout of a format without columns to name. */
export function fixedLayout(names: readonly string[], format: Format, words: WordMeanings): LogLayout {
  return new LayoutBuilder(new FieldNames(names, false), { words }, format).layout
}

function noColumn(name: string, names: readonly string[]): string {
  return `there is no column ${JSON.stringify(name)} among: ${names.join(', ')}`
}

function nothingFound(names: readonly string[], isJson: boolean): string {
  const what = isJson ? 'fields' : 'columns'
  const found = names.join(', ')
  return `no ${what} for start and end, or for time and state, among: ${found}; name them with --start and --end, or --at and --state`
}

/** The fields of a file by their names. */
class FieldNames {
  readonly plain: (string | undefined)[]
  readonly names: readonly string[]
  readonly #isJson: boolean

  constructor(names: readonly string[], isJson: boolean) {
    this.names = names
    this.plain = names.map(fieldName)
    this.#isJson = isJson
  }

  has(name: string): boolean {
    return this.#isJson || this.column(name) >= 0
  }

  leaveOut(name: string): void {
    this.plain[this.column(name)] = undefined
  }

  /** Whether all fields are those of `tracker.record`. */
  get isNative(): boolean {
    return this.plain.every((name) => name === undefined || nativeFields.includes(name))
  }

  /** The index of a field, by its exact name or else its normalised one; -1 if there is none. */
  column(name: string): number {
    const exact = this.names.indexOf(name)
    return exact >= 0 ? exact : this.plain.indexOf(fieldName(name))
  }

  /** The indexes of the duration fields that exist, with or without a unit in the name. */
  lengths(fields: Fields): readonly number[] {
    const found = this.columns(fields)
    if (found.length > 0) return found
    const column = this.plain.findIndex((name) => name !== undefined && fields.includes(withoutUnit(name)))
    return column < 0 ? [] : [column]
  }

  /** The indexes of the fields that exist. */
  columns(fields: Fields | undefined): readonly number[] {
    return (fields ?? []).map((field) => this.plain.indexOf(field)).filter((column) => column >= 0)
  }
}

function chosen(given: FieldNames, asked: LayoutOptions, isJson: boolean): Format | undefined {
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

/** Builds the layout of a file from a format and the options. */
class LayoutBuilder {
  readonly layout: LogLayout
  readonly #given: FieldNames
  readonly #columns: number[] = []
  readonly #said: string[] = []
  /** Whether only the first matching field counts, as in formats by usual names: others may mean something else. */
  readonly #oneEach: boolean

  constructor(given: FieldNames, asked: LayoutOptions, format: Format) {
    this.#given = given
    this.#oneEach = format.signs.length === 0
    const isStates = format.kind === 'states'
    const start = isStates ? [] : this.#fit('start', asked.start, format.start)
    const end = isStates ? [] : this.#fit('end', asked.end, format.end)
    const lengths = format.length?.fields ?? (end.length === 0 ? usualFields.length : [])
    const length = isStates ? [] : this.#lengths(asked.length, lengths)
    const at = isStates ? this.#fit('time', asked.at, format.at) : []
    const state = this.#fit('state', asked.state, format.state, ' and ')
    const component = this.#components(asked.component, format)
    this.layout = {
      format,
      columns: this.#columns,
      start,
      end,
      at,
      state,
      component,
      named: asked.component !== undefined,
      length,
      unit: format.length?.unit ?? this.#unit(length),
      over: format.over === undefined ? [] : this.#places([format.over.where, format.over.at]),
      only: format.only === undefined ? [] : this.#places([format.only.field]),
      without: format.without === undefined ? [] : this.#places([format.without.field]),
      text: this.#said.join(', '),
    }
  }

  #fit(what: string, asked: string | undefined, fields: Fields | undefined, between = ' or '): ColumnIndexes {
    const found = asked === undefined ? this.#given.columns(fields) : [this.#given.column(asked)]
    return this.#take(what, this.#oneEach ? found.slice(0, 1) : found, between)
  }

  #lengths(asked: string | undefined, fields: Fields): ColumnIndexes {
    const found = asked === undefined ? this.#given.lengths(fields) : [this.#given.column(asked)]
    return this.#take('length', found, ' or ')
  }

  #components(asked: readonly string[] | undefined, format: Format): ColumnIndexes {
    const between = format.joined === true ? ' and ' : ' or '
    if (asked === undefined) return this.#fit('component', undefined, format.component, between)
    return this.#take(
      'component',
      asked.map((name) => this.#given.column(name)),
      ' and ',
    )
  }

  #unit(length: ColumnIndexes): Milliseconds | undefined {
    const [first] = length
    return first === undefined ? undefined : unitIn(fieldName(`${this.#given.names[this.#columns[first] as number]}`))
  }

  /** The fields, if all of them exist. */
  #places(fields: Fields): ColumnIndexes {
    const found = this.#given.columns(fields)
    return found.length === fields.length ? this.#take('', found, '') : []
  }

  #take(what: string, columns: readonly number[], between: string): ColumnIndexes {
    const names = columns.map((column) => this.#given.names[column]).filter((name) => name !== undefined)
    if (names.length > 0 && what !== '') {
      this.#said.push(`${what} ${names.map((name) => JSON.stringify(name)).join(between)}`)
    }
    return columns.map((column) => this.#columns.push(column) - 1)
  }
}
