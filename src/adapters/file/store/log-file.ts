/**
 * A file that grows at its end, by whole pieces.
 *
 * Invariant: the first `#size` bytes are whole pieces. One that failed half-way is cut off before the next is written.
 */
import { constants, type FileHandle, open } from 'node:fs/promises'
import { syncFolder } from './whole-file.ts'

export class LogFile {
  readonly #file: FileHandle
  #size = 0
  /** There may be something behind the end. */
  #ragged = true
  /** Writes so far, and how many of them are durable. */
  #writes = 0
  #synced = 0

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** Opens it, or makes it, and gives what is in it. */
  static async open(path: string): Promise<{ readonly log: LogFile; readonly bytes: Uint8Array }> {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT)
    try {
      await syncFolder(path)
      return { log: new LogFile(file), bytes: await file.readFile() }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Something was written that a sync would make durable. */
  get unsynced(): boolean {
    return this.#synced < this.#writes
  }

  /** Only its first `size` bytes are any good. */
  async cut(size: number): Promise<void> {
    this.#ragged = true
    await this.#file.truncate(size)
    this.#size = size
    this.#ragged = false
    this.#writes++
  }

  /** Where it fails, be it only to become durable, it is as if it had not been tried. */
  async append(bytes: Uint8Array, durably: boolean): Promise<void> {
    if (this.#ragged) await this.cut(this.#size)
    this.#ragged = true
    this.#writes++
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#size + done)
      done += bytesWritten
    }
    if (durably) await this.sync()
    this.#size += bytes.length
    this.#ragged = false
  }

  async sync(): Promise<void> {
    // What is written meanwhile is not in it.
    const writes = this.#writes
    await this.#file.datasync()
    this.#synced = writes
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}
