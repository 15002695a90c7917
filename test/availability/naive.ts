/**
 * A second, naive reading of the rules: one state for each millisecond, counted one by one.
 *
 * No intervals, no sums, no bridging logic: only "what was known before this millisecond".
 */
import type { ComponentState as State } from 'holdfast/availability'

export interface Told {
  readonly time: number
  readonly state: State
  readonly seq: number
}

export interface Counted {
  readonly up: number
  readonly degraded: number
  readonly down: number
  readonly maintenance: number
  readonly unknown: number
  readonly failures: number
  readonly restorations: number
  readonly netOfEnded: readonly number[]
}

/** The state at every millisecond from 0 to `now`. */
export function statesUntil(told: readonly Told[], now: number): readonly State[] {
  return Array.from({ length: now }, (_, millisecond) => {
    let found: Told | undefined
    for (const event of told) {
      if (event.time > millisecond) continue
      const later = found === undefined || event.time > found.time
      if (later || (event.time === found?.time && event.seq >= found.seq)) found = event
    }
    return found?.state ?? 'unknown'
  })
}

export function count(states: readonly State[], from: number, to: number): Counted {
  const inside = states.slice(from, to)
  const time = (state: State): number => inside.filter((one) => one === state).length
  let known: 'nothing' | 'serving' | 'failing' = 'nothing'
  let failures = 0
  let net = 0
  let lastFailing = 0
  const netOfEnded: number[] = []
  for (const [millisecond, state] of states.entries()) {
    if (state === 'down') {
      if (known !== 'failing') {
        net = 0
        const seen = known === 'serving' || states[millisecond - 1] === 'maintenance'
        if (seen && millisecond >= from && millisecond < to) failures++
      }
      net++
      lastFailing = millisecond
      known = 'failing'
    } else if (state === 'up' || state === 'degraded') {
      if (known === 'failing' && lastFailing + 1 > from && lastFailing + 1 <= to) netOfEnded.push(net)
      known = 'serving'
    }
  }
  return {
    up: time('up'),
    degraded: time('degraded'),
    down: time('down'),
    maintenance: time('maintenance'),
    unknown: time('unknown'),
    failures,
    restorations: netOfEnded.length,
    netOfEnded,
  }
}
