/** One source of evidence about a component: a policy, a pool, a probe. */
import type { Component } from '../component.ts'
import type { Phases } from '../record/stamps.ts'
import type { EventLog } from '../timeline/event-log.ts'
import { type Code, SILENT } from '../timeline/states.ts'

/** From an instant on, it says so. */
export type Step = readonly [time: number, code: Code]

export class Source {
  readonly #component: Component
  readonly #log: EventLog

  constructor(component: Component) {
    this.#component = component
    this.#log = component.source()
  }

  /** What it says now. */
  get says(): Code {
    return this.#log.last
  }

  get silent(): boolean {
    return this.says === SILENT
  }

  /** From `time` on it says `code`. */
  turn(time: number, code: Code, phases?: Phases<number>, reason?: string): void {
    if (phases !== undefined) this.#component.stamp({ ...phases, start: time })
    this.#component.explain(time, reason)
    this.#log.rewrite(time, code)
    this.#log.compact(time)
    this.#component.said(this.#log, time, code)
  }

  /** It says all that anew, from the first of these times on. */
  revise(steps: readonly [Step, ...Step[]]): void {
    for (const [time, code] of steps) this.#log.rewrite(time, code)
    this.#log.compact(steps[0][0])
    this.#component.said(this.#log, steps[0][0], this.says)
  }

  /** It is gone. */
  end(time: number): void {
    this.#component.retire(this.#log, time)
    this.#component.changed(time)
  }
}
