/**
 * Turns what is said in a tracker into records, and what a store has kept into the history of before.
 *
 * Recording is a push on a list. The history may come when the tracker has been at work for a while: it is put in front of
 * what was said meanwhile. A beat now and then says that the tracker is still there, so that a crash leaves a gap no longer
 * than it was.
 */
import type { Clock } from '../../core/clock.ts'
import { Alarm } from '../../core/timer.ts'
import type { Ledger } from '../ledger.ts'
import { shortened } from '../record/notes.ts'
import { restore } from '../snapshot/restoring.ts'
import type { EventLog } from '../timeline/event-log.ts'
import { codeOf } from '../timeline/states.ts'
import { historyOf, stepNames } from './history-check.ts'
import type { Arrival, Keeper } from './keeper.ts'
import type { Note } from './records.ts'
import { replay } from './replay.ts'
import { takeSnapshot } from './resume.ts'
import type { Saying, Scribe, Subject, ToldEvent } from './scribe.ts'
import type { AvailabilityStore, Persistence, StoredHistory, StoreSnapshot } from './store.ts'
import { type LostRecords, StoreError } from './store-error.ts'
import { Writer } from './writer.ts'

export interface JournalOptions {
  readonly heartbeat: number
  readonly buffer: number
  readonly snapshotEvery: number
}

export class Journal implements Scribe {
  readonly #ledger: Ledger
  readonly #writer: Writer
  readonly #heartbeat: number
  readonly #beat = new Alarm(() => this.#beats(), true)
  /** The sources by their logs, numbered as they came to word. */
  readonly #numbers = new Map<EventLog, number>()
  #sources = 0
  /** What was last written of the counts of a component. */
  readonly #counts = new Map<string, string>()
  #began = false
  #closed = false

  constructor(ledger: Ledger, store: AvailabilityStore, { heartbeat, buffer, snapshotEvery }: JournalOptions) {
    this.#ledger = ledger
    this.#heartbeat = heartbeat
    const clock = (): Clock => ledger.time.clock
    const keeper: Keeper = {
      get clock() {
        return clock()
      },
      arrived: (stored) => this.#arrived(stored),
      snapshot: (seq) => this.#snapshot(seq),
      settle: () => ledger.settle(),
      fault: (error) => ledger.events.fault('store', error),
    }
    this.#writer = new Writer(store, keeper, buffer, snapshotEvery)
  }

  get state(): Persistence {
    return this.#writer.state
  }

  begin(): void {
    if (this.#closed) return
    this.#began = true
    this.#note({ kind: 'start', version: 1 })
    this.#ledger.time.clock.schedule(this.#beat, this.#heartbeat)
    this.#writer.open()
  }

  said({ name, member }: Subject, log: EventLog, { steps, stamps, reason }: Saying): void {
    this.#note({
      kind: 'said',
      component: name,
      ...(member ? { member } : {}),
      source: this.#number(log),
      steps: steps.map(([time, code]) => [time, stepNames[code] as 'silent']),
      ...(stamps === undefined ? {} : { stamps }),
      ...(reason === undefined ? {} : { reason: shortened(reason) }),
    })
  }

  gone({ name }: Subject, log: EventLog, from: number): void {
    const source = this.#numbers.get(log)
    // Who never said anything leaves nothing behind.
    if (source === undefined) return
    this.#numbers.delete(log)
    this.#note({ kind: 'gone', component: name, source, from })
  }

  told(event: ToldEvent): void {
    const { reason } = event
    this.#note({ kind: 'told', event: defined({ ...event, reason: reason && shortened(reason) }) })
  }

  slept(from: number, to: number): void {
    this.#note({ kind: 'slept', from, to })
  }

  loaded(): Promise<void> {
    this.#ledger.take()
    return this.#writer.loaded()
  }

  flush(): Promise<void> {
    this.#ledger.take()
    return this.#writer.flush()
  }

  closed(): Promise<void> {
    return this.#writer.closed()
  }

  /** What is said from now on is kept no more: a restart is no end of what was. */
  close(): void {
    if (this.#closed) return
    if (this.#began) {
      this.#ledger.time.clock.cancel(this.#beat)
      this.#count()
      this.#note({ kind: 'stopped' })
    }
    this.#closed = true
    this.#writer.close()
  }

  #note(note: Note): void {
    if (this.#closed) return
    const time = this.#ledger.now()
    this.#writer.add(note, this.#ledger.time.wall(time), time)
  }

  #number(log: EventLog): number {
    let number = this.#numbers.get(log)
    if (number === undefined) {
      number = ++this.#sources
      this.#numbers.set(log, number)
    }
    return number
  }

  /** Called by a timer, so nothing may come out of it. */
  #beats(): void {
    try {
      this.#ledger.time.clock.schedule(this.#beat, this.#heartbeat)
      this.#count()
      this.#note({ kind: 'beat' })
    } catch (error) {
      this.#ledger.events.fault('store', error)
    }
  }

  /** Notes the counts that have changed; where the store fails they would only take the room of other records. */
  #count(): void {
    const { loaded, failing } = this.#writer.state
    if (!loaded || failing) return
    for (const { name, requests, rejected } of this.#ledger.components.values()) {
      const saved = requests.save()
      const text = JSON.stringify([saved, rejected])
      if ((this.#counts.get(name) ?? '[[0,0,0,0,0,{}],0]') === text) continue
      this.#counts.set(name, text)
      this.#note({ kind: 'counts', component: name, requests: saved, rejected })
    }
  }

  #arrived(stored: StoredHistory | undefined): Arrival {
    const history = historyOf(stored)
    const { seq, missing, torn } = history
    const before = replay(history, this.#ledger.options)
    if (before !== undefined) {
      for (const { name, ids } of before.components) this.#forget(name, new Set(ids))
      restore(this.#ledger, before, { lost: torn })
    }
    const faults = stored?.faults ?? []
    for (const fault of faults) this.#ledger.events.fault('store', fault)
    const told = faults.map((fault) => (fault instanceof StoreError ? fault.lost?.from : undefined))
    for (const lost of missing) if (!told.includes(lost.from)) this.#ledger.events.fault('store', lossOf(lost))
    return { seq, lossy: missing.length > 0 }
  }

  /** Told since the start under an id that was known before: it is taken once. */
  #forget(component: string, ids: ReadonlySet<string>): void {
    for (const note of this.#writer.backlog.waiting) {
      if (note.kind !== 'told' || note.event.component !== component) continue
      const { id, time, state, source = '' } = note.event
      if (id === undefined || time === undefined || !ids.has(id)) continue
      const log = this.#ledger.component(component).toldBy(source)
      const { times, states, seqs } = log.save()
      const kept = times.map((at, index) => at !== time || states[index] !== `${codeOf(state)}`)
      log.restore(
        {
          times: times.filter((_, index) => kept[index]),
          states: [...states].filter((_, index) => kept[index]).join(''),
          seqs: seqs.filter((_, index) => kept[index]),
        },
        0,
      )
    }
  }

  #snapshot(seq: number): StoreSnapshot {
    return takeSnapshot(this.#ledger, seq, this.#numbers)
  }
}

function lossOf(lost: LostRecords): StoreError {
  const { from, records } = lost
  const which = records === 1 ? `record ${from} is` : `records ${from} to ${from + records - 1} are`
  const what = `${which} missing in what the store has: the time from there to the next news is unknown`
  return new StoreError(`availabilityTracker: ${what}`, 'HF_STORE_DAMAGED', { lost })
}

/** Without the fields that are undefined: JSON has none. */
function defined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Value
}
