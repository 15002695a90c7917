/**
 * Keeps the history of an availability tracker in files: a log that grows by a line a record, and a snapshot that takes the
 * place of its older lines.
 *
 * Invariant: at any instant, whatever happens to the process, the snapshot file and the whole lines of the log after it are
 * all that was kept. A line of the log that the snapshot covers too does no harm.
 */

import type { StoreRecord } from '../../../availability/persistence/records.ts'
import type { AvailabilityStore, StoredHistory, StoreSnapshot } from '../../../availability/persistence/store.ts'
import { StoreError } from '../../../availability/persistence/store-error.ts'
import { type Clock, realClock } from '../../../core/clock.ts'
import { type Duration, duration, oneOf, optional, resolveOptions } from '../../../core/options.ts'
import { policyChecks } from '../../../core/policy.ts'
import { Alarm } from '../../../core/timer.ts'
import { pathOf } from '../path-of.ts'
import { bytesOf, lineOf, linesIn, valueIn } from './line.ts'
import { LogFile } from './log-file.ts'
import { header, readLog } from './read-log.ts'
import { keepAside, readWhole, removeFile, writeWhole } from './whole-file.ts'
import { WriterLock } from './writer-lock.ts'

/** How much a crash of the machine may take. */
export type Durability = 'none' | 'interval' | 'transition'

export interface FileStoreOptions {
  /**
   * When what was appended is forced to the disk: never, each `syncEvery`, or with each batch in which something was said.
   * A crash of the process alone takes nothing that was appended, in none of them. Default `'transition'`.
   */
  readonly durability?: Durability
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
  readonly #durability: Durability
  readonly #every: number
  readonly #clock: Clock
  readonly #lock: WriterLock
  readonly #syncing = new Alarm(() => this.#syncLater(), true)
  #log: LogFile | undefined = undefined
  /** A sync in the background failed. */
  #owed = false

  constructor(path: string, durability: Durability, every: number, clock: Clock) {
    this.#path = path
    this.#durability = durability
    this.#every = every
    this.#clock = clock
    this.#lock = new WriterLock(path)
  }

  async load(): Promise<StoredHistory> {
    // It may be asked again, where what it gave was not believed.
    await this.#log?.close()
    this.#log = undefined
    await this.#lock.take()
    try {
      const faults: unknown[] = []
      const snapshot = await this.#readSnapshot(faults)
      return { snapshot, records: await this.#readLog(faults), faults }
    } catch (error) {
      await this.#lock.release()
      throw error
    }
  }

  async append(records: readonly StoreRecord[]): Promise<void> {
    const log = this.#opened()
    if (this.#owed) await this.sync()
    const said = this.#durability === 'transition' && records.some(({ kind }) => !passing.includes(kind))
    await log.append(bytesOf(records.map(lineOf).join('')), said)
    if (this.#durability === 'interval' && this.#syncing.list === undefined) {
      this.#clock.schedule(this.#syncing, this.#every)
    }
  }

  async snapshot(snapshot: StoreSnapshot): Promise<void> {
    const log = this.#opened()
    await writeWhole(this.#snapshotPath, bytesOf(lineOf(snapshot)))
    await log.cut(header.length)
  }

  async sync(): Promise<void> {
    const log = this.#opened()
    if (this.#durability !== 'none' && log.unsynced) await log.sync()
    // One that began before what failed does not pay for it.
    this.#owed &&= log.unsynced
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

  get #snapshotPath(): string {
    return `${this.#path}.snapshot`
  }

  #opened(): LogFile {
    if (this.#log === undefined) throw new Error(`fileStore: ${this.#path} must be loaded first`)
    return this.#log
  }

  #syncLater(): void {
    this.sync().catch(() => {
      this.#owed = true
    })
  }

  async #readLog(faults: unknown[]): Promise<readonly StoreRecord[]> {
    const { log, bytes } = await LogFile.open(this.#path)
    try {
      const { records, length, damagedAt } = readLog(this.#path, bytes)
      if (damagedAt !== undefined) faults.push(damaged(this.#path, await keepAside(this.#path), damagedAt))
      await log.cut(length)
      if (length === 0) await log.append(header, true)
      this.#log = log
      return records
    } catch (error) {
      await log.close()
      throw error
    }
  }

  async #readSnapshot(faults: unknown[]): Promise<StoreSnapshot | undefined> {
    const path = this.#snapshotPath
    const bytes = await readWhole(path)
    if (bytes === undefined) return undefined
    const [first] = linesIn(bytes)
    const snapshot = first?.end === bytes.length ? (valueIn(first.line) as StoreSnapshot | undefined) : undefined
    if (snapshot === undefined) {
      faults.push(damaged(path, await keepAside(path), 1))
      await removeFile(path)
      return undefined
    }
    if (snapshot.version === 1) return snapshot
    const { version } = snapshot
    throw new StoreError(`fileStore: ${path} is of version ${version}, and only 1 can be read`, 'HF_STORE_VERSION', {
      path,
    })
  }
}

function damaged(path: string, aside: string, line: number): StoreError {
  const what = `line ${line} of ${path} is damaged: what comes after it is not believed, and is kept in ${aside}`
  return new StoreError(`fileStore: ${what}`, 'HF_STORE_DAMAGED', { path: aside, line })
}
