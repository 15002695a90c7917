import { type Fields, fieldName } from '../formats/format.ts'
import { nativeFields } from '../formats/native.ts'
import { withoutUnit } from '../words/lengths.ts'

/** The fields of a file by their names. */
export class FieldNames {
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
