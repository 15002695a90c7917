/**
 * Hands records over to a store, in the background: first it loads, then it appends in batches, takes a snapshot now and
 * then, and closes at the end. One thing at a time; what fails is tried again after growing waits.
 *
 * Invariant: recording never waits for anything here, and errors leave only by `fault` and the promises of those who
 * asked. All records up to `#stored` are in the store, but for those that `lost` counts, and where all of it is `#gone`.
 */
import { Alarm } from '../../core/timer.ts'
import { Backlog } from './backlog.ts'
import type { HistorySource, LoadedHistory } from './history-source.ts'
import type { StoreNote } from './records.ts'
import { SnapshotPlan, waitAfter } from './snapshot-plan.ts'
import type { AvailabilityStore, StoreState } from './store.ts'
import { StoreCall } from './store-call.ts'
import { closedBefore, isFull, isLoss, noRoom, silence } from './store-failure.ts'
import { Waiters } from './waiters.ts'

/** How long records are collected before they are handed over, in ms. */
const collect = 10

export class Writer {
  readonly backlog: Backlog
  readonly #store: AvailabilityStore
  readonly #keeper: HistorySource
  readonly #plan: SnapshotPlan
  readonly #call: StoreCall
  readonly #alarm = new Alarm(() => this.#safely(() => this.#turn()), true)
  readonly #loads = new Waiters()
  readonly #flushes = new Waiters()
  readonly #closes = new Waiters()
  /** The last number the store had; undefined until that is known. */
  #base: number | undefined = undefined
  #stored = 0
  #synced = 0
  /** The newest record that is or was in the store's hands. */
  #handed = 0
  #written = 0
  #writtenAt: number | null = null
  #failures = 0
  #hangs = false
  /** The store lost what it had, so nothing is kept before the next snapshot. */
  #gone = false
  /** Records went first the last time, so it is a snapshot's turn. */
  #appended = false
  #phase: 'idle' | 'open' | 'closing' | 'leaving' | 'closed' = 'idle'

  constructor(store: AvailabilityStore, keeper: HistorySource, room: number, snapshotEvery: number) {
    this.#store = store
    this.#keeper = keeper
    this.backlog = new Backlog(room)
    this.#plan = new SnapshotPlan(snapshotEvery)
    this.#call = new StoreCall(() => keeper.clock)
  }

  get state(): StoreState {
    return {
      loaded: this.#base !== undefined,
      pending: this.backlog.size,
      written: this.#written,
      lost: this.backlog.lost,
      lastWrittenAt: this.#writtenAt,
      failing: this.#failures > 0 || this.#plan.failing || this.#hangs,
    }
  }

  /** There is a clock from now on. */
  open(): void {
    this.#phase = 'open'
    this.#plan.begin(this.#keeper.clock.now())
    this.#turn()
  }

  /** O(1). */
  add(note: StoreNote, at: number, time: number): void {
    if (note.kind === 'beat') this.backlog.dropBeat(this.#handed)
    if (!this.backlog.add(note, at, time) && this.backlog.lost === 1) this.#keeper.fault(noRoom(this.backlog.size))
    if (this.#phase === 'open' && !this.#call.running && this.#alarm.list === undefined) {
      this.#keeper.clock.schedule(this.#alarm, collect)
    }
  }

  /** Resolves when what the store had is in, and rejects where the next try to get it fails. */
  loaded(): Promise<void> {
    return this.#base === undefined ? this.#pressed(this.#loads, 0) : Promise.resolve()
  }

  /** Resolves when all that was recorded so far is durable, and rejects where the next try fails. */
  flush(): Promise<void> {
    return this.#pressed(this.#flushes, this.backlog.last)
  }

  /** Resolves when the store is closed. */
  closed(): Promise<void> {
    return this.#phase === 'closed' ? Promise.resolve() : this.#closes.wait(0)
  }

  /** Tries once more to write what is left, then closes the store. */
  close(): void {
    if (this.#phase === 'idle') this.#end()
    if (this.#phase !== 'open') return
    this.#phase = 'closing'
    if (this.#hangs) this.#abandon()
    else this.#now()
  }

  #pressed(waiters: Waiters, mark: number): Promise<void> {
    const promise = waiters.wait(mark)
    if (this.#phase === 'closed') this.#dismiss()
    else this.#now()
    return promise
  }

  #now(): void {
    this.#keeper.clock.cancel(this.#alarm)
    if (!this.#call.running) this.#turn()
  }

  /** Does what is next, if anything is. */
  #turn(): void {
    this.#flushes.settle((mark) => this.#isDurable(mark))
    if (this.#phase === 'leaving')
      this.#ask(
        () => this.#store.close(),
        () => this.#end(),
      )
    else if (this.#base === undefined) this.#load()
    else {
      const pressed = this.#phase === 'closing' || !this.#flushes.empty
      const due = this.#plan.isDue(this.#keeper.clock.now(), this.#gone || this.backlog.lost > 0, pressed)
      if (this.backlog.size > 0 && !(due && this.#appended)) this.#append(this.#base)
      else if (due) this.#snapshot(this.#base)
      else if (pressed && this.#synced < this.#stored) this.#sync()
      else if (this.#phase === 'closing') this.#leave()
    }
  }

  #isDurable(mark: number): boolean {
    return this.#base !== undefined && this.#synced >= mark && this.backlog.lost === 0 && !this.#gone
  }

  #load(): void {
    const ask = async (): Promise<LoadedHistory> => this.#keeper.arrived(await this.#store.load())
    this.#ask(ask, (arrival) => {
      const { seq, lossy } = arrival as LoadedHistory
      this.#base = seq
      if (lossy) this.#plan.hurry()
      this.#loads.settle(() => true)
    })
  }

  #append(base: number): void {
    const records = this.backlog.batch(base)
    this.#appended = true
    this.#handed = this.backlog.last
    const last = (records.at(-1) as { readonly seq: number }).seq - base
    this.#ask(
      () => this.#store.append(records),
      () => this.#took(last),
      (error) => {
        if (isFull(error)) this.#snapshot(base, true)
        else this.#fails(error)
      },
    )
  }

  /** `instead` of records there is no room for. */
  #snapshot(base: number, instead = false): void {
    let [last, lost] = [0, 0]
    const ask = (): unknown => {
      this.#keeper.settle()
      last = this.backlog.last
      lost = this.backlog.lost
      this.#handed = last
      return this.#store.snapshot(this.#keeper.snapshot(base + last))
    }
    this.#appended = false
    this.#ask(
      ask,
      () => {
        this.backlog.found(lost)
        this.#gone = false
        this.#took(last)
        this.#plan.taken(this.#keeper.clock.now())
      },
      (error) => {
        if (instead || this.#phase !== 'open') {
          this.#fails(error)
          return
        }
        this.#plan.failed(this.#keeper.clock.now())
        if (this.#gone || this.backlog.lost > 0) this.#flushes.reject(error)
        this.#turn()
      },
    )
  }

  #sync(): void {
    const upTo = this.#stored
    this.#ask(
      () => this.#store.sync?.(),
      () => {
        this.#synced = upTo
      },
    )
  }

  /** The store has all records up to this one. */
  #took(seq: number): void {
    const count = this.backlog.kept(seq)
    this.#stored = seq
    this.#written += count
    this.#plan.wrote(count)
    this.#writtenAt = this.#keeper.clock.wall()
  }

  #ask(ask: () => unknown, done: (value: unknown) => void, failed = (error: unknown) => this.#fails(error)): void {
    this.#call.make(ask, {
      done: (value) =>
        this.#safely(() => {
          this.#hangs = false
          this.#failures = 0
          done(value)
          if (this.#phase !== 'closed') this.#turn()
        }),
      failed: (error) =>
        this.#safely(() => {
          this.#hangs = false
          this.#handed = this.#stored
          this.#gone ||= isLoss(error)
          this.#keeper.fault(error)
          failed(error)
        }),
      late: () => this.#safely(() => this.#late()),
    })
  }

  #late(): void {
    const error = silence()
    this.#hangs = true
    this.#keeper.fault(error)
    this.#refuse(error)
    if (this.#phase !== 'open') this.#abandon()
  }

  /** Closing does not wait again for a call that timed out. */
  #abandon(): void {
    this.#call.drop()
    this.#giveUp(silence())
  }

  /** Called by timers and promises, so it never throws, even if the clock fails. */
  #safely(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#keeper.fault(error)
    }
  }

  /** Tries again later, where there is a later. */
  #fails(error: unknown): void {
    if (this.#phase !== 'open') {
      this.#giveUp(error)
      return
    }
    this.#failures++
    this.#refuse(error)
    this.#keeper.clock.schedule(this.#alarm, waitAfter(this.#failures))
  }

  #refuse(error: unknown): void {
    this.#loads.reject(error)
    this.#flushes.reject(error)
  }

  /** At the end there is no other try. */
  #giveUp(error: unknown): void {
    this.#failures++
    this.#refuse(error)
    if (this.#phase === 'leaving') this.#end()
    else this.#leave()
  }

  #leave(): void {
    this.#phase = 'leaving'
    this.#turn()
  }

  #end(): void {
    this.#phase = 'closed'
    this.#dismiss()
    this.#closes.settle(() => true)
  }

  #dismiss(): void {
    this.#flushes.settle((mark) => this.#isDurable(mark))
    this.#refuse(closedBefore())
  }
}
