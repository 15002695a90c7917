/**
 * Turns what is said in a tracker into records, and what a store has kept into the history of before.
 *
 * Recording is a push on a list. The history may come when the tracker has been at work for a while: it is put in front of
 * what was recorded in between. A beat now and then shows that the tracker still runs, so that a crash leaves a gap no longer
 * than it was.
 */
import type { Clock } from '../../core/clock.ts'
import { Alarm } from '../../core/timer.ts'
import { shortened } from '../components/annotations.ts'
import type { EventSink, RecordedEvent, SourceSubject, SourceUpdate } from '../components/event-sink.ts'
import { restore } from '../snapshot/restore.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import type { EventLog } from '../timeline/event-log.ts'
import { codeOf } from '../timeline/states.ts'
import { historyOf, stepNames } from './history-check.ts'
import type { HistorySource, LoadedHistory } from './history-source.ts'
import type { StoreNote } from './records.ts'
import { replay } from './replay.ts'
import { takeSnapshot } from './resume.ts'
import type { AvailabilityStore, StoredHistory, StoreSnapshot, StoreState } from './store.ts'
import { type LostRecords, StoreError } from './store-error.ts'
import { Writer } from './writer.ts'

export interface JournalOptions {
  readonly heartbeat: number
  readonly buffer: number
  readonly snapshotEvery: number
}

export class Journal implements EventSink {
  readonly #tracker: TrackerState
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

  constructor(tracker: TrackerState, store: AvailabilityStore, { heartbeat, buffer, snapshotEvery }: JournalOptions) {
    this.#tracker = tracker
    this.#heartbeat = heartbeat
    const clock = (): Clock => tracker.time.clock
    const keeper: HistorySource = {
      get clock() {
        return clock()
      },
      arrived: (stored) => this.#arrived(stored),
      snapshot: (seq) => this.#snapshot(seq),
      settle: () => tracker.settle(),
      fault: (error) => tracker.events.fault('store', error),
    }
    this.#writer = new Writer(store, keeper, buffer, snapshotEvery)
  }

  get state(): StoreState {
    return this.#writer.state
  }

  begin(): void {
    if (this.#closed) return
    this.#began = true
    this.#note({ kind: 'start', version: 1 })
    this.#tracker.time.clock.schedule(this.#beat, this.#heartbeat)
    this.#writer.open()
  }

  onSource({ name, member }: SourceSubject, log: EventLog, { steps, stamps, reason }: SourceUpdate): void {
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

  onSourceEnd({ name }: SourceSubject, log: EventLog, from: number): void {
    const source = this.#numbers.get(log)
    // A source that never reported has no record to end.
    if (source === undefined) return
    this.#numbers.delete(log)
    this.#note({ kind: 'gone', component: name, source, from })
  }

  onRecorded(event: RecordedEvent): void {
    const { reason } = event
    this.#note({ kind: 'told', event: defined({ ...event, reason: reason && shortened(reason) }) })
  }

  onSleep(from: number, to: number): void {
    this.#note({ kind: 'slept', from, to })
  }

  loaded(): Promise<void> {
    this.#tracker.start()
    return this.#writer.loaded()
  }

  flush(): Promise<void> {
    this.#tracker.start()
    return this.#writer.flush()
  }

  closed(): Promise<void> {
    return this.#writer.closed()
  }

  /** What is said from now on is kept no more: a restart is no end of what was. */
  close(): void {
    if (this.#closed) return
    if (this.#began) {
      this.#tracker.time.clock.cancel(this.#beat)
      this.#count()
      this.#note({ kind: 'stopped' })
    }
    this.#closed = true
    this.#writer.close()
  }

  #note(note: StoreNote): void {
    if (this.#closed) return
    const time = this.#tracker.now()
    this.#writer.add(note, this.#tracker.time.wall(time), time)
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
      this.#tracker.time.clock.schedule(this.#beat, this.#heartbeat)
      this.#count()
      this.#note({ kind: 'beat' })
    } catch (error) {
      this.#tracker.events.fault('store', error)
    }
  }

  /** Notes the counts that have changed; where the store fails they would only take the room of other records. */
  #count(): void {
    const { loaded, failing } = this.#writer.state
    if (!loaded || failing) return
    for (const { name, requests, rejected } of this.#tracker.components.values()) {
      const saved = requests.save()
      const text = JSON.stringify([saved, rejected])
      if ((this.#counts.get(name) ?? '[[0,0,0,0,0,{}],0]') === text) continue
      this.#counts.set(name, text)
      this.#note({ kind: 'counts', component: name, requests: saved, rejected })
    }
  }

  #arrived(stored: StoredHistory | undefined): LoadedHistory {
    const history = historyOf(stored)
    const { seq, missing, torn } = history
    const before = replay(history, this.#tracker.settings)
    if (before !== undefined) {
      for (const { name, ids } of before.components) this.#forget(name, new Set(ids))
      restore(this.#tracker, before, { lost: torn })
    }
    const faults = stored?.faults ?? []
    for (const fault of faults) this.#tracker.events.fault('store', fault)
    const told = faults.map((fault) => (fault instanceof StoreError ? fault.lost?.from : undefined))
    for (const lost of missing) if (!told.includes(lost.from)) this.#tracker.events.fault('store', lossOf(lost))
    return { seq, lossy: missing.length > 0 }
  }

  /** Recorded since the start under an id that was known before: it counts once. */
  #forget(component: string, ids: ReadonlySet<string>): void {
    for (const note of this.#writer.backlog.waiting) {
      if (note.kind !== 'told' || note.event.component !== component) continue
      const { id, time, state, source = '' } = note.event
      if (id === undefined || time === undefined || !ids.has(id)) continue
      const log = this.#tracker.component(component).manualLog(source)
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
    return takeSnapshot(this.#tracker, seq, this.#numbers)
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
