// Two probed components, a system of both, and a recovery that restarts the one that was killed.
import { availabilityTracker, component, series } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'

const clock = virtualClock({ wall: Date.parse('2026-03-01T08:00:00Z') })
const tracker = availabilityTracker({ clock })

const database = { up: true }
const search = { up: true, starts: 0 }
const ask = (server: { up: boolean }) => async (): Promise<void> => {
  if (!server.up) throw new Error('connection refused')
}
/** The first start fails, the second one works. */
const restart = async ({ component: name, attempt }: { component: string; attempt: number }): Promise<void> => {
  console.log(time(), `restarting ${name}, attempt ${attempt}`)
  if (++search.starts === 1) throw new Error('port in use')
  search.up = true
}

tracker.probe('database', ask(database), { every: '10s', fast: '2s' })
tracker.probe('search', ask(search), {
  every: '10s',
  fast: '2s',
  recover: { run: restart, after: '10s', backoff: '30s', limit: 5 },
})
tracker.system('shop', series(component('database'), component('search')))

const time = (at: number = clock.wall()): string => new Date(at).toISOString().slice(11, 19)
tracker.on('outageStart', (outage) => console.log(time(), outage.component, 'is down:', outage.reason))
tracker.on('outageEnd', (outage) => console.log(time(), outage.component, 'serves again'))
tracker.on('recoveryEnd', ({ attempt, ok }) => console.log(time(), `attempt ${attempt}`, ok ? 'succeeded' : 'failed'))
tracker.on('recoveryGiveUp', () => console.log(time(), 'nothing helps: page somebody'))

await clock.advance('10m')
console.log(time(), 'killed search; the shop is', tracker.state('shop'))
search.up = false
await clock.advance('10m')

const seconds = (ms: number | null): string => `${((ms ?? 0) / 1000).toFixed(1)} s`
const { outages, phases, mttr } = tracker.report({ component: 'search' })
for (const { start, phases: stamps } of outages) {
  for (const [phase, at] of Object.entries(stamps)) if (at !== null) console.log(`${phase}: ${seconds(at - start)}`)
}
console.log('on the average', seconds(phases.detection), 'to detect and', seconds(mttr.recovery), 'to recover')
console.log('the shop had', tracker.report({ component: 'shop' }).availability?.toFixed(4))
tracker.close()
