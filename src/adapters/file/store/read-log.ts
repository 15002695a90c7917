/**
 * Reads a log as far as it is intact, and reports the damage.
 *
 * Every line is written with its line feed, so every confirmed record is terminated. The beginning of a line after the last
 * line feed is the rest of an unconfirmed write after a crash (torn): it is ignored. Any other invalid line is damage, and
 * nothing after it is trusted: what is missing might have changed everything. Missing numbers between valid lines are
 * reported, and the lines after them are trusted.
 */

import type { StoreRecord } from '../../../availability/persistence/records.ts'
import { type LostRecords, StoreError } from '../../../availability/persistence/store-error.ts'
import { isRecord } from '../../../core/options.ts'
import { bytesOf, lineOf, linesIn, valueIn } from './line.ts'

const format = 'holdfast.availability.log'

/** The first line. Its format stays the same in all versions. */
export const header = bytesOf(lineOf({ format, version: 1 }))

/**
 * A line of the store itself: all records up to `seq` were written. It replaces records that were cut off, so that they are
 * reported as missing if the snapshot is missing.
 */
export function markOf(seq: number): Uint8Array {
  return bytesOf(lineOf({ seq, kind: mark }))
}

const mark = 'mark'

/** Damage at a line, counted from 1. */
export interface LogDamage {
  readonly line: number
  /** If `bytes` is 0, the line is valid and records before it are missing. */
  readonly lost: LostRecords
}

export interface StoreLog {
  readonly records: readonly StoreRecord[]
  /** The number of trusted bytes; 0 if even the header is damaged. */
  readonly length: number
  /** The first number in the log, or the next one; undefined if it has none. */
  readonly first: number | undefined
  /** The last record number that is known to be in use. */
  readonly seq: number
  readonly damage: readonly LogDamage[]
}

/**
 * `covered` is the number of the last record of the snapshot; undefined if it is unknown, and the log may begin anywhere.
 *
 * @throws StoreError if it has another version, or is not a log.
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

/** What is lost with untrusted bytes. Each line in them was a record, and valid ones show the last number. */
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
  throw new StoreError(`fileStore: ${path} has version ${version}; only version 1 can be read`, 'HF_STORE_VERSION', {
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

/** Only zeros: no content is left. */
function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

function foreign(path: string): never {
  throw new StoreError(`fileStore: ${path} is not a holdfast history file`, 'HF_STORE_DAMAGED', { path, line: 1 })
}
