/**
 * The file of the snapshot. It is always whole: written beside, renamed over the old one.
 *
 * On a full disk there is no room for two of them. Then it is compressed, and if that does not fit either, the log gives up
 * the room: what it has is in the snapshot too.
 */
import type { StoreSnapshot } from '../../../availability/persistence/store.ts'
import { isFull } from '../../../availability/persistence/store-failure.ts'
import { packed } from './line.ts'
import { readSnapshot } from './read-snapshot.ts'
import { keepAside, readWhole, removeFile, writeWhole, writtenOf } from './whole-file.ts'

/** What is in the file; nothing where it is not there, and no snapshot where it is damaged. */
export interface FoundSnapshot {
  readonly bytes?: Uint8Array
  readonly snapshot?: StoreSnapshot | undefined
}

/** Makes room for so many bytes; false where it cannot. */
export type MakeRoom = (room: number) => Promise<boolean>

/** More than files, folders and their tables round up to, in bytes. */
const slack = 16_384

export class SnapshotFile {
  readonly path: string
  /** Which file it was when it was last read or written; undefined where there was none. */
  #known: string | undefined = undefined

  constructor(path: string) {
    this.path = path
  }

  /** @throws StoreError where it is of another version. */
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

  /** Copies it where somebody else wrote it. */
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
