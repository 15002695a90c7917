/**
 * Keeps the history of an availability tracker in files: a log that grows by a line a record, and a snapshot that takes the
 * place of its older lines.
 *
 * Invariant: at any instant, whatever happens to the process, the snapshot file and the whole lines of the log after it are
 * all that was kept. A line of the log that the snapshot covers too does no harm.
 */

import type { StoreRecord } from '../../../availability/persistence/records.ts'
import type { AvailabilityStore, StoredHistory, StoreSnapshot } from '../../../availability/persistence/store.ts'
import type { LostRecords } from '../../../availability/persistence/store-error.ts'
import { type Clock, realClock } from '../../../core/clock.ts'
import { type Duration, duration, oneOf, optional, resolveOptions } from '../../../core/options.ts'
import { policyChecks } from '../../../core/policy.ts'
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

/** How much a crash of the machine may take. */
export type FileStoreDurability = 'none' | 'interval' | 'transition'

export interface FileStoreOptions {
  /**
   * When what was appended is forced to the disk: never, each `syncEvery`, or with each batch in which something was said.
   * A crash of the process alone takes nothing that was appended, in none of them. Default `'transition'`.
   */
  readonly durability?: FileStoreDurability
  /** Of `'interval'`. Above 0. Default 1 s. */
  readonly syncEvery?: Duration
  /** Of `'interval'`. Default: the machine's. */
  readonly clock?: Clock
}

/** What a beat and a count say may go with a crash of the machine; the next ones say it again. */
const passing: readonly string[] = ['beat', 'counts']

/**
 * A store for `availabilityTracker({ store })` that keeps the history at `path`, and beside it in `<path>.snapshot`. The
 * folder must be there. One process writes it at a time.
 *
 * ```ts
 * import { availabilityTracker } from 'holdfast/availability'
 * import { fileStore } from 'holdfast/file'
 * const availability = availabilityTracker({ store: fileStore('/var/lib/shop/availability.log') })
 * ```
 *
 * @throws TypeError where the path or an option is wrong.
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
  /** It was told that the log is not as it was left. */
  #told = false
  /** The end of the log was cut off to make room for a snapshot that is not there yet. */
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
    // It may be asked again, where what it gave was not believed.
    await this.#log?.close()
    this.#log = undefined
    await this.#lock.take()
    try {
      const { log, history, last, covered } = await openHistory(this.#path, this.#snapshot, this.#syncs)
      this.#log = log
      this.#last = last
      this.#covered = covered
      this.#told = false
      this.#cut = false
      return history
    } catch (error) {
      await this.#lock.release()
      throw error
    }
  }

  async append(records: readonly StoreRecord[]): Promise<void> {
    const log = this.#opened()
    await this.#look(log)
    if (this.#owed) await this.#syncNow(log)
    const said = this.#durability === 'transition' && records.some(({ kind }) => !passing.includes(kind))
    await log.append(bytesOf(records.map(lineOf).join('')), said)
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
      if (!this.#told) this.#tell()
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
    this.#told = false
    this.#cut = false
  }

  async sync(): Promise<void> {
    const log = this.#opened()
    if (!this.#syncs || !log.unsynced) return
    await this.#look(log)
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

  /** Others can move, cut or write the file, and a writer that does not see this one takes its lock. */
  async #look(log: LogFile): Promise<void> {
    await this.#lock.hold()
    if (!(await log.isIntact())) this.#tell()
  }

  #tell(): never {
    this.#told = true
    throw replacedLog(this.#path, this.#lost)
  }

  async #syncNow(log: LogFile): Promise<void> {
    await log.sync()
    // One that began before what failed does not pay for it.
    this.#owed &&= log.unsynced
  }

  #syncLater(): void {
    this.sync().catch(() => {
      this.#owed = true
    })
  }

  /** A snapshot stands for all that was in the log. Whatever is under its name now is kept. */
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
   * Cuts so many bytes off the end of the log, whose records are in the snapshot that is to be written. A mark says that they
   * were there, should the process end before it is. Once is enough: what others take of the room is not to be had.
   */
  async #makeRoom(log: LogFile, room: number): Promise<boolean> {
    const most = log.size - room
    if (this.#cut || most < header.length) return false
    this.#cut = true
    await log.endWith(markOf(this.#last), await log.wholeLines(most))
    return true
  }
}
