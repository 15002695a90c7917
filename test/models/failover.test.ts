import fc from 'fast-check'
import { isHoldfastError } from 'holdfast'
import * as failover from 'holdfast/failover'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../bench/selections/catalogue.mjs'
import { runs } from '../effort.ts'

/**
 * Calls, outcomes in any order, aborts, time, weights, membership, draining, maintenance and checks, interleaved at random.
 * Invariants: a name is tried at most once a call, also where its member is removed and added again; a member of
 * weight 0 gets no call unless all have weight 0, or the call sticks to it; at most one probe of a member at a time (until it lapses); calls put
 * out no more than allowed; a member that is out gets no call unless in panic, or as a last resort; what was removed,
 * drains or is maintained gets none; pending is exactly what runs; every call settles; the shares come right again once all
 * is well; no timer is left.
 */
const ejectFor = 1000
const maxEjected = 0.5
const panic = 0.4

type Command =
  | { readonly do: 'call'; readonly idempotent: boolean; readonly key: string | undefined }
  | { readonly do: 'settle'; readonly which: number; readonly ok: boolean }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'add' }
  | { readonly do: 'remove' | 'readd' | 'drain' | 'resume' | 'maintain' | 'sicken' | 'heal'; readonly which: number }
  | { readonly do: 'weigh'; readonly which: number; readonly weight: number }
  | { readonly do: 'report'; readonly which: number; readonly utilisation: number }

const { failoverPool } = failover

const index = fc.nat({ max: 7 })
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      idempotent: fc.boolean(),
      key: fc.constantFrom('x', 'y', undefined),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      which: index,
      ok: fc.constantFrom(true, false, false, false),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), which: index }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 50, 500, 1000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('add' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'remove' as const,
        'readd' as const,
        'drain' as const,
        'resume' as const,
        'maintain' as const,
        'sicken' as const,
        'heal' as const,
      ),
      which: index,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('weigh' as const), which: index, weight: fc.constantFrom(0, 1, 2, 5, 0.5) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      which: index,
      utilisation: fc.constantFrom(0, 0.5, 2, Number.NaN),
    }),
  },
)

const isOut = (state: string): boolean => state === 'ejected' || state === 'probing'

interface Attempt {
  readonly member: string
  readonly call: number
  settle(ok: boolean): void
}

const selections = Object.fromEntries(catalogueOf(failover).map(({ id, make }) => [id, () => make(0, true)]))

/** Selections that share picks out evenly by weight, and so can be held to it. */
const exact = new Set(['roundRobin', 'weighted', 'earliestDeadline'])
const tiered = new Set(['tiers', 'zones'])

interface Variant {
  readonly checks: boolean
  readonly slowStart: boolean
}

async function play(commands: readonly Command[], name: string, { checks, slowStart }: Variant): Promise<void> {
  const clock = virtualClock()
  const sick = new Set<string>()
  const selection = selections[name] as () => failover.Selection
  const pool = failoverPool(['a', 'b', 'c'], {
    clock,
    random: seededRandom(1),
    selection,
    outlier: { consecutiveFailures: 2, ejectFor, successRate: { minimumCalls: 3, window: 100 } },
    maxEjected,
    panic,
    ...(slowStart ? { slowStart: 700 } : {}),
    ...(checks
      ? { check: { every: 300, fast: 100, timeout: 40, run: ({ member }: { member: string }) => !sick.has(member) } }
      : {}),
  })
  // A listener cannot fail the test by throwing: the pool would contain it. So it says what is wrong.
  const wrong: string[] = []
  const must = (fine: boolean, what: string) => {
    if (!fine) wrong.push(what)
  }
  const running: Attempt[] = []
  /** Tries of members that others of the same name stand in the place of. */
  const left = new Set<Attempt>()
  const aborts = new Map<number, AbortController>()
  const tried = new Map<number, string[]>()
  const over = new Set<number>()
  const calls: Promise<unknown>[] = []
  let added = 0
  const probes = new Map<string, number>()
  const stuck = new Set<string>()
  const serving = () => pool.members.filter(({ admin }) => admin === 'ready')

  pool.on('fault', ({ source }) => must(source === 'report', `fault of ${source}`))
  pool.on('eject', ({ member, reason }) => {
    const out = serving().filter(({ state }) => isOut(state))
    const single = pool.members.find((each) => each.name === member)
    must(single?.state === 'ejected', 'eject without being ejected')
    const byCalls = reason === 'consecutive' || reason === 'rate'
    if (byCalls) must(out.length / serving().length <= maxEjected, 'too many ejected')
  })
  pool.on('state', ({ member, to }) => to !== 'probing' && probes.delete(member))
  pool.on('select', ({ member }) => {
    const chosen = pool.members.find((each) => each.name === member)
    must(chosen !== undefined, 'removed, but chosen')
    const weightless = pool.members.every(({ weight }) => weight === 0)
    must(chosen?.weight !== 0 || weightless || stuck.size > 0, 'of weight 0, but chosen')
    must(chosen?.admin === 'ready' || (chosen?.admin === 'drain' && stuck.size > 0), 'not in service, but chosen')
    // A selection by tiers, which zones are, counts those alone that can take load.
    const loaded = serving().filter(({ weight }) => weight > 0)
    const able = loaded.some(({ state }) => !isOut(state))
    const counted = tiered.has(name) && able ? loaded : serving()
    const panicking = counted.filter(({ state }) => !isOut(state)).length / counted.length < panic
    if (chosen?.state === 'ejected') must(panicking, 'ejected, but chosen without panic')
    if (chosen?.state !== 'probing') return
    const since = probes.get(member)
    // In panic it may be picked as any other, which is no probe.
    if (panicking) return
    if (since !== undefined) must(clock.now() - since >= ejectFor, 'two probes at once')
    if (since === undefined || clock.now() - since >= ejectFor) probes.set(member, clock.now())
  })

  const call = ({ idempotent, key }: Extract<Command, { do: 'call' }>): void => {
    const number = calls.length
    const abort = new AbortController()
    aborts.set(number, abort)
    tried.set(number, [])
    if (key !== undefined && name === 'sticky') stuck.add(key)
    const operation = ({ member }: { member: string }) =>
      new Promise((resolve, reject) => {
        must(!tried.get(number)?.includes(member), 'tried twice')
        tried.get(number)?.push(member)
        if (!idempotent) must(tried.get(number)?.length === 1, 'a second invocation')
        running.push({ member, call: number, settle: (ok) => (ok ? resolve(member) : reject(new Error(member))) })
      })
    const ended = (error: unknown): void => {
      over.add(number)
      must(error === undefined || error === 'abort' || error instanceof Error || isHoldfastError(error), 'odd error')
    }
    const options = { signal: abort.signal, idempotent, ...(key === undefined ? {} : { key }) }
    calls.push(pool.execute(operation, options).then(() => ended(undefined), ended))
  }

  const change = (step: Command): void => {
    if (!('which' in step) || step.do === 'settle' || step.do === 'abort') return
    const member = pool.members[step.which]?.name
    if (member === undefined) return
    if (step.do === 'remove') pool.remove(member)
    else if (step.do === 'readd') {
      pool.remove(member)
      pool.add(member)
      probes.delete(member)
      for (const attempt of running) if (attempt.member === member) left.add(attempt)
    } else if (step.do === 'drain') void pool.drain(member)
    else if (step.do === 'resume') pool.update(member, { admin: 'ready' })
    else if (step.do === 'maintain') pool.update(member, { admin: 'maintenance' })
    else if (step.do === 'weigh') pool.update(member, { weight: step.weight })
    else if (step.do === 'report') pool.report(member, { utilisation: step.utilisation, rate: 10 })
    else if (step.do === 'sicken') sick.add(member)
    else sick.delete(member)
  }

  /** What the pool shows as under way are the tries of calls that are not over. */
  const checkPending = (): void => {
    const expected = new Map<string, number>()
    for (const attempt of running) {
      const { member, call: of } = attempt
      if (!over.has(of) && !left.has(attempt)) expected.set(member, (expected.get(member) ?? 0) + 1)
    }
    for (const { name: member, pending } of pool.members) {
      must(pending === (expected.get(member) ?? 0), `pending of ${member} is ${pending}`)
    }
  }

  for (const step of commands) {
    if (step.do === 'call') call(step)
    else if (step.do === 'settle') running.splice(step.which % Math.max(1, running.length), 1)[0]?.settle(step.ok)
    else if (step.do === 'abort') aborts.get(calls.length - 1 - step.which)?.abort('abort')
    else if (step.do === 'advance') await clock.advance(step.ms)
    else if (step.do === 'add') pool.add({ target: 'x', name: `x${++added}` })
    else change(step)
    await clock.advance(0)
    checkPending()
  }
  while (running.length > 0) {
    running.shift()?.settle(true)
    await clock.advance(0)
  }
  for (const abort of aborts.values()) abort.abort('abort')
  await Promise.all(calls)
  expect(wrong).toEqual([])
  expect(over.size).toBe(calls.length)
  expect(pool.members.map(({ pending }) => pending)).toEqual(pool.members.map(() => 0))

  if (exact.has(name)) await fair(pool, clock, sick, name)
  pool.close()
  expect(clock.pending).toBe(0)
}

/** All is made well, and then each member gets its share, to one call. */
async function fair(
  pool: ReturnType<typeof failoverPool<string>>,
  clock: ReturnType<typeof virtualClock>,
  sick: Set<string>,
  name: string,
): Promise<void> {
  sick.clear()
  if (pool.members.length === 0) pool.add('z')
  for (const [i, { name: member }] of pool.members.entries())
    pool.update(member, { admin: 'ready', weight: 1 + (i % 3) })
  for (let round = 0; round < 40; round++) {
    await clock.advance(500)
    await pool.execute(({ target }) => target)
  }
  expect(pool.members.map(({ state }) => state).filter((state) => state !== 'up' && state !== 'unknown')).toEqual([])
  const weights = pool.members.map(({ weight }) => (name === 'roundRobin' ? 1 : weight))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const counts = new Map<string, number>()
  for (let i = 0; i < 3 * total; i++) {
    const member = await pool.execute((call) => call.member)
    counts.set(member, (counts.get(member) ?? 0) + 1)
  }
  for (const [i, { name: member }] of pool.members.entries()) {
    expect(Math.abs((counts.get(member) ?? 0) - 3 * (weights[i] as number))).toBeLessThanOrEqual(
      name === 'weighted' ? 2 : 1,
    )
  }
}

describe('a pool under random interleavings', () => {
  for (const name of Object.keys(selections)) {
    it(`keeps its invariants with ${name}`, async () => {
      const variant = fc.record({ checks: fc.boolean(), slowStart: fc.boolean() })
      await fc.assert(
        fc.asyncProperty(fc.array(command, { maxLength: 80, size: 'max' }), variant, (commands, variant) =>
          play(commands, name, variant),
        ),
        { numRuns: runs(150) },
      )
    }, 30_000)
  }
})
