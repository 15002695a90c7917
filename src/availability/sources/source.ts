/** One source of evidence about a component: a policy, a pool, a probe. */
import type { Component } from '../components/component.ts'
import type { OutagePhases, TimestampEntry } from '../outages/timestamps.ts'
import type { EventLog } from '../timeline/event-log.ts'
import { type Code, SILENT } from '../timeline/states.ts'

/** A state, and when it begins. */
export type StateStep = readonly [time: number, code: Code]

export class Source {
  readonly #component: Component
  readonly #log: EventLog

  constructor(component: Component, log = component.source()) {
    this.#component = component
    this.#log = log
  }

  /** Its present state. */
  get state(): Code {
    return this.#log.last
  }

  get silent(): boolean {
    return this.state === SILENT
  }

  /** From `time` on it is in the state `code`. */
  setState(time: number, code: Code, phases?: OutagePhases<number>, reason?: string): void {
    const stamps = phases === undefined ? undefined : { ...phases, start: time }
    if (stamps !== undefined) this.#component.stamp(stamps)
    this.#component.explain(time, reason)
    this.#log.rewrite(time, code)
    this.#log.compact(time)
    this.#component.sink?.onSource(this.#component, this.#log, { steps: [[time, code]], stamps, reason })
    this.#component.sourceChanged(this.#log, time, code)
  }

  /** Replaces its states from the first step on. */
  revise(steps: readonly [StateStep, ...StateStep[]], stamps?: TimestampEntry): void {
    const before = this.#end
    if (stamps !== undefined) this.#component.stamp(stamps)
    for (const [time, code] of steps) this.#log.rewrite(time, code)
    this.#log.compact(steps[0][0])
    // Mostly it repeats its state, and that need not be kept.
    if (steps.length > 1 || stamps !== undefined || this.#end !== before) {
      this.#component.sink?.onSource(this.#component, this.#log, { steps, stamps })
    }
    this.#component.sourceChanged(this.#log, steps[0][0], this.state)
  }

  /** It ends. */
  end(time: number): void {
    this.#component.sink?.onSourceEnd(this.#component, this.#log, time)
    this.#component.retire(this.#log, time)
    this.#component.changed(time)
  }

  /** One step more, fewer, or another at the end shows in this. */
  get #end(): string {
    const { length, last } = this.#log
    return length === 0 ? '' : `${length} ${last} ${this.#log.timeAt(length - 1)}`
  }
}
