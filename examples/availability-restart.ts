// A service is killed and restarted, and still knows how available its database was.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { availabilityTracker } from 'holdfast/availability'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { fileStore } from 'holdfast/file'
import { virtualClock } from 'holdfast/testing'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-restart-'))
const path = join(folder, 'availability.log')
const minute = 60_000

/** One life of the service, from `begin` to `end` in minutes of the day; the database is down from 8:20 to 8:30. */
async function live(begin: number, end: number, ending: 'closed' | 'killed') {
  const clock = virtualClock({ wall: Date.parse('2026-03-01T00:00:00Z') + begin * minute })
  const store = fileStore(path)
  const availability = availabilityTracker({ clock, store, heartbeat: '1m' })
  const database = circuitBreaker({ name: 'database', consecutiveFailures: 2, openFor: '1m', clock })
  availability.watch(database)
  await availability.ready()
  for (let now = begin; now < end; now++) {
    const query = async () => {
      if (now >= 500 && now < 510) throw new Error('connection refused')
    }
    await database.execute(query).catch(() => {})
    // Files take real time, which this clock knows nothing of.
    await availability.flush()
    await clock.advance(minute)
  }
  if (ending === 'closed') availability.close()
  // Like a kill: nothing more is written, not even the end.
  await (ending === 'closed' ? availability.closed : store.close())
}

const time = (at: number): string => new Date(at).toISOString().slice(11, 16)

await live(480, 505, 'closed') // deployed at 8:25, in the middle of the outage
await live(505.5, 540, 'killed') // killed at 9:00
const clock = virtualClock({ wall: Date.parse('2026-03-01T09:30:00Z') })
const availability = availabilityTracker({ clock, store: fileStore(path) })
await availability.ready()
for (const { at, state, reason } of availability.timeline('database')) console.log(time(at), state, reason ?? '')
const { failures, downtime, unknown, mttr } = availability.report({ component: 'database' })
console.log(
  failures,
  'failure;',
  downtime / minute,
  'min down, of which',
  (mttr.recovery ?? 0) / minute,
  'in one outage',
)
console.log('nothing is known of', unknown / minute, 'min')
availability.close()
await availability.closed
rmSync(folder, { recursive: true })
