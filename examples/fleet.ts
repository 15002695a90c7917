// Two processes observe the same database: one timeline and one report merge their observations.
import { availabilityTracker } from 'holdfast/availability'
import { exportTimeline, fleetReport, mergeTimelines, timelineReport } from 'holdfast/fleet'
import { virtualClock } from 'holdfast/testing'

const clock = virtualClock({ wall: Date.UTC(2026, 0, 1) })
const trackers = ['web-1', 'web-2'].map((observer) => ({ observer, tracker: availabilityTracker({ clock }) }))
const [first, second] = trackers.map(({ tracker }) => tracker.component('database'))

first?.up()
second?.up()
await clock.advance('8h')
first?.down({ reason: 'cable pulled' }) // The second one still has its connection.
await clock.advance('30m')
second?.down({ reason: 'disk full' })
await clock.advance('10m')
first?.up()
second?.up()
await clock.advance('920m')

const seen = trackers.map(({ observer, tracker }) => exportTimeline(tracker, 'database', { observer }))
const { mean, atLeast } = fleetReport(seen)
console.log('a typical process:', mean?.toFixed(4), 'at least one, at least both:', atLeast)

const service = mergeTimelines(seen, { mode: 'any', observer: 'all' })
const { failures, downtime } = timelineReport(service)
console.log('no process had it for', downtime / 60_000, 'min, in', failures, 'outage')
