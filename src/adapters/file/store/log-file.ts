/**
 * A file that grows at its end, by complete pieces.
 *
 * Invariant: the first `#size` bytes are complete pieces. A piece whose write failed is cut off before the next write.
 * After a failed sync the system may treat data as written that is not on the disk, and the next sync does not report it. So
 * everything that no sync has confirmed is written again before the next sync.
 */
import { constants, type FileHandle, open, stat } from 'node:fs/promises'
import { codeOf, idOf, syncFolder } from './whole-file.ts'

const feed = 10

interface LogPiece {
  readonly at: number
  readonly bytes: Uint8Array
}

export class LogFile {
  readonly #path: string
  readonly #file: FileHandle
  /** Which file it is, whatever its name. */
  readonly #id: string
  /** Whether syncs will be requested. */
  readonly #syncs: boolean
  #size = 0
  /** There may be garbage after the end. */
  #ragged = true
  /** Writes so far, and how many of them are durable. */
  #writes = 0
  #synced = 0
  /** The pieces that no sync has confirmed. */
  #unconfirmed: readonly LogPiece[] = []
  /** The latest sync failed. */
  #doubtful = false

  private constructor(path: string, file: FileHandle, id: string, syncs: boolean) {
    this.#path = path
    this.#file = file
    this.#id = id
    this.#syncs = syncs
  }

  /** Opens or creates the file, and returns its content. */
  static async open(path: string, syncs: boolean): Promise<{ readonly log: LogFile; readonly bytes: Uint8Array }> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT)
    try {
      await syncFolder(path)
      return { log: new LogFile(path, file, idOf(await file.stat()), syncs), bytes: await file.readFile() }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Whether there are writes that no sync has made durable. */
  get unsynced(): boolean {
    return this.#synced < this.#writes
  }

  get size(): number {
    return this.#size
  }

  /** Whether the path still names this file, and no other process has changed its size. */
  async isIntact(): Promise<boolean> {
    try {
      const found = await stat(this.#path)
      if (idOf(found) !== this.#id) return false
      return this.#ragged ? found.size >= this.#size : found.size === this.#size
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    }
  }

  /** Truncates the file to its first `size` bytes. */
  async cut(size: number): Promise<void> {
    this.#ragged = true
    await this.#file.truncate(size)
    this.#size = size
    this.#unconfirmed = this.#unconfirmed.filter(({ at }) => at < size)
    this.#ragged = false
    this.#writes++
  }

  /** Replaces everything from `size` on by a shorter piece, which is written before the rest is cut off, so it needs no space. */
  async endWith(bytes: Uint8Array, size: number): Promise<void> {
    this.#ragged = true
    this.#size = size
    await this.#write({ at: size, bytes })
    await this.cut(size + bytes.length)
    await this.sync()
  }

  /** If it fails, even only in the sync, it has no effect. */
  async append(bytes: Uint8Array, durably: boolean): Promise<void> {
    if (this.#ragged) await this.cut(this.#size)
    this.#ragged = true
    this.#writes++
    const piece = { at: this.#size, bytes }
    await this.#write(piece)
    if (durably) await this.sync()
    else if (this.#syncs) this.#unconfirmed = [...this.#unconfirmed, piece]
    this.#size += bytes.length
    this.#ragged = false
  }

  async sync(): Promise<void> {
    // Later writes are not part of this sync.
    const [writes, unconfirmed] = [this.#writes, this.#unconfirmed]
    try {
      if (this.#doubtful) for (const piece of unconfirmed) await this.#write(piece)
      await this.#file.datasync()
    } catch (error) {
      this.#doubtful = true
      throw error
    }
    this.#doubtful = false
    this.#unconfirmed = this.#unconfirmed.filter((piece) => !unconfirmed.includes(piece))
    this.#synced = writes
  }

  /** The length of the complete lines within the first `size` bytes. */
  async wholeLines(size: number): Promise<number> {
    const bytes = new Uint8Array(size)
    await this.#file.read(bytes, 0, size, 0)
    return bytes.lastIndexOf(feed) + 1
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #write({ at, bytes }: LogPiece): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, at + done)
      done += bytesWritten
    }
  }
}
