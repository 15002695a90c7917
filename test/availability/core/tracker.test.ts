import { type AvailabilityTracker, availabilityTracker as fullTracker, type ReportOptions } from 'holdfast/availability'
import { availabilityTracker, type CoreTracker } from 'holdfast/availability/core'
import { maintenance } from 'holdfast/availability/maintenance'
import { probe } from 'holdfast/availability/probe'
import { formatReport, fullReport } from 'holdfast/availability/report'
import { restore, snapshot } from 'holdfast/availability/snapshot'
import { componentState, statuses, timeSlices } from 'holdfast/availability/status'
import { persist } from 'holdfast/availability/store'
import { system } from 'holdfast/availability/system'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { exportTimeline } from 'holdfast/fleet'
import { objective, objectives } from 'holdfast/objectives'
import { component, parallel } from 'holdfast/reliability'
import { type VirtualClock, virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { MemoryStore } from '../persistence/memory-store.ts'

const failing = () => Promise.reject(new Error('refused'))

/** An hour up, a minute down, a minute up again; `stock` by its breaker, `db` by hand. */
async function lived(tracker: CoreTracker | AvailabilityTracker, clock: VirtualClock): Promise<void> {
  const stock = circuitBreaker({ name: 'stock', clock, consecutiveFailures: 1, openFor: '30s' })
  tracker.watch(stock)
  const db = tracker.component('db')
  db.up()
  await stock.execute(() => 1)
  await clock.advance('1h')
  db.degraded({ reason: 'slow' })
  await stock.execute(failing).catch(() => {})
  await clock.advance('1m')
  tracker.record({ component: 'db', state: 'up' })
  await stock.execute(() => 1)
  await clock.advance('1m')
}

async function both(): Promise<{ core: CoreTracker; full: AvailabilityTracker }> {
  const [one, other] = [virtualClock(), virtualClock()]
  const core = availabilityTracker({ clock: one })
  const full = fullTracker({ clock: other })
  await lived(core, one)
  await lived(full, other)
  return { core, full }
}

describe('the core tracker', () => {
  it.each<ReportOptions>([{}, { component: 'db' }, { window: '30m' }, { accounting: { degraded: 'down' } }])(
    'reports as the tracker with all methods, without estimates: %o',
    async (options) => {
      const { core, full } = await both()

      const { confidence, trend, ...figures } = full.report(options)

      expect(JSON.parse(JSON.stringify(core.report(options)))).toEqual(
        JSON.parse(
          JSON.stringify({
            ...figures,
            components: Object.fromEntries(
              Object.entries(figures.components).map(([name, { confidence: _, trend: __, ...rest }]) => [name, rest]),
            ),
          }),
        ),
      )
      expect(fullReport(core, options)).toEqual(full.report(options))
      expect(formatReport(fullReport(core, options), 'text')).toBe(formatReport(full.report(options), 'text'))
    },
  )

  it('has the same timeline, and the same events', async () => {
    const { core, full } = await both()

    expect(core.timeline('stock')).toEqual(full.timeline('stock'))

    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const started = vi.fn()
    const ended = vi.fn()
    tracker.on('outageStart', started).once('outageEnd', ended)
    await lived(tracker, clock)
    tracker.off('outageStart', started)

    expect([started, ended].map((listener) => listener.mock.calls.length)).toEqual([1, 1])
  })

  it('has no other methods', () => {
    const tracker = availabilityTracker()
    const methods = ['component', 'watch', 'record', 'report', 'timeline', 'on', 'once', 'off', 'close']
    const own = new Set<string>()
    for (let at = tracker as object; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      for (const name of Object.getOwnPropertyNames(at)) own.add(name)
    }

    expect([...own].sort()).toEqual(['constructor', 'kind', 'name', ...methods].sort())
    expect(JSON.stringify(tracker)).toBe('{"kind":"availabilityTracker","name":"availabilityTracker"}')
  })

  it('stops everything that runs when it is closed', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    probe(tracker, 'search', () => true)
    maintenance(tracker, 'db', { from: '02:00', to: '03:00' })
    objective(tracker, { name: 'uptime', target: 0.9, period: '1h', indicator: { kind: 'time', component: 'db' } })
    tracker.record({ component: 'db', state: 'maintenance', start: clock.now() + 1000 })
    tracker.on('burn', () => {})
    tracker.close()

    expect(clock.pending).toBe(0)
    expect(objectives(tracker)).toEqual([])
  })
})

describe('functions over a tracker', () => {
  it('do what the methods do', async () => {
    const { core, full } = await both()
    const edges = [0, 1_800_000, 3_660_000]

    expect(componentState(core, 'db')).toBe(full.state('db'))
    expect(statuses(core)).toEqual(full.statuses())
    expect(full.standings()).toEqual(full.statuses())
    expect(timeSlices(core, 'db', edges)).toEqual(full.slices('db', edges))
    expect(snapshot(core)).toEqual(full.snapshot())
    expect(exportTimeline(core, 'db', { observer: 'a' })).toEqual(full.exportTimeline('db', { observer: 'a' }))

    const block = parallel(component('stock'), component('db'))
    system(core, 'shop', block)
    full.system('shop', block)

    expect(core.report().component).toBe('shop')
    expect(fullReport(core)).toEqual(full.report())
  })

  it('probe a component', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const probing = probe(tracker, 'search', () => false, { every: '1s', fall: 1 })
    await clock.advance('3s')

    expect(componentState(tracker, 'search')).toBe('down')
    probing.stop()
    expect(clock.pending).toBe(0)
  })

  it('restore a tracker from a snapshot', async () => {
    const { core } = await both()
    const clock = virtualClock({ wall: snapshot(core).at })
    const restored = availabilityTracker({ clock })
    restore(restored, snapshot(core))

    expect(restored.timeline('db').length).toBeGreaterThan(1)

    const late = availabilityTracker()
    restore(late, snapshot(core))
    late.watch(circuitBreaker({ name: 'other', clock }))

    expect(late.timeline('db').length).toBeGreaterThan(1)
  })

  it('keep the history of a tracker in a store', async () => {
    const store = new MemoryStore()
    const clock = virtualClock()
    const tracker = availabilityTracker()
    const persisting = persist(tracker, store, { heartbeat: '1h' })
    const breaker = circuitBreaker({ name: 'stock', clock })
    tracker.watch(breaker)
    await breaker.execute(() => 1)
    await persisting.ready()
    await persisting.flush()

    expect(persisting.state).toMatchObject({ loaded: true, pending: 0, failing: false })
    tracker.close()
    await persisting.closed

    const next = availabilityTracker({ clock })
    await persist(next, new MemoryStore(store)).ready()

    expect(componentState(next, 'stock')).toBe('up')
    next.close()
  })

  it.each<[string, () => unknown]>([
    ['probe', () => probe({} as never, 'x', () => true)],
    ['statuses', () => statuses(undefined as never)],
    ['fullReport', () => fullReport(null as never)],
    ['objectives', () => objectives('tracker' as never)],
  ])('%s refuses what is not a tracker', (kind, call) => {
    expect(call).toThrow(`${kind}: tracker must be an availability tracker, got `)
  })

  it.each<[string, (tracker: CoreTracker) => unknown]>([
    ['persist: store must be a store', (tracker) => persist(tracker, {} as never)],
    ['persist: heartbeat must be', (tracker) => persist(tracker, new MemoryStore(), { heartbeat: 0 })],
    ['restore: snapshot must be an availability snapshot of version 1', (tracker) => restore(tracker, {} as never)],
  ])('refuse a wrong argument: %s', (message, call) => {
    expect(() => call(availabilityTracker())).toThrow(message)
  })

  it('load a history only before anything is recorded, and from one store', () => {
    const clock = virtualClock()
    const used = availabilityTracker({ clock })
    used.component('db').up()
    const stored = availabilityTracker({ clock })
    persist(stored, new MemoryStore())

    expect(() => persist(used, new MemoryStore())).toThrow('persist: tracker must have no components yet')
    expect(() => restore(used, snapshot(used))).toThrow('restore: tracker must have no components yet')
    expect(() => persist(stored, new MemoryStore())).toThrow('persist: tracker must have no store yet')
    stored.close()
  })
})
