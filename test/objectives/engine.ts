/** An objective on a virtual clock, counted by hand. */
import { availabilityTracker } from 'holdfast/availability'
import { type BurnEvent, type ObjectiveOptions, objective as objectiveOf } from 'holdfast/objectives'
import { virtualClock } from 'holdfast/testing'

export type Given = Partial<ObjectiveOptions>

/** By default an objective of requests, at 99.9 % over 30 days. */
export function engine(given: Given = {}, wall = 0) {
  const clock = virtualClock({ wall })
  const tracker = availabilityTracker({ clock })
  const alerts: BurnEvent[] = []
  tracker.on('burn', (event) => alerts.push(event))
  const objective = objectiveOf(tracker, {
    name: 'checkout',
    target: 0.999,
    period: '30d',
    indicator: { kind: 'requests' },
    ...given,
  })
  /** Makes `count` requests each `every` ms, for `length`; the share `errors` of them is bad. */
  const traffic = async (length: number, errors = 0, every = 10_000, count = 1000): Promise<void> => {
    for (let passed = 0; passed < length; passed += every) {
      const bad = Math.round(count * errors)
      objective.bad(bad)
      objective.good(count - bad)
      await clock.advance(every)
    }
  }
  return { clock, tracker, objective, alerts, traffic }
}
