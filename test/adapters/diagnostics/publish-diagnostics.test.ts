import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import {
  availabilityTracker,
  bulkhead,
  circuitBreaker,
  failoverPool,
  fallback,
  ordered,
  pipeline,
  policy,
  retry,
} from 'holdfast'
import { channelNames, publishDiagnostics } from 'holdfast/diagnostics'
import { virtualClock } from 'holdfast/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { channelName, policyEvents } from '../../../src/adapters/diagnostics/channel-names.ts'
import type { AnyPolicy, BasePolicy } from '../../../src/core/policy.ts'
import { policyOf } from '../../../src/core/policy-of.ts'
import { policyFixtures } from '../../support/policy-modules.ts'
import { codeSpans, page, section, tableOf } from '../../support/tables.ts'
import { UndescribedPolicy } from '../../support/undescribed-policy.ts'

const fail = async (): Promise<never> => {
  throw new Error('down')
}
const undo: (() => void)[] = []

/** What is published in these channels. */
function heardIn(...names: readonly string[]) {
  const heard: (readonly [channel: string, payload: Record<string, unknown>])[] = []
  for (const name of names) {
    const take = (payload: unknown): void => void heard.push([name, payload as Record<string, unknown>])
    subscribe(name, take)
    undo.push(() => unsubscribe(name, take))
  }
  return heard
}

/** Published until the test is over. */
function published(...given: Parameters<typeof publishDiagnostics>) {
  const diagnostics = publishDiagnostics(...given)
  undo.push(() => diagnostics.stop())
  return diagnostics
}

afterEach(() => {
  for (const each of undo.splice(0)) each()
})

const based = (given: AnyPolicy): BasePolicy => policyOf(given) as BasePolicy

describe('the channels', () => {
  const bare = policyFixtures.map((fixture) => based(fixture[1].bare))

  it.each(bare.map((policy) => [policy.kind, policy] as const))('have every event of %s', (kind, policy) => {
    expect([...(policyEvents[kind] ?? [])].sort()).toEqual(
      [...policy.describe().events].filter((event) => event !== 'success').sort(),
    )
  })

  it('are all on the page, with their payload', () => {
    const { rows } = tableOf(section(page('docs/adapters/diagnostics.md'), 'Channels'))

    expect(rows.flatMap(([names = '']) => codeSpans(names)).sort()).toEqual([...channelNames].sort())
  })

  it('are named after the package, the kind and the event', () => {
    expect(channelName('halfOpen', 'circuitBreaker')).toBe('holdfast:circuit-breaker:half-open')
    for (const name of channelNames) expect(name).toMatch(/^holdfast(:[a-z]+(-[a-z]+)*){1,2}$/)
  })
})

describe('a policy', () => {
  it('publishes the payloads of its events, in channels by kind', async () => {
    const clock = virtualClock({ wall: 5000 })
    const stock = pipeline(
      { name: 'stock', clock },
      retry({ retries: 1, backoff: 0 }),
      circuitBreaker({ name: 'db', consecutiveFailures: 1 }),
    )
    published({ policies: [stock] })
    const heard = heardIn(...channelNames)
    await stock.execute(fail).catch(() => {})

    expect(heard.map(([name, { policy }]) => [name, policy])).toEqual([
      ['holdfast:circuit-breaker:open', 'db'],
      ['holdfast:circuit-breaker:failure', 'db'],
      ['holdfast:retry:retry', 'retry'],
      ['holdfast:circuit-breaker:reject', 'db'],
      ['holdfast:retry:give-up', 'retry'],
      ['holdfast:call', 'stock'],
    ])
    expect(heard[2]?.[1]).toEqual({
      policy: 'retry',
      kind: 'retry',
      at: 5000,
      time: 0,
      attempt: 1,
      delay: 0,
      error: new Error('down'),
    })
  })

  it('publishes events of one name in the channel of their kind', async () => {
    const few = pipeline('few', bulkhead({ limit: 0 }))
    const out = circuitBreaker({ name: 'out' })
    out.isolate()
    published({ policies: [few, out] })
    const heard = heardIn('holdfast:bulkhead:reject')
    await few.execute(() => 1).catch(() => {})
    await out.execute(() => 1).catch(() => {})

    expect(heard.map(([, { policy }]) => policy)).toEqual(['bulkhead'])
  })

  it('publishes the events of the guards of a pool, with pool and member, also of a member that is added later', async () => {
    const pool = failoverPool<string>([], { name: 'api', selection: ordered(), guard: () => circuitBreaker() })
    published({ policies: [pipeline('all', pool)] })
    const heard = heardIn('holdfast:circuit-breaker:failure', 'holdfast:failover-pool:members-changed')
    pool.add('late')
    await pool.execute(fail).catch(() => {})

    expect(heard.map(([name, { pool, member }]) => [name, pool, member])).toEqual([
      ['holdfast:failover-pool:members-changed', undefined, undefined],
      ['holdfast:circuit-breaker:failure', 'api', 'late'],
    ])
  })

  it('of your own publishes its calls and its faults', async () => {
    const own = policy('own', async (call, next) => next(call))
    const diagnostics = published()
    diagnostics.watch(own)
    const heard = heardIn('holdfast:call', 'holdfast:fault')
    own.on('call', () => {
      throw new Error('in the listener')
    })
    await own.execute(() => 1)

    expect(heard.map(([name, { kind }]) => [name, kind])).toEqual([
      ['holdfast:fault', 'policy'],
      ['holdfast:call', 'policy'],
    ])
  })

  it('of a kind without telemetry publishes each event but `success`, also in the guard of a member', () => {
    const [alone, guard] = [new UndescribedPolicy('alone'), new UndescribedPolicy('guard')]
    const diagnostics = published({ policies: [alone, failoverPool(['a'], { name: 'api', guard: () => guard })] })
    const heard = heardIn('holdfast:shedder:shed', 'holdfast:shedder:success')
    expect([alone, guard].map(({ events }) => events.hasListeners('slowDown'))).toEqual([false, false])
    alone.shed()
    guard.shed()
    diagnostics.stop()
    alone.shed()

    expect(heard.map(([name, { policy, pool, inFlight }]) => [name, policy, pool, inFlight])).toEqual([
      ['holdfast:shedder:shed', 'alone', undefined, 7],
      ['holdfast:shedder:shed', 'guard', 'api', 7],
    ])
  })

  it('is published once, however often it is watched, until it is stopped', async () => {
    const own = bulkhead(1)
    const diagnostics = published({ policies: [own] })
    const heard = heardIn('holdfast:call')
    const watching = diagnostics.watch(own)
    await own.execute(() => 1)
    expect(heard).toHaveLength(1)
    watching.stop()
    watching.stop()
    await own.execute(() => 1)

    expect(heard).toHaveLength(1)
    expect(based(own).events.reportsCallEnds).toBe(false)
  })
})

it('publishes nothing that is watched after `stop`', async () => {
  const late = bulkhead(1)
  const diagnostics = published({})
  const heard = heardIn('holdfast:call')
  diagnostics.stop()
  diagnostics.watch(late).stop()
  diagnostics.watch(late)
  await late.execute(() => 1)

  expect(heard).toEqual([])
})

describe('a tracker', () => {
  it('publishes its outages and burn alerts, until it is stopped', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    const diagnostics = published({ tracker })
    const heard = heardIn(...channelNames)
    const db = tracker.component('db')
    db.up()
    await clock.advance('1m')
    db.down()
    await clock.advance('1m')
    db.up()
    diagnostics.stop()
    diagnostics.stop()
    db.down()
    tracker.close()

    expect(heard.map(([name, { component }]) => [name, component])).toEqual([
      ['holdfast:availability-tracker:outage-start', 'db'],
      ['holdfast:availability-tracker:outage-end', 'db'],
    ])
  })
})

describe('without subscribers', () => {
  /** Everything that reads a clock or builds a payload. */
  function counted() {
    const clock = virtualClock()
    const wall = vi.spyOn(clock, 'wall')
    const breaker = circuitBreaker({ name: 'db', consecutiveFailures: 1, openFor: '1s' })
    const stock = pipeline(
      { name: 'stock', clock },
      fallback({ value: 0 }),
      retry({ retries: 1, backoff: 0 }),
      bulkhead({ limit: 1, queue: 1 }),
      breaker,
    )
    return { clock, wall, stock, breaker }
  }

  it('no payload is built', async () => {
    const { clock, wall, stock } = counted()
    published({ policies: [stock] })
    await Promise.all([stock.execute(() => 1), stock.execute(fail), stock.execute(fail)])
    await clock.advance('1s')
    await stock.execute(() => 1)

    expect(wall).not.toHaveBeenCalled()
    heardIn('holdfast:call')
    await stock.execute(() => 1)
    expect(wall).toHaveBeenCalledTimes(1)
  })

  it('calls take the fast path, as if nothing were published', async () => {
    const { stock } = counted()
    published({ policies: [stock] })
    const shapes = new Set<string>()
    const operation = (call: object): void => void shapes.add(call.constructor.name)
    await stock.execute(operation)
    expect([...shapes]).toEqual(['FastCall'])
    heardIn('holdfast:call')
    await stock.execute(operation)

    expect([...shapes]).toEqual(['FastCall', 'CallScope'])
  })

  it('policies have no interest in their events, until a channel has a subscriber', async () => {
    const { stock, breaker } = counted()
    const { events } = based(breaker)
    published({ policies: [stock] })
    expect(['open', 'reject', 'failure', 'fault'].filter((event) => events.hasListeners(event))).toEqual([])
    expect([events.call, based(stock).events.call]).toEqual([undefined, undefined])
    heardIn('holdfast:circuit-breaker:open', 'holdfast:call')

    expect(['open', 'reject', 'failure', 'fault'].filter((event) => events.hasListeners(event))).toEqual(['open'])
    expect(based(stock).events.call).toBeDefined()
  })

  it('a fault is printed as usual', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue()
    const own = bulkhead(1)
    published({ policies: [own] })
    own.on('call', () => {
      throw new Error('in the listener')
    })
    await own.execute(() => 1)

    expect(warned).toHaveBeenCalledTimes(1)
    warned.mockRestore()
  })
})

describe('a subscriber that throws', () => {
  it('breaks no call and no other subscriber: Node raises an uncaught exception', async () => {
    const own = bulkhead({ name: 'own', limit: 1 })
    published({ policies: [own] })
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve))
    const broken = new Error('in the subscriber')
    const fails = (): void => {
      throw broken
    }
    subscribe('holdfast:call', fails)
    undo.push(() => unsubscribe('holdfast:call', fails))
    const heard = heardIn('holdfast:call')
    try {
      expect(await own.execute(() => 'fine')).toBe('fine')
      expect(await uncaught).toBe(broken)
    } finally {
      for (const listener of others) process.on('uncaughtException', listener)
    }

    expect(heard).toHaveLength(1)
    expect(channel('holdfast:call').hasSubscribers).toBe(true)
  })
})

describe('options', () => {
  it.each<readonly [unknown, string]>([
    [5, 'options must be an object, got 5'],
    [{ policies: 5 }, 'policies must be a list, got 5'],
    [{ policies: [5] }, 'policies must be policies, got 5'],
    [{ tracker: {} }, 'tracker must be an availability tracker, got an object'],
    [{ tracker: 5 }, 'tracker must be an availability tracker, got 5'],
    [{ policy: 5 }, '"policy" is not an option, did you mean policies?'],
  ])('%o are refused', (options, message) => {
    expect(() => publishDiagnostics(options as never)).toThrow(`publishDiagnostics: ${message}`)
  })
})
