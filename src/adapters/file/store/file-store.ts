/**
 * Keeps the history of an availability tracker in files: a log that grows by a line per record, and a snapshot that replaces
 * its older lines.
 *
 * Invariant: at any instant, whatever happens to the process, the snapshot file and the complete lines of the log after it are
 * the whole history. A line of the log that the snapshot also covers is harmless.
 */

import type { StoreRecord } from '../../../availability/persistence/records.ts'
import type { AvailabilityStore, StoredHistory, StoreSnapshot } from '../../../availability/persistence/store.ts'
import type { LostRecords } from '../../../availability/persistence/store-error.ts'
import { type Clock, realClock } from '../../../core/clock.ts'
import { type Duration, duration, oneOf, optional, resolveOptions } from '../../../core/options.ts'
import { policyChecks } from '../../../core/policy-checks.ts'
import { Alarm } from '../../../core/timer.ts'
import { pathOf } from '../path-of.ts'
import { cutInVain, replacedLog } from './damage.ts'
import { bytesOf, lineOf } from './line.ts'
import { LogFile } from './log-file.ts'
import { openHistory } from './open-history.ts'
import { header, markOf } from './read-log.ts'
import { SnapshotFile } from './snapshot-file.ts'
import { keepAside } from './whole-file.ts'
import { WriterLock } from './writer-lock.ts'

/** How much a crash of the machine may lose. */
export type FileStoreDurability = 'none' | 'interval' | 'transition'

export interface FileStoreOptions {
  /**
   * When appended records are forced to the disk: never, each `syncEvery`, or with each batch that has a state change. A crash
   * of only the process loses no appended record with any of them. Default `'transition'`.
   */
  readonly durability?: FileStoreDurability
  /** The interval of `'interval'`, above 0. Default 1 s. */
  readonly syncEvery?: Duration
  /** The clock of `'interval'`. Default: the real clock. */
  readonly clock?: Clock
}

/** A crash of the machine may lose heartbeats and counts: the next ones repeat them. */
const passing: readonly string[] = ['beat', 'counts']

/**
 * A store for `availabilityTracker({ store })` that keeps the history at `path`, and beside it in `<path>.snapshot`. The
 * folder must exist. One process writes it at a time.
 *
 * ```ts
 * import { availabilityTracker } from 'holdfast/availability'
 * import { fileStore } from 'holdfast/file'
 * const availability = availabilityTracker({ store: fileStore('/var/lib/shop/availability.log') })
 * ```
 *
 * @throws TypeError if the path or an option is invalid.
 */
export function fileStore(path: string | URL, options?: FileStoreOptions): AvailabilityStore {
  const file = pathOf('fileStore', path)
  const {
    durability,
    syncEvery,
    clock = realClock,
  } = resolveOptions('fileStore', options, {
    durability: optional(oneOf('none', 'interval', 'transition'), 'transition'),
    syncEvery: optional(duration('> 0'), 1000 as number),
    clock: policyChecks.clock,
  })
  return new FileStore(file, durability, syncEvery, clock)
}

class FileStore implements AvailabilityStore {
  readonly #path: string
  readonly #durability: FileStoreDurability
  readonly #every: number
  readonly #clock: Clock
  readonly #lock: WriterLock
  readonly #snapshot: SnapshotFile
  readonly #syncing = new Alarm(() => this.#syncLater(), true)
  #log: LogFile | undefined = undefined
  /** The last record in the log, and the last one the snapshot covers. */
  #last = 0
  #covered = 0
  /** A sync in the background failed. */
  #owed = false
  /** It has been reported that another process changed the log. */
  #reported = false
  /** The end of the log was cut to make room for a snapshot that is not written yet. */
  #cut = false

  constructor(path: string, durability: FileStoreDurability, every: number, clock: Clock) {
    this.#path = path
    this.#durability = durability
    this.#every = every
    this.#clock = clock
    this.#lock = new WriterLock(path)
    this.#snapshot = new SnapshotFile(`${path}.snapshot`)
  }

  async load(): Promise<StoredHistory> {
    // It may be called again, if its result was rejected.
    await this.#log?.close()
    this.#log = undefined
    await this.#lock.take()
    try {
      const { log, history, last, covered } = await openHistory(this.#path, this.#snapshot, this.#syncs)
      this.#log = log
      this.#last = last
      this.#covered = covered
      this.#reported = false
      this.#cut = false
      return history
    } catch (error) {
      await this.#lock.release()
      throw error
    }
  }

  async append(records: readonly StoreRecord[]): Promise<void> {
    const log = this.#opened()
    await this.#verify(log)
    if (this.#owed) await this.#syncNow(log)
    const changes = this.#durability === 'transition' && records.some(({ kind }) => !passing.includes(kind))
    await log.append(bytesOf(records.map(lineOf).join('')), changes)
    this.#last = records.at(-1)?.seq ?? this.#last
    if (this.#durability === 'interval' && this.#syncing.list === undefined) {
      this.#clock.schedule(this.#syncing, this.#every)
    }
  }

  async snapshot(snapshot: StoreSnapshot): Promise<void> {
    const { seq } = snapshot
    const log = this.#opened()
    await this.#lock.hold()
    const isIntact = await log.isIntact()
    if (!isIntact) {
      if (!this.#reported) this.#reportReplaced()
      await this.#snapshot.keepIfOther()
    }
    try {
      const room = async (bytes: number): Promise<boolean> => isIntact && (await this.#makeRoom(log, bytes))
      await this.#snapshot.write(bytesOf(lineOf(snapshot)), room)
    } catch (error) {
      throw this.#cut ? cutInVain(this.#path, this.#lost, error) : error
    }
    this.#covered = seq
    this.#last = Math.max(this.#last, seq)
    if (isIntact) await log.cut(header.length)
    else await this.#beginAgain(log)
    await this.#opened().append(markOf(seq), this.#syncs)
    this.#reported = false
    this.#cut = false
  }

  async sync(): Promise<void> {
    const log = this.#opened()
    if (!this.#syncs || !log.unsynced) return
    await this.#verify(log)
    await this.#syncNow(log)
  }

  async close(): Promise<void> {
    this.#clock.cancel(this.#syncing)
    const log = this.#log
    try {
      if (log !== undefined) await this.sync()
    } finally {
      this.#log = undefined
      await log?.close()
      await this.#lock.release()
    }
  }

  get #syncs(): boolean {
    return this.#durability !== 'none'
  }

  get #lost(): LostRecords {
    return { from: this.#covered + 1, records: this.#last - this.#covered, lines: 0, bytes: 0 }
  }

  #opened(): LogFile {
    if (this.#log === undefined) throw new Error(`fileStore: ${this.#path} must be loaded first`)
    return this.#log
  }

  /** Other processes can move, truncate or write the file, or take the lock without seeing this process. */
  async #verify(log: LogFile): Promise<void> {
    await this.#lock.hold()
    if (!(await log.isIntact())) this.#reportReplaced()
  }

  #reportReplaced(): never {
    this.#reported = true
    throw replacedLog(this.#path, this.#lost)
  }

  async #syncNow(log: LogFile): Promise<void> {
    await log.sync()
    // A sync that began before the failure does not cover it.
    this.#owed &&= log.unsynced
  }

  #syncLater(): void {
    this.sync().catch(() => {
      this.#owed = true
    })
  }

  /** Starts a new log after a snapshot that covers everything. A file that now has its name is kept as a copy. */
  async #beginAgain(before: LogFile): Promise<void> {
    const { log, bytes } = await LogFile.open(this.#path, this.#syncs)
    try {
      if (bytes.length > 0) await keepAside(this.#path)
      await log.cut(0)
      await log.append(header, true)
    } catch (error) {
      await log.close()
      throw error
    }
    this.#log = log
    await before.close()
  }

  /**
   * Cuts bytes off the end of the log, whose records are in the snapshot to be written. A mark records that they existed, in case
   * the process ends before that. Only once: space that other programs take cannot be regained.
   */
  async #makeRoom(log: LogFile, room: number): Promise<boolean> {
    const most = log.size - room
    if (this.#cut || most < header.length) return false
    this.#cut = true
    await log.endWith(markOf(this.#last), await log.wholeLines(most))
    return true
  }
}
