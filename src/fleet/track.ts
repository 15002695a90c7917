/**
 * The states of one observer over all time: its pieces, each one replacing the weaker ones where they overlap, and absent
 * between them. Invariant: times rise strictly, neighbours differ, and it is absent before the first step.
 */
import { type Code, UNKNOWN } from '../availability/timeline/states.ts'
import { countBefore, type Steps } from '../availability/timeline/steps.ts'
import type { Pieces } from './pieces.ts'

/** One more code next to those of the five states: no timeline at that time. */
export const ABSENT = 5

export class Track implements Steps {
  readonly #times: number[] = []
  readonly #codes: Code[] = []

  constructor(pieces: Pieces) {
    for (const { from, to, steps, states } of pieces) {
      this.#cut(from)
      this.#append(from, UNKNOWN)
      let time = from
      for (let index = 0; index < steps.length; index++) {
        time += steps[index] as number
        this.#append(time, states.charCodeAt(index) - zero)
      }
      this.#append(to, ABSENT)
    }
  }

  get length(): number {
    return this.#times.length
  }

  timeAt(index: number): number {
    return this.#times[index] as number
  }

  codeAt(index: number): Code {
    return this.#codes[index] as Code
  }

  #cut(time: number): void {
    const count = countBefore(this, time)
    this.#times.length = count
    this.#codes.length = count
  }

  #append(time: number, code: Code): void {
    if (this.#times.at(-1) === time) {
      this.#times.pop()
      this.#codes.pop()
    }
    if (code === (this.#codes.at(-1) ?? ABSENT)) return
    this.#times.push(time)
    this.#codes.push(code)
  }
}

const zero = '0'.charCodeAt(0)
