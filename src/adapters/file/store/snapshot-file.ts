/**
 * The file of the snapshot. It is replaced atomically: written to a temporary file and renamed.
 *
 * A full disk has no space for two of them. Then the new one is compressed, and if that does not fit either, the log is cut:
 * its records are in the snapshot too.
 */
import type { StoreSnapshot } from '../../../availability/persistence/store.ts'
import { isFull } from '../../../availability/persistence/store-failure.ts'
import { packed } from './line.ts'
import { readSnapshot } from './read-snapshot.ts'
import { keepAside, readWhole, removeFile, writeWhole, writtenOf } from './whole-file.ts'

/** The content of the file: empty if it does not exist, without a snapshot if it is damaged. */
export interface FoundSnapshot {
  readonly bytes?: Uint8Array
  readonly snapshot?: StoreSnapshot | undefined
}

/** Frees space for a number of bytes; false if it cannot. */
export type MakeRoom = (room: number) => Promise<boolean>

/** More than the rounding of files, folders and their tables, in bytes. */
const slack = 16_384

export class SnapshotFile {
  readonly path: string
  /** The identity of the file when it was last read or written; undefined if there was none. */
  #known: string | undefined = undefined

  constructor(path: string) {
    this.path = path
  }

  /** @throws StoreError if it has another version. */
  async read(): Promise<FoundSnapshot> {
    const bytes = await readWhole(this.path)
    this.#known = await writtenOf(this.path)
    return bytes === undefined ? {} : { bytes, snapshot: readSnapshot(this.path, bytes) }
  }

  async write(bytes: Uint8Array, makeRoom: MakeRoom): Promise<void> {
    try {
      await writeWhole(this.path, bytes)
    } catch (error) {
      if (!isFull(error)) throw error
      await this.#squeeze(packed(bytes), makeRoom)
    }
    this.#known = await writtenOf(this.path)
  }

  async remove(): Promise<void> {
    await removeFile(this.path)
  }

  /** Copies the file if another process wrote it. */
  async keepIfOther(): Promise<void> {
    const id = await writtenOf(this.path)
    if (id !== undefined && id !== this.#known) await keepAside(this.path)
  }

  async #squeeze(bytes: Uint8Array, makeRoom: MakeRoom): Promise<void> {
    try {
      await writeWhole(this.path, bytes)
    } catch (error) {
      if (!isFull(error) || !(await makeRoom(bytes.length + slack))) throw error
      await writeWhole(this.path, bytes)
    }
  }
}
