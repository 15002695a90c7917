/** What is measured of a tracker itself. */
import { counter } from './instrument.ts'

export const trackerInstruments = {
  clockSteps: counter('tracker.clock_steps', '{step}', 'How often the wall clock and the monotonic clock disagreed', {
    direction: 'direction',
  }),
}
