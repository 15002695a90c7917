import fc from 'fast-check'
import { isHoldfastError } from 'holdfast'
import { failoverPool, ordered, random, roundRobin, weighted } from 'holdfast/failover'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

/**
 * Calls, outcomes in any order, aborts, time and membership, interleaved at random.
 * Invariants: a member is tried at most once a call; at most one probe of a member at a time (until it lapses); no more
 * is ejected than allowed; a member that is out gets no call unless in panic; what was removed or drains gets none;
 * every call settles; nothing stays pending.
 */
const ejectFor = 1000
const maxEjected = 0.5
const panic = 0.4

type Command =
  | { readonly do: 'call'; readonly idempotent: boolean }
  | { readonly do: 'settle'; readonly which: number; readonly ok: boolean }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'add' }
  | { readonly do: 'remove' | 'drain' | 'resume'; readonly which: number }

const index = fc.nat({ max: 7 })
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('call' as const), idempotent: fc.boolean() }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      which: index,
      ok: fc.constantFrom(true, false, false, false),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), which: index }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 500, 1000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('add' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('remove' as const, 'drain' as const, 'resume' as const), which: index }),
  },
)

const isOut = (state: string): boolean => state === 'ejected' || state === 'probing'

interface Attempt {
  readonly member: string
  readonly call: number
  settle(ok: boolean): void
}

const selections = { ordered, random, roundRobin, weighted }

async function play(commands: readonly Command[], selection: keyof typeof selections): Promise<void> {
  const clock = virtualClock()
  const pool = failoverPool(['a', 'b', 'c'], {
    clock,
    random: seededRandom(1),
    selection: selections[selection],
    outlier: { consecutiveFailures: 2, ejectFor },
    maxEjected,
    panic,
  })
  // A listener cannot fail the test by throwing: the pool would contain it. So it says what is wrong.
  const wrong: string[] = []
  const must = (fine: boolean, what: string) => {
    if (!fine) wrong.push(what)
  }
  const running: Attempt[] = []
  const aborts = new Map<number, AbortController>()
  const tried = new Map<number, string[]>()
  const calls: Promise<unknown>[] = []
  let settledCalls = 0
  let added = 0
  const probes = new Map<string, number>()

  pool.on('eject', ({ member }) => {
    const serving = pool.members.filter(({ admin }) => admin === 'ready')
    const out = serving.filter(({ state }) => isOut(state))
    const single = pool.members.find(({ name }) => name === member)
    must(single?.state === 'ejected', 'eject without being ejected')
    if (!probes.has(member)) must(out.length / serving.length <= maxEjected, 'too many ejected')
    probes.delete(member)
  })
  pool.on('restore', ({ member }) => probes.delete(member))
  pool.on('select', ({ member }) => {
    const serving = pool.members.filter(({ admin }) => admin === 'ready')
    const chosen = serving.find(({ name }) => name === member)
    must(chosen !== undefined, 'removed or draining, but chosen')
    const healthy = serving.filter(({ state }) => !isOut(state)).length
    if (chosen?.state === 'ejected') must(healthy / serving.length < panic, 'ejected, but chosen without panic')
    if (chosen?.state !== 'probing') return
    const since = probes.get(member)
    const panicking = healthy / serving.length < panic
    if (since !== undefined && !panicking) must(clock.now() - since >= ejectFor, 'two probes at once')
    if (since === undefined || clock.now() - since >= ejectFor) probes.set(member, clock.now())
  })

  const unprobed = () => {
    for (const { name, state } of pool.members) if (state === 'ejected') probes.delete(name)
  }

  for (const step of commands) {
    if (step.do === 'call') {
      const call = calls.length
      const abort = new AbortController()
      aborts.set(call, abort)
      tried.set(call, [])
      const operation = ({ member }: { member: string }) =>
        new Promise((resolve, reject) => {
          must(!tried.get(call)?.includes(member), 'tried twice')
          tried.get(call)?.push(member)
          if (!step.idempotent) must(tried.get(call)?.length === 1, 'a second invocation')
          running.push({ member, call, settle: (ok) => (ok ? resolve(member) : reject(new Error(member))) })
        })
      const promise = pool.execute(operation, { signal: abort.signal, idempotent: step.idempotent })
      calls.push(
        promise.then(
          () => settledCalls++,
          (error: unknown) => {
            settledCalls++
            const fine = error === 'abort' || error instanceof Error || isHoldfastError(error)
            must(fine, 'rejected with something else')
          },
        ),
      )
    } else if (step.do === 'settle') running.splice(step.which % Math.max(1, running.length), 1)[0]?.settle(step.ok)
    else if (step.do === 'abort') aborts.get(calls.length - 1 - step.which)?.abort('abort')
    else if (step.do === 'advance') await clock.advance(step.ms)
    else if (step.do === 'add') pool.add({ target: 'x', name: `x${++added}` })
    else {
      const name = pool.members[step.which]?.name
      if (name === undefined) continue
      if (step.do === 'remove') pool.remove(name)
      else if (step.do === 'drain') void pool.drain(name)
      else pool.update(name, { admin: 'ready' })
    }
    await clock.advance(0)
    unprobed()
    // What the pool shows as under way are the tries of calls still open.
    expect(pool.members.every(({ pending }) => pending >= 0)).toBe(true)
  }
  while (running.length > 0) {
    running.shift()?.settle(true)
    await clock.advance(0)
  }
  for (const abort of aborts.values()) abort.abort('abort')
  await Promise.all(calls)

  expect(wrong).toEqual([])
  expect(settledCalls).toBe(calls.length)
  expect(pool.members.map(({ pending }) => pending)).toEqual(pool.members.map(() => 0))
  expect(clock.pending).toBe(0)
}

describe('a pool under random interleavings', () => {
  for (const selection of Object.keys(selections) as (keyof typeof selections)[]) {
    it(`keeps its invariants with ${selection}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(command, { maxLength: 80, size: 'max' }), (commands) => play(commands, selection)),
        { numRuns: 400 },
      )
    })
  }
})
