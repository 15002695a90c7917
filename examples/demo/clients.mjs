// The two clients under the same load: one protected by a pipeline, one with a plain weighted rotation.
import {
  availabilityTracker,
  circuitBreaker,
  exponential,
  failoverPool,
  pipeline,
  retry,
  timeout,
  weighted,
} from 'holdfast'

/** Options of the protected client; the report derives from them how late it may notice an outage. */
export const settings = {
  attemptTimeout: 250,
  totalTimeout: 2000,
  breakerOpenFor: 300,
  ejectFor: exponential({ base: 400, max: 800, jitter: 'none' }),
  ejectForAtMost: 800,
}

async function get(url, signal) {
  const response = await fetch(url, { signal })
  const body = await response.text()
  if (response.status >= 500) throw new Error(`HTTP ${response.status}`)
  return body
}

/** Pipeline and pool, watched by a tracker. */
export function protectedClient(replicas, random) {
  const breakers = new Map()
  const pool = failoverPool(
    replicas.map(({ name, url, weight }) => ({ name, target: url, weight })),
    {
      name: 'replicas',
      selection: weighted(),
      attempts: 2,
      outlier: { consecutiveFailures: 6, ejectFor: settings.ejectFor },
      guard: ({ name }) => {
        const breaker = circuitBreaker({
          name: `breaker-${name}`,
          consecutiveFailures: 3,
          openFor: settings.breakerOpenFor,
        })
        breakers.set(name, breaker)
        return breaker
      },
    },
  )
  const shop = pipeline(
    { name: 'shop', random },
    timeout(settings.totalTimeout), // the whole call
    retry({ retries: 2, backoff: exponential({ base: 20 }) }),
    pool,
    timeout({ name: 'attempt-timeout', after: settings.attemptTimeout }), // each attempt
  )
  const tracker = availabilityTracker()
  tracker.watch(shop)
  tracker.objective({ name: 'shop', target: 0.999, period: '30d', indicator: { kind: 'requests', policy: shop } })
  const served = new Map(replicas.map(({ name }) => [name, 0]))
  const call = () =>
    shop.execute(({ target, member, signal }) => {
      served.set(member, served.get(member) + 1)
      return get(target, signal)
    })
  return { call, shop, pool, breakers, tracker, served }
}

/** Same servers, same weights, same timeout, nothing else. */
export function controlClient(replicas) {
  const current = new Map(replicas.map(({ name }) => [name, 0]))
  const total = replicas.reduce((sum, { weight }) => sum + weight, 0)
  const pick = () => {
    for (const { name, weight } of replicas) current.set(name, current.get(name) + weight)
    const picked = replicas.reduce((best, one) => (current.get(one.name) > current.get(best.name) ? one : best))
    current.set(picked.name, current.get(picked.name) - total)
    return picked
  }
  return { call: () => get(pick().url, AbortSignal.timeout(settings.attemptTimeout)) }
}
