/**
 * Writes the entries of a component to the logs of its sources, sorted.
 *
 * Periods of one state that overlap or touch are merged. A log with the newest lines first is reversed, so of two lines of one
 * instant the one written later wins.
 */
import type { Component } from '../availability/components/component.ts'
import { type Code, DEGRADED, DOWN, SILENT, states, UNKNOWN, UP } from '../availability/timeline/states.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { ComponentEntries, Periods } from './log-contents.ts'
import type { LogSpan } from './log-span.ts'

/** Before the times of any log. */
const always = -8.64e15

/** `elsewhere` is the state outside of periods: up or silent. */
export function writeSourceLogs(
  component: Component,
  entries: ComponentEntries,
  spans: readonly LogSpan[],
  elsewhere: Code,
): void {
  const add = (from: Milliseconds, to: Milliseconds, lasts: boolean): void => {
    for (const span of spans) span.add(from, to, lasts)
  }
  writeStates(component, entries, add)
  if (entries.periods.size > 0 && elsewhere === UP) component.manualLog('between incidents').add(always, UP)
  for (const [code, periods] of entries.periods) {
    const log = component.manualLog(`periods of ${states[code]}`)
    const after = elsewhere === UP && (code === DOWN || code === DEGRADED) ? UP : SILENT
    for (const [from, to] of united(periods)) {
      log.add(from, code)
      log.add(to, after)
      add(from, to, to === Number.POSITIVE_INFINITY)
    }
  }
}

function writeStates(component: Component, { times, codes }: ComponentEntries, add: Adder): void {
  if (times.length === 0) return
  const log = component.manualLog('')
  let before: Code = SILENT
  for (const index of inOrder(times)) {
    const [time, code] = [times[index] as number, codes[index] as Code]
    add(time, time, code !== UP && code !== UNKNOWN)
    // A log of checks repeats the same state most of the time.
    if (code !== before) log.add(time, code)
    before = code
  }
}

type Adder = (from: Milliseconds, to: Milliseconds, lasts: boolean) => void

function* united({ starts, ends }: Periods): Generator<[from: Milliseconds, to: Milliseconds]> {
  let current: [number, number] | undefined
  for (const index of inOrder(starts)) {
    const [start, end] = [starts[index] as number, ends[index] as number]
    if (current === undefined || start > current[1]) {
      if (current !== undefined) yield current
      current = [start, end]
    } else if (end > current[1]) current[1] = end
  }
  if (current !== undefined) yield current
}

/** The indexes of instants, the earliest first. */
function inOrder(times: readonly Milliseconds[]): readonly number[] {
  const places = times.map((_, index) => index)
  if (times.every((time, index) => index === 0 || time >= (times[index - 1] as number))) return places
  if ((times[0] as number) > (times.at(-1) as number)) places.reverse()
  return places.sort((a, b) => (times[a] as number) - (times[b] as number))
}
