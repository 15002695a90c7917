/** Pools of thousands of members: a call passes over them in a loop, at a cost in proportion to their number. */
import { circuitBreaker, type Policy } from 'holdfast'
import {
  consistentHash,
  dynamic,
  earliestDeadline,
  type FailoverOptions,
  failoverPool,
  ketama,
  latencyWindow,
  leastPending,
  maglev,
  ordered,
  peakEwma,
  random,
  reportedLoad,
  roundRobin,
  type Selection,
  sticky,
  subset,
  tiers,
  twoChoices,
  weighted,
  zones,
} from 'holdfast/failover'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

const many = 10_000
/** Far above what a walk over the members takes, far below what it takes where each try costs another walk. */
const enough = 20_000

const names = Array.from({ length: many }, (_, i) => `m${i}`)

function isolated(name: string): Policy {
  const breaker = circuitBreaker({ name })
  breaker.isolate()
  return breaker as unknown as Policy
}

function poolOf(options: FailoverOptions<string> = {}) {
  return failoverPool(names, { clock: virtualClock(), random: seededRandom(1), ...options })
}

const pendingOf = ({ members }: ReturnType<typeof poolOf>) => members.reduce((sum, { pending }) => sum + pending, 0)

/** How a call ended, how many members it tried, and what is left under way. */
async function outcomeOf(pool: ReturnType<typeof poolOf>, operation: () => unknown, key?: string) {
  const error: unknown = await pool.execute(operation, { key }).catch((e: unknown) => e)
  return [(error as AggregateError).errors?.length, pendingOf(pool)]
}

const down = () => {
  throw new Error('down')
}

describe('a pool of ten thousand members', () => {
  it('passes over members whose guards all refuse', { timeout: enough }, async () => {
    const pool = poolOf({ guard: ({ name }) => isolated(name) })

    expect(await outcomeOf(pool, () => 1)).toEqual([many, 0])
  })

  it('passes over those that refuse after one that failed later', { timeout: enough }, async () => {
    const pool = poolOf({
      selection: ordered(),
      guard: ({ name }) => (name === 'm0' ? (circuitBreaker() as unknown as Policy) : isolated(name)),
    })

    expect(await outcomeOf(pool, async () => down())).toEqual([many, 0])
  })

  it('passes over members under whom the operation throws at once', { timeout: enough }, async () => {
    expect(await outcomeOf(poolOf(), down)).toEqual([many, 0])
  })

  it('passes over members under whom the operation rejects', { timeout: enough }, async () => {
    expect(await outcomeOf(poolOf(), async () => down())).toEqual([many, 0])
  })

  it('passes over kept-alive connections that were closed, each twice', { timeout: enough }, async () => {
    let calls = 0
    const operation = () => {
      calls++
      down()
    }

    expect(await outcomeOf(poolOf({ stale: () => true }), operation)).toEqual([many, 0])
    expect(calls).toBe(2 * many)
  })

  it('gives the value of the last member', { timeout: enough }, async () => {
    const pool = poolOf({ selection: ordered() })

    expect(await pool.execute(({ target }) => (target === 'm9999' ? target : down()))).toBe('m9999')
  })

  const selections: readonly Selection[] = [
    roundRobin(),
    weighted(),
    earliestDeadline(),
    random(),
    ordered(),
    leastPending(),
    twoChoices(),
    peakEwma(),
    latencyWindow(),
    dynamic(),
    reportedLoad(),
    consistentHash(),
    consistentHash({ table: ketama({ points: 4 }) }),
    consistentHash({ table: maglev() }),
    consistentHash({ balance: 1.25 }),
    sticky(twoChoices()),
    subset(twoChoices(), { size: 100, client: 1 }),
    tiers(weighted()),
    zones(leastPending(), { zone: 'eu' }),
  ]
  for (const selection of selections) {
    it(`tries each member once by ${selection.kind}`, { timeout: enough }, async () => {
      const pool = failoverPool(names.slice(0, 2000), { clock: virtualClock(), random: seededRandom(1), selection })

      expect(await outcomeOf(pool, down, 'key')).toEqual([2000, 0])
    })
  }

  it('ejects half of them in one call', { timeout: enough }, async () => {
    const pool = poolOf({ outlier: { consecutiveFailures: 1 } })

    expect(await outcomeOf(pool, down)).toEqual([many, 0])
    expect(pool.members.filter(({ state }) => state === 'ejected')).toHaveLength(many / 2)
  })

  it('tries all ejected ones if no other is left', { timeout: enough }, async () => {
    const pool = poolOf({ outlier: { consecutiveFailures: 1 }, maxEjected: 1, panic: 'leastBad' })
    await outcomeOf(pool, down)

    expect(await outcomeOf(pool, down)).toEqual([many, 0])
    expect(pool.members.every(({ state }) => state === 'ejected')).toBe(true)
  })

  it('probes all members whose ejection is over', { timeout: enough }, async () => {
    const clock = virtualClock()
    const pool = poolOf({ clock, outlier: { consecutiveFailures: 1 }, maxEjected: 1 })
    await outcomeOf(pool, down)
    await clock.advance('1h')

    expect(await outcomeOf(pool, down)).toEqual([many, 0])
    expect(pool.members.every(({ ejectedUntil = 0 }) => ejectedUntil > clock.now())).toBe(true)
  })

  it('tries all members in their slow start', { timeout: enough }, async () => {
    const pool = failoverPool<string>(['first'], { clock: virtualClock(), random: seededRandom(1), slowStart: '1h' })
    await pool.execute(() => 1)
    for (const name of names.slice(0, 2000)) pool.add(name)

    expect(await outcomeOf(pool, down)).toEqual([2001, 0])
  })

  it('names a few of the members in the message', async () => {
    const error = await poolOf()
      .execute(down)
      .catch((e: unknown) => e)

    expect((error as Error).message.length).toBeLessThan(300)
    expect(error).toMatchObject({ members: { length: many } })
  })
})
