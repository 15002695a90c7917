import type { Milliseconds } from '../../core/duration.ts'
import { type Fields, type Format, fieldName } from '../formats/format.ts'
import { usualFields } from '../formats/usual.ts'
import { unitIn } from '../words/lengths.ts'
import type { FieldNames } from './field-names.ts'
import type { LayoutOptions } from './layout-options.ts'
import type { ColumnIndexes, LogLayout } from './log-layout.ts'

/** Builds the layout of a file from a format and the options. */
export class LayoutBuilder {
  readonly layout: LogLayout
  readonly #given: FieldNames
  readonly #columns: number[] = []
  readonly #description: string[] = []
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
      over: format.over === undefined ? [] : this.#allOf([format.over.where, format.over.at]),
      only: format.only === undefined ? [] : this.#allOf([format.only.field]),
      without: format.without === undefined ? [] : this.#allOf([format.without.field]),
      text: this.#description.join(', '),
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
  #allOf(fields: Fields): ColumnIndexes {
    const found = this.#given.columns(fields)
    return found.length === fields.length ? this.#take('', found, '') : []
  }

  #take(what: string, columns: readonly number[], between: string): ColumnIndexes {
    const names = columns.map((column) => this.#given.names[column]).filter((name) => name !== undefined)
    if (names.length > 0 && what !== '') {
      this.#description.push(`${what} ${names.map((name) => JSON.stringify(name)).join(between)}`)
    }
    return columns.map((column) => this.#columns.push(column) - 1)
  }
}
