/**
 * Reads a log as far as it is whole, and tells what it cannot read.
 *
 * Every line is written with its end, so what was ever told to be kept is terminated. The beginning of a line after the last
 * end is what a crash leaves of a write that nobody was told of (torn): it is as if it were not there. Anything else that is
 * not a sound line is damage, with sound lines behind it or without, and nothing after it is believed: what is missing might
 * have changed everything. Numbers that are missing between sound lines are told, and the lines after them are believed.
 */

import type { StoreRecord } from '../../../availability/persistence/records.ts'
import { type LostRecords, StoreError } from '../../../availability/persistence/store-error.ts'
import { isRecord } from '../../../core/options.ts'
import { bytesOf, lineOf, linesIn, valueIn } from './line.ts'

const format = 'holdfast.availability.log'

/** The first line. Its form stays, whatever comes of the others. */
export const header = bytesOf(lineOf({ format, version: 1 }))

/**
 * A line of the store's own: all records up to `seq` were written. It stands where the records themselves were cut off, so
 * that they are missed where what took their place is missing.
 */
export function markOf(seq: number): Uint8Array {
  return bytesOf(lineOf({ seq, kind: mark }))
}

const mark = 'mark'

/** Something is wrong at this line, counted from 1. */
export interface LogDamage {
  readonly line: number
  /** Where `bytes` is 0 the line is sound, and records before it are missing. */
  readonly lost: LostRecords
}

export interface StoreLog {
  readonly records: readonly StoreRecord[]
  /** How many bytes are believed; 0 where not even the header is. */
  readonly length: number
  /** The first number that it has, or goes on with; undefined where it says nothing. */
  readonly first: number | undefined
  /** The last number that was given, as far as can be seen. */
  readonly seq: number
  readonly damage: readonly LogDamage[]
}

/**
 * `covered` is the number of the last record of the snapshot; undefined where it is not known, and the log may begin anywhere.
 *
 * @throws StoreError where it is of another version, or no log at all.
 */
export function readLog(path: string, bytes: Uint8Array, covered: number | undefined): StoreLog {
  const records: StoreRecord[] = []
  const damage: LogDamage[] = []
  let length = 0
  let line = 0
  let first: number | undefined
  let last = covered ?? 0
  let own = -1
  for (const { line: text, end } of linesIn(bytes)) {
    const value = end === undefined ? undefined : valueIn(text)
    if (end === undefined || !(line === 0 ? isHeader(path, value) : follows(value, own))) break
    length = end
    line++
    if (line === 1) continue
    const record = value as StoreRecord | StoreMark
    own = record.seq
    // Up to here nothing must be missing.
    const before = record.kind === mark ? own : own - 1
    if (first === undefined && covered === undefined) last = before
    first ??= before + 1
    if (before > last) {
      damage.push({ line, lost: { from: last + 1, records: before - last, lines: 0, bytes: 0 } })
    }
    if (record.kind !== mark) records.push(record)
    last = Math.max(last, own)
  }
  const log = { records, length, first, damage }
  const rest = bytes.subarray(length)
  if (length === 0 ? startsAsHeader(rest) : isTorn(rest)) return { ...log, seq: last }
  const { sound, ...lost } = lostIn(rest, last)
  if (length === 0 && sound === 0 && !isBlank(rest)) foreign(path)
  damage.push({ line: line + 1, lost })
  return { ...log, seq: last + lost.records }
}

interface StoreMark {
  readonly seq: number
  readonly kind: typeof mark
}

/** A line whose number rises; that of a mark may stay. */
function follows(value: unknown, last: number): boolean {
  return isNumbered(value) && (value['kind'] === mark ? value.seq >= last : value.seq > last)
}

/** What is lost with bytes that are not believed. Each line in them was a record, and sound ones say how far it went. */
function lostIn(bytes: Uint8Array, seq: number): LostRecords & { readonly sound: number } {
  let lines = 0
  let sound = 0
  let last = 0
  for (const { line, end } of linesIn(bytes)) {
    lines++
    const value = end === undefined ? undefined : valueIn(line)
    if (!isNumbered(value)) continue
    sound++
    last = Math.max(last, value.seq)
  }
  return { from: seq + 1, records: Math.max(lines, last - seq), lines, bytes: bytes.length, sound }
}

function isNumbered(value: unknown): value is Record<string, unknown> & { readonly seq: number } {
  return isRecord(value) && Number.isSafeInteger(value['seq']) && (value['seq'] as number) >= 0
}

function isHeader(path: string, value: unknown): boolean {
  if (!isRecord(value)) return false
  if (value['format'] !== format) foreign(path)
  const { version } = value
  if (version === 1) return true
  throw new StoreError(`fileStore: ${path} is of version ${version}, and only 1 can be read`, 'HF_STORE_VERSION', {
    path,
  })
}

/** Empty, or torn while it was begun. */
function startsAsHeader(bytes: Uint8Array): boolean {
  return bytes.length <= header.length && bytes.every((byte, index) => byte === header[index])
}

/**
 * Nothing, or the beginning of a line: its sum, a space, and text. Zeros are a block that never got to the disk, and a line
 * that has more behind it than its end had an end.
 */
function isTorn(bytes: Uint8Array): boolean {
  return (
    bytes.every((byte, index) => (index < 8 ? isHex(byte) : index === 8 ? byte === 0x20 : byte >= 0x20)) &&
    valueIn(bytes.subarray(0, -1)) === undefined
  )
}

function isHex(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66)
}

/** Zeros alone: whatever it was, none of it is left. */
function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

function foreign(path: string): never {
  throw new StoreError(`fileStore: ${path} is no history of holdfast`, 'HF_STORE_DAMAGED', { path, line: 1 })
}
