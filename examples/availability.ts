// A day of a shop in a moment: the availability for its callers, the outages, and the time to restore.
import { availabilityTracker } from 'holdfast/availability'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { fallback } from 'holdfast/fallback'
import { pipeline } from 'holdfast/pipeline'
import { retry } from 'holdfast/retry'
import { virtualClock } from 'holdfast/testing'

const clock = virtualClock({ wall: Date.parse('2026-03-01T00:00:00Z') })
const stock = pipeline(
  { name: 'stock', clock },
  fallback({ name: 'yesterday', value: 'as of yesterday' }),
  retry({ retries: 1, backoff: '1s' }),
  circuitBreaker({ name: 'stock-db', consecutiveFailures: 4, openFor: '1m' }),
)

const availability = availabilityTracker({ accounting: { maintenance: 'exclude' } })
availability.watch(stock)
const time = (at: number): string => new Date(at).toISOString().slice(11, 16)
availability.on('outageStart', ({ component, at, reason }) => console.log(time(at), component, 'is down:', reason))
availability.on('outageEnd', ({ component, at, net }) => console.log(time(at), component, 'is back after', net, 'ms'))

// Half an hour of outage in the morning, planned maintenance at night.
const minute = 60_000
const start = clock.now()
availability.record({
  component: 'stock',
  state: 'maintenance',
  start: start + 22 * 60 * minute,
  end: start + 23 * 60 * minute,
})
const query = async (): Promise<string> => {
  const now = (clock.now() - start) / minute
  if (now >= 480 && now < 510) throw new Error('connection refused')
  return 'fresh'
}
for (let call = 0; call < 1440; call++) {
  const next = start + (call + 1) * minute
  await clock.settle(stock.execute(query))
  await clock.advance(next - clock.now())
}

const { uptime, downtime, failures, mttr, requests, coverage, ...rest } = availability.report({ window: '1d' })
console.log('availability', rest.availability?.toFixed(5), 'of', coverage, 'of the day')
console.log('up', uptime / minute, 'min, down', downtime / minute, 'min, maintenance', rest.maintenance / minute, 'min')
console.log(failures, 'failure; back after', (mttr.recovery ?? 0) / minute, 'min on average')
console.log('calls good at once:', requests.rawAvailability, 'in the end:', requests.deliveredAvailability)
console.log('saved by', requests.savedBy, 'spared', requests.spared, 'tries')
availability.close()
