import type { ComponentState as State } from 'holdfast/availability'
import type { ObservedRequests, ObservedTimeline } from 'holdfast/fleet'

const states: readonly State[] = ['up', 'degraded', 'down', 'maintenance', 'unknown']

interface Rest {
  readonly component?: string
  readonly from?: number
  readonly to?: number
  readonly requests?: ObservedRequests | null
}

/** A timeline of `[state, from when]`, in order. */
export function seen(observer: string, transitions: readonly (readonly [State, number])[], rest: Rest = {}) {
  const { component = 'stock', from = 0, to = 100, requests = null } = rest
  const times = [from, ...transitions.map(([, time]) => time)]
  return {
    format: 'holdfast.timeline',
    version: 1,
    component,
    observer,
    from,
    to,
    steps: transitions.map(([, time], index) => time - (times[index] as number)),
    states: transitions.map(([state]) => states.indexOf(state)).join(''),
    requests,
  } as const satisfies ObservedTimeline
}

/** What it says at each millisecond from `from` to `to`; absent outside of it. */
export function statesOf(timeline: ObservedTimeline, from: number, to: number): readonly (State | 'absent')[] {
  const said = timeline.steps.map((_, index) => ({
    time: timeline.steps.slice(0, index + 1).reduce((sum, gap) => sum + gap, timeline.from),
    state: states[Number(timeline.states[index])] as State,
  }))
  return Array.from({ length: to - from }, (_, index) => {
    const now = from + index
    if (now < timeline.from || now >= timeline.to) return 'absent'
    return said.findLast(({ time }) => time <= now)?.state ?? 'unknown'
  })
}
