/** A shop with ninety days behind it, lived through on a virtual clock in a few seconds; then it goes on in real time. */
import { createServer } from 'node:http'
import {
  availabilityTracker,
  bulkhead,
  circuitBreaker,
  exponential,
  failoverPool,
  fallback,
  pipeline,
  retry,
  timeout,
  weighted,
} from 'holdfast'
import { dashboard } from 'holdfast/dashboard'
import { seededRandom, virtualClock } from 'holdfast/testing'

const minute = 60_000
const day = 24 * 60 * minute

/** Serves its dashboard on a free port of loopback. */
export async function openShop() {
  const clock = virtualClock({ wall: Date.now() - 90 * day })
  const random = seededRandom(7)
  const settings = { clock, random }
  const pool = failoverPool(
    [
      { name: 'berlin', target: 'berlin', weight: 5, zone: 'eu' },
      { name: 'paris', target: 'paris', weight: 3, zone: 'eu' },
      { name: 'oregon', target: 'oregon', weight: 2, zone: 'us' },
    ],
    {
      ...settings,
      name: 'replicas',
      selection: weighted(),
      outlier: { consecutiveFailures: 3, ejectFor: exponential({ base: '10s', max: '60s', jitter: 'none' }) },
      guard: () => pipeline(bulkhead(10), circuitBreaker({ name: 'breaker', consecutiveFailures: 2, openFor: '5s' })),
    },
  )
  const checkout = pipeline({ ...settings, name: 'checkout' }, timeout('2s'), retry(2), pool, timeout('300ms'))
  const payments = pipeline(
    { ...settings, name: 'payments' },
    retry({ retries: 1, backoff: 50 }),
    circuitBreaker({ name: 'bank', consecutiveFailures: 4, openFor: '20s' }),
  )
  const offers = pipeline({ ...settings, name: 'offers' }, fallback({ value: [] }), bulkhead(20), timeout('200ms'))
  const tracker = availabilityTracker({ clock })
  for (const policy of [checkout, payments, offers]) tracker.watch(policy)
  tracker.objective({
    name: 'checkout',
    target: 0.99,
    period: '30d',
    indicator: { kind: 'requests', policy: checkout },
  })
  tracker.objective({
    name: 'payments',
    target: 0.99,
    period: '30d',
    indicator: { kind: 'requests', policy: payments },
  })
  const others = ['search', 'mail', 'stock', 'reviews', 'media'].map((name) => [name, tracker.component(name)])
  for (const [, handle] of others) handle.up()

  const broken = new Set()
  const work = async (name) => {
    await new Promise((resolve) => clock.schedule(timer(resolve), 4 + 20 * random()))
    if (broken.has(name) || random() < 0.004) throw new Error(`${name} refused the connection`)
  }
  const round = () =>
    Promise.allSettled([
      checkout.execute(({ target }) => work(target)),
      ...(random() < 0.6 ? [payments.execute(() => work('bank'))] : []),
      ...(random() < 0.8 ? [offers.execute(() => work('offers'))] : []),
    ])
  const live = async (length, every) => {
    for (let passed = 0; passed < length; passed += every) {
      const done = round()
      await clock.advance(every)
      await done
    }
  }
  const trouble = async (name, length) => {
    broken.add(name)
    await live(length, 2000)
    broken.delete(name)
    await live(minute, 2000)
  }

  for (let today = 0; today < 90; today++) {
    if (today % 17 === 9) await trouble('paris', (6 + 20 * random()) * minute)
    if (today % 29 === 20) await trouble('bank', (2 + 3 * random()) * minute)
    if ([64, 71, 79, 86].includes(today)) {
      for (const name of ['berlin', 'oregon']) broken.add(name)
      await trouble('paris', 12_000)
      for (const name of ['berlin', 'oregon']) broken.delete(name)
    }
    if (today === 61) await trouble('oregon', 50 * minute)
    const [name, handle] = others[today % others.length]
    if (today % 13 === 5) handle.degraded({ reason: `${name}: slow disks` })
    if (today % 19 === 11) handle.down({ reason: 'deploy went wrong' })
    if (today === 40) handle.maintenance({ reason: 'new version of the database' })
    await live((20 + 60 * random()) * minute, 5 * minute)
    handle.up()
    const passed = clock.wall() - (Date.now() - 90 * day)
    await live(Math.max(0, (today + 1) * day - passed - 20 * minute), 20 * minute)
  }

  const board = dashboard({
    title: 'Shop',
    tracker,
    policies: [checkout, payments, offers],
    clock,
    control: () => false,
  })
  await live(8 * minute, 200)
  broken.add('paris')
  others[1][1].degraded({ reason: 'queue is long' })
  await live(5 * minute, 200)
  const server = createServer(board.handler)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const going = setInterval(() => void live(200, 200), 200)
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      clearInterval(going)
      board.close()
      server.closeAllConnections()
      server.close()
      tracker.close()
    },
  }
}

/** A timer of the clock that calls `ring`. */
function timer(ring) {
  return { fire: ring, at: Number.NaN, list: undefined, previous: undefined, next: undefined, background: false }
}
