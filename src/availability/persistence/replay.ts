/**
 * Makes a snapshot of what a store has, by saying it all again to an empty tracker.
 *
 * Each run of a tracker is played on a clock set to the times of its records, by the code that ran then; at the start of
 * the next run the tracker goes through a restart, as it did. So what comes out is what the tracker itself would have given.
 * Where records are missing it goes through a restart too, and nothing is bridged: they may have said anything.
 */
import type { Clock } from '../../core/clock.ts'
import { Events } from '../../core/events.ts'
import { record as take } from '../record/record.ts'
import { restore, snapshotOf } from '../snapshot/restore.ts'
import type { AvailabilitySnapshot } from '../snapshot/snapshot.ts'
import { Source, type StateStep } from '../sources/source.ts'
import { type TrackerSettings, TrackerState } from '../state/tracker-state.ts'
import { type CheckedHistory, stepNames } from './history-check.ts'
import type { StoreRecord } from './records.ts'
import { resume, sourceKey } from './resume.ts'
import { StoreError } from './store-error.ts'

/** What was known at the end, and when that was; undefined where there is nothing. */
export function replay(
  { snapshot, records, resumed }: CheckedHistory,
  options: TrackerSettings,
): AvailabilitySnapshot | undefined {
  let run: ReplayRun | undefined
  if (snapshot !== undefined) {
    run = new ReplayRun(options, snapshot.history, undefined, false)
    for (const [key, log] of resume(run.tracker, snapshot)) {
      run.sources.set(key, new Source(run.tracker.component(key.slice(key.indexOf(' ') + 1), true), log))
    }
  }
  for (const record of records) {
    const lost = resumed.has(record.seq)
    if (run === undefined || lost || record.kind === 'start') run = new ReplayRun(options, record, run?.end(), lost)
    run.play(record)
  }
  return run?.end()
}

class ReplayRun {
  readonly tracker: TrackerState
  readonly sources = new Map<string, Source>()
  /** Shows the time it is set to; nothing is ever scheduled on it. */
  readonly #clock = { now: () => this.#time, wall: () => this.#at } as unknown as Clock
  #at: number
  #time: number
  readonly #tolerance: number
  #stopped = false

  constructor(
    options: TrackerSettings,
    { at, time }: { readonly at: number; readonly time: number },
    before: AvailabilitySnapshot | undefined,
    lost: boolean,
  ) {
    this.#tolerance = options.clockTolerance
    this.#at = at
    this.#time = time
    const { name = 'replay' } = options
    this.tracker = new TrackerState(
      {
        ...options,
        clock: this.#clock,
        // Sleep is in the records, and what was taken once was not too late.
        clockTolerance: Number.POSITIVE_INFINITY,
        lateTolerance: Number.POSITIVE_INFINITY,
      },
      new Events({ name, kind: 'availabilityTracker', clock: this.#clock }),
    )
    if (before !== undefined) restore(this.tracker, before, { lost, clockTolerance: options.clockTolerance })
  }

  play(record: StoreRecord): void {
    this.tracker.time.setForward(record.at - this.#at - (record.time - this.#time), this.#tolerance)
    this.#at = record.at
    this.#time = Math.max(this.#time, record.time)
    this.tracker.now()
    this.#stopped = record.kind === 'stopped'
    if (record.kind === 'told') this.#tell(record)
    else if (record.kind === 'slept') this.tracker.slept(record.from, record.to)
    else if (record.kind === 'said') this.#say(record)
    else if (record.kind === 'gone') {
      this.#source(record.component, record.source, true).end(record.from)
      this.sources.delete(sourceKey(record.component, record.source))
    } else if (record.kind === 'counts') {
      const component = this.tracker.component(record.component)
      component.requests.restore(record.requests)
      component.rejected = record.rejected
    }
  }

  end(): AvailabilitySnapshot {
    return { ...snapshotOf(this.tracker), stopped: this.#stopped }
  }

  #say({ component, member, source, steps, stamps, reason }: StoreRecord & { readonly kind: 'said' }): void {
    const speaker = this.#source(component, source, member === true)
    const said = steps.map(([time, state]): StateStep => [time, stepNames.indexOf(state)])
    const [first, ...rest] = said as [StateStep, ...StateStep[]]
    if (stamps !== undefined) this.tracker.component(component, true).stamp(stamps)
    if (rest.length === 0) speaker.setState(...first, undefined, reason)
    else speaker.revise([first, ...rest])
  }

  #tell({ seq, event }: StoreRecord & { readonly kind: 'told' }): void {
    try {
      take(this.tracker, event, (given) => this.tracker.time.from(given.valueOf()))
    } catch (error) {
      const why = (error as Error).message
      throw new StoreError(`availabilityTracker: record ${seq} is not sound: ${why}`, 'HF_STORE_DAMAGED')
    }
  }

  #source(name: string, number: number, member: boolean): Source {
    const key = sourceKey(name, number)
    let source = this.sources.get(key)
    const component = this.tracker.component(name, member)
    if (source === undefined) {
      source = new Source(component)
      this.sources.set(key, source)
    }
    return source
  }
}
