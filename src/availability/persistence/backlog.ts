/**
 * Records that wait for the store, oldest first, and never more than there is room for.
 *
 * Each gets its number when it comes, room or not, so what was lost shows as a number that is missing.
 * Invariant: `last` is the number of the latest record that came; all in `#waiting` are numbered, rising.
 */
import type { StoreNote, StoreRecord } from './records.ts'

/** A record whose number counts from the start of this tracker. */
export type PendingRecord = StoreNote & { seq: number; at: number; time: number }

export class Backlog {
  readonly #room: number
  #waiting: PendingRecord[] = []
  #lost = 0
  last = 0

  constructor(room: number) {
    this.#room = room
  }

  get waiting(): readonly PendingRecord[] {
    return this.#waiting
  }

  get size(): number {
    return this.#waiting.length
  }

  get lost(): number {
    return this.#lost
  }

  /** False where there is no room. O(1). */
  add(note: StoreNote, at: number, time: number): boolean {
    const seq = ++this.last
    if (this.#waiting.length >= this.#room) {
      this.#lost++
      return false
    }
    this.#waiting.push({ ...note, seq, at, time })
    return true
  }

  /** All that wait, with numbers that go on from `base`. */
  batch(base: number): readonly StoreRecord[] {
    return this.#waiting.map((record) => ({ ...record, seq: base + record.seq }))
  }

  /** All up to number `seq` are kept now. Gives how many these were. */
  kept(seq: number): number {
    const index = this.#waiting.findIndex((record) => record.seq > seq)
    const count = index < 0 ? this.#waiting.length : index
    this.#waiting = this.#waiting.slice(count)
    return count
  }

  /** `count` of the lost ones were made up for. */
  found(count: number): void {
    this.#lost -= count
  }

  /** The newest one that waits, where no batch has it: the later beat says all the earlier one did. */
  dropBeat(above: number): void {
    const newest = this.#waiting.at(-1)
    if (newest?.kind !== 'beat' || newest.seq <= above) return
    this.#waiting.pop()
    // Its number is given again: one that is missing says that a record was lost.
    if (newest.seq === this.last) this.last--
  }
}
