/**
 * A file that grows at its end, by whole pieces.
 *
 * Invariant: the first `#size` bytes are whole pieces. One that failed half-way is cut off before the next is written.
 * After a sync that failed the system may take for written what is not on the disk, and the next sync says nothing of it; so
 * what no sync has confirmed is written again before the next.
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
  /** Somebody will ask for a sync. */
  readonly #syncs: boolean
  #size = 0
  /** There may be something behind the end. */
  #ragged = true
  /** Writes so far, and how many of them are durable. */
  #writes = 0
  #synced = 0
  /** What no sync has confirmed. */
  #unconfirmed: readonly LogPiece[] = []
  /** The latest sync failed. */
  #doubtful = false

  private constructor(path: string, file: FileHandle, id: string, syncs: boolean) {
    this.#path = path
    this.#file = file
    this.#id = id
    this.#syncs = syncs
  }

  /** Opens it, or makes it, and gives what is in it. */
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

  /** Something was written that a sync would make durable. */
  get unsynced(): boolean {
    return this.#synced < this.#writes
  }

  get size(): number {
    return this.#size
  }

  /** The file of this name is still this one, and is as it was left. */
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

  /** Only its first `size` bytes are any good. */
  async cut(size: number): Promise<void> {
    this.#ragged = true
    await this.#file.truncate(size)
    this.#size = size
    this.#unconfirmed = this.#unconfirmed.filter(({ at }) => at < size)
    this.#ragged = false
    this.#writes++
  }

  /** Puts a piece in place of all from `size` on, which is longer. It is written over that before the rest is cut off, so it needs no room. */
  async endWith(bytes: Uint8Array, size: number): Promise<void> {
    this.#ragged = true
    this.#size = size
    await this.#write({ at: size, bytes })
    await this.cut(size + bytes.length)
    await this.sync()
  }

  /** Where it fails, be it only to become durable, it is as if it had not been tried. */
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
    // What is written meanwhile is not in it.
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

  /** How long it is with whole lines alone, and no longer than `size`. */
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
