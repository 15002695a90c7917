/** An objective on a virtual clock, fed by hand. */
import { availabilityTracker, type BurnEvent, type ObjectiveOptions } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'

export type Given = Partial<ObjectiveOptions>

/** Requests good or bad, at 99.9 % over 30 days, unless said otherwise. */
export function engine(given: Given = {}, wall = 0) {
  const clock = virtualClock({ wall })
  const tracker = availabilityTracker({ clock })
  const told: BurnEvent[] = []
  tracker.on('burn', (event) => told.push(event))
  const objective = tracker.objective({
    name: 'checkout',
    target: 0.999,
    period: '30d',
    indicator: { kind: 'requests' },
    ...given,
  })
  /** So many requests each `every` ms, for a while; the part `errors` of them bad. */
  const traffic = async (length: number, errors = 0, every = 10_000, count = 1000): Promise<void> => {
    for (let passed = 0; passed < length; passed += every) {
      const bad = Math.round(count * errors)
      objective.bad(bad)
      objective.good(count - bad)
      await clock.advance(every)
    }
  }
  return { clock, tracker, objective, told, traffic }
}
