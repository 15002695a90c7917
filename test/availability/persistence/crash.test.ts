import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { type AvailabilityTracker, availabilityTracker, type StoreRecord } from 'holdfast/availability'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { failoverPool } from 'holdfast/failover'
import { fileStore } from 'holdfast/file'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { MemoryStore } from './memory-store.ts'

const root = mkdtempSync(join(tmpdir(), 'holdfast-crash-'))
afterAll(() => rmSync(root, { recursive: true }))

type Clock = ReturnType<typeof virtualClock>
type States = readonly (readonly [at: number, state: string])[]

const restartTolerance = '20s'

/** To a microsecond: what goes through a file and back is not more exact. */
const rounded = (at: number): number => Math.round(at * 1000) / 1000

/** What a tracker says of everything, by the wall clock. */
function told(tracker: AvailabilityTracker): Readonly<Record<string, States>> {
  return Object.fromEntries(
    Object.keys(tracker.report().components).map((name) => [
      name,
      tracker.timeline(name).map(({ at, state }) => [rounded(at), state] as const),
    ]),
  )
}

interface World {
  readonly clock: Clock
  readonly tracker: AvailabilityTracker
  readonly store: MemoryStore
  readonly step: (command: Command) => Promise<void>
}

async function begun(wall: number, store: MemoryStore): Promise<World> {
  const clock = virtualClock({ wall })
  await clock.advance(wall % 1000)
  clock.stepWall(wall - clock.wall())
  // Of its own seed, so that what is found can be found again.
  const random = seededRandom(1)
  const tracker = availabilityTracker({ clock, random, store, heartbeat: '10s', snapshotEvery: '2m', restartTolerance })
  await clock.settle(tracker.ready())
  const breaker = circuitBreaker({ name: 'db', consecutiveFailures: 2, openFor: '7s', clock })
  tracker.watch(breaker)
  const pool = failoverPool(['a', 'b'], {
    name: 'pool',
    clock,
    random,
    attempts: 1,
    guard: () => circuitBreaker({ consecutiveFailures: 1, openFor: '5s', clock }),
  })
  const watching = tracker.watch(pool)
  let healthy = true
  tracker.probe('probed', () => healthy, { every: '4s', rise: 2, fall: 2 })
  const operation = (good: boolean) => async () => {
    if (!good) throw new Error('bad')
  }
  const step = async (command: Command): Promise<void> => {
    const [kind, value] = command
    if (kind === 'advance') await clock.advance(value)
    else if (kind === 'suspend') clock.suspend(value + 2000)
    else if (kind === 'step') {
      clock.stepWall(-value)
      // A record by the clock as it is set now; the one before may be in the future.
      await clock.advance(1)
      tracker.component('mark').up()
    } else if (kind === 'call') await breaker.execute(operation(value % 2 === 0)).catch(() => {})
    else if (kind === 'isolate') breaker.isolate().release()
    else if (kind === 'pool') await pool.execute(operation(value % 3 === 0)).catch(() => {})
    else if (kind === 'unwatch') watching.stop()
    else if (kind === 'probe') healthy = value % 2 === 0
    else if (kind === 'tell') {
      const state = (['up', 'down', 'degraded', 'maintenance', 'unknown'] as const)[value % 5] ?? 'up'
      tracker.record({
        component: 'told',
        state,
        at: clock.wall() - (value % 7) * 1500,
        ...(value % 3 === 0 ? { source: 'monitor', seq: value } : { id: `${value % 10}` }),
      })
    } else if (kind === 'incident') {
      const start = new Date(clock.wall() - value)
      tracker.record({ component: 'told', start, end: new Date(clock.wall()), id: `ticket ${value % 3}` })
    }
  }
  return { clock, tracker, store, step }
}

type Command = readonly [
  kind:
    | 'advance'
    | 'suspend'
    | 'step'
    | 'call'
    | 'isolate'
    | 'pool'
    | 'unwatch'
    | 'probe'
    | 'tell'
    | 'incident'
    | 'crash'
    | 'close',
  value: number,
]

const commands = fc.array(
  fc.oneof(
    ...(
      [
        ['advance', 6],
        ['suspend', 1],
        ['step', 1],
        ['call', 5],
        ['isolate', 1],
        ['pool', 5],
        ['unwatch', 1],
        ['probe', 2],
        ['tell', 4],
        ['incident', 2],
        ['crash', 1],
        ['close', 1],
      ] as const
    ).map(([kind, weight]) => ({
      weight,
      arbitrary: fc.tuple(fc.constant(kind), fc.integer({ min: 1, max: 40_000 })),
    })),
  ),
  { minLength: 1, maxLength: 40 },
)

/** After each command: what the store has, and what was known. */
async function history(given: readonly Command[]) {
  let world = await begun(1_000_000, new MemoryStore())
  const moments = []
  for (const command of given) {
    const [kind, value] = command
    if (kind === 'crash' || kind === 'close') {
      if (kind === 'close') {
        world.tracker.close()
        await world.clock.settle(world.tracker.closed)
      }
      world = await begun(Math.round(world.clock.wall()) + value, new MemoryStore(world.store))
    } else await world.step(command)
    // To look at it may settle what the time has changed.
    await world.clock.settle(world.tracker.flush())
    told(world.tracker)
    await world.clock.settle(world.tracker.flush())
    const known = told(world.tracker)
    expect(world.tracker.persistence).toMatchObject({ pending: 0, lost: 0, failing: false })
    const { records, taken } = world.store
    moments.push({ records: [...records], taken, known, wall: world.clock.wall() })
  }
  return moments
}

/** Of all before it was last seen it knows the same; what was said in that very instant may show; then nothing is known. */
function check(after: AvailabilityTracker, known: Readonly<Record<string, States>>, lastSeen: number): void {
  const now = told(after)
  for (const [name, states] of Object.entries(known)) {
    const actual = now[name] ?? []
    const before = ([at]: readonly [number, string]): boolean => at < rounded(lastSeen)
    expect(actual.filter(before), name).toEqual(states.filter(before))
    const [end, state] = actual.at(-1) ?? [0, 'unknown']
    expect(state, name).toBe('unknown')
    expect(end, name).toBeLessThanOrEqual(lastSeen + 1)
  }
}

describe('a tracker that crashes at any moment', () => {
  it('knows afterwards what it knew then, and of the time since nothing', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(commands, fc.nat(), async (given, chosen) => {
        const moments = await history(given)
        const moment = moments[chosen % moments.length]
        if (moment === undefined) return
        const { records, taken, known, wall } = moment
        const lastSeen = records.at(-1)?.at ?? taken?.history.at ?? 0
        const clock = virtualClock({ wall: wall + 1_000_000 })
        const after = availabilityTracker({ clock, store: new MemoryStore({ records, taken }), restartTolerance })
        const faults: unknown[] = []
        after.on('fault', ({ error }) => faults.push(error))
        await clock.settle(after.ready())

        expect(faults).toEqual([])
        check(after, known, lastSeen)
      }),
      { numRuns: 100 },
    )
  })

  it('in the middle of a line: the same, as if that line had never been begun', { timeout: 120_000 }, async () => {
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        commands,
        fc.nat(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        async (given, chosen, torn) => {
          const moments = await history(given)
          const { records, taken, known, wall } = moments[chosen % moments.length] as (typeof moments)[number]
          const path = join(root, `${++run}.log`)
          const store = fileStore(path, { durability: 'none' })
          await store.load()
          if (taken !== undefined) await store.snapshot(taken)
          await store.append(records)
          await store.close()
          appendFileSync(path, tornLine(torn))
          const lastSeen = records.at(-1)?.at ?? taken?.history.at ?? 0
          const clock = virtualClock({ wall: wall + 1_000_000 })
          const after = availabilityTracker({ clock, store: fileStore(path, { durability: 'none' }), restartTolerance })
          await after.ready()

          check(after, known, lastSeen)
          after.close()
          await after.closed
        },
      ),
      { numRuns: 25 },
    )
  })

  function tornLine(share: number): string {
    const record: StoreRecord = { seq: 1e9, at: 1e13, time: 1e12, kind: 'beat' }
    const path = join(root, 'whole.log')
    const line = `00000000 ${JSON.stringify(record)}\n`
    writeFileSync(path, line)
    return line.slice(0, Math.floor(share * line.length))
  }
})
