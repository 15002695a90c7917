/** Random streams of what a tracker may be told, by a seed. */
import { isDeepStrictEqual } from 'node:util'
import type { ComponentState as State } from 'holdfast/availability'
import { expect } from 'vitest'
import type { Clock } from '../../src/core/clock.ts'
import { runs } from '../effort.ts'
import type { Fact, Rules } from './naive.ts'

/** A clock that is set by hand, and costs nothing. */
export class Hand implements Clock {
  time = 0
  readonly #wall: number
  constructor(wall = 0) {
    this.#wall = wall
  }
  now(): number {
    return this.time
  }
  wall(): number {
    return this.time + this.#wall
  }
  schedule(): void {}
  cancel(): void {}
}

export class Dice {
  #state: number
  constructor(seed: number) {
    this.#state = seed | 0
  }
  /** From 0 to `below` - 1. */
  roll(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
  of<Value>(values: readonly Value[]): Value {
    return values[this.roll(values.length)] as Value
  }
}

export const states: readonly State[] = ['up', 'down', 'up', 'down', 'degraded', 'maintenance', 'unknown']

/** Something told at `now`, of the time before. */
export function factOf(dice: Dice, now: number): Fact {
  if (dice.roll(5) === 0) {
    const start = dice.roll(now + 1)
    const end = dice.roll(3) === 0 ? Number.POSITIVE_INFINITY : start + 1 + dice.roll(12)
    return { incident: `${dice.roll(3)}`, state: dice.of(['down', 'degraded', 'maintenance']), start, end }
  }
  const time = dice.roll(2) === 0 ? now : dice.roll(now + 1)
  const seq = dice.roll(6) === 0 ? dice.roll(3) - 1 : undefined
  return { source: dice.of(['a', 'a', 'b']), time, state: dice.of(states), ...(seq !== undefined && { seq }) }
}

export function rulesOf(dice: Dice): Rules {
  return {
    degraded: dice.of(['up', 'down', 0.5, 'up']),
    maintenance: dice.of(['exclude', 'ignore', 'down', 'up', 'exclude']),
    unknown: dice.of(['exclude', 'exclude', 'down', 'up']),
    mergeGap: dice.of([0, 0, 3, 8]),
    confirmDown: dice.of([0, 0, 2, 5]),
    split: dice.roll(3) === 0,
    mergedAsDown: dice.roll(3) === 0,
  }
}

/** The same as the event a tracker takes. */
export function eventOf(fact: Fact): never {
  if (!('incident' in fact)) return { component: 'x', ...fact } as never
  const { incident, state, start, end } = fact
  return { component: 'x', id: incident, state, start, ...(end < Number.POSITIVE_INFINITY && { end }) } as never
}

/** So many streams, each from its own seed; the seed of the first that fails stands in the error. */
export function streams(count: number, check: (dice: Dice) => void): void {
  const wanted = runs(count, 0.1)
  for (let seed = 0; seed < wanted; seed++) {
    try {
      check(new Dice(seed * 2_654_435_761))
    } catch (error) {
      throw new Error(`stream ${seed}: ${(error as Error).message}`, { cause: error })
    }
  }
}

/** Cheaper than an expectation where all is well. */
export function same(actual: unknown, expected: unknown, what = ''): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual, what).toEqual(expected)
}
