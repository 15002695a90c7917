/**
 * Every selection under the same load and the same faults: ten servers of four slots each, exponential service of 10 ms,
 * calls by chance at 60 % of what the sound ones can serve.
 *
 * The bounds are those of the design: an instantly failing one of ten costs no caller an error and gets less than 3 % of the
 * first attempts once it is found out, and one five times slower less than 4 % where load or latency decides.
 */
import { pipeline, timeout } from 'holdfast'
import * as failover from 'holdfast/failover'
import { exponentialLatency, type SimulatedFault, type SimulationResult, simulate } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { catalogueOf, type SelectionEntry } from '../../../bench/selections/catalogue.mjs'
import { some } from '../../effort.ts'

const { failoverPool } = failover

const names = Array.from({ length: 10 }, (_, i) => `m${i}`)

/** What a selection is held to, beside how it is made. */
interface Bounds {
  /** How unequal shares may be where all members are equal: the greatest by the least. Infinity where they are meant to be. */
  readonly spread: number
  /** Calls a second for each of the sound servers; 240 are 60 % of what one can serve. */
  readonly perServer?: number
  /** Seconds until what it learns is learnt. Default 2. */
  readonly learns?: number
}

type Setting = Pick<SelectionEntry, 'make' | 'clients' | 'keys'> & Bounds

const loadBounds: Readonly<Record<string, Bounds>> = {
  leastPending: { spread: 1.2 },
  twoChoices: { spread: 1.2 },
  // Shares move with what was measured last, and are even over time.
  peakEwma: { spread: 1.8 },
  // It may take long until wrong members are left out for good.
  latencyWindow: { learns: 15, spread: 1.5 },
  // Weights begin to move after 10 s.
  dynamic: { learns: 15, spread: 1.8 },
}

const bounds: Readonly<Record<string, Bounds>> = {
  roundRobin: { spread: 1.01 },
  weighted: { spread: 1.01 },
  earliestDeadline: { spread: 1.01 },
  random: { spread: 1.2 },
  // All calls go to one server, so they must be as many as one can serve.
  ordered: { perServer: 12, spread: Number.POSITIVE_INFINITY },
  ...loadBounds,
  reportedLoad: { spread: 1.2 },
  rendezvous: { spread: 1.2 },
  ketama: { spread: 1.5 },
  maglev: { spread: 1.2 },
  balanced: { spread: 1.2 },
  sticky: { spread: 1.3 },
  subset: { spread: 1.2 },
  // The second tier is for when the first cannot take it all, which 8 of 10 servers can.
  tiers: { spread: Number.POSITIVE_INFINITY },
  zones: { spread: 1.2 },
}

const settings: Readonly<Record<string, Setting>> = Object.fromEntries(
  catalogueOf(failover).map((entry) => {
    const held = bounds[entry.id]
    if (held === undefined) throw new Error(`no bounds for ${entry.id}`)
    return [entry.id, { ...entry, ...held }]
  }),
)
const loadDriven = Object.fromEntries(Object.entries(settings).filter(([id]) => id in loadBounds))
const each = some(Object.entries(settings))

interface Conditions {
  readonly fault?: SimulatedFault
  /** All have the fault; else the first alone. */
  readonly all?: boolean
  readonly pool?: failover.FailoverOptions<string>
  /** How long a try may take. */
  readonly attempt?: `${number}ms`
  /** Share of the sound servers' capacity that the faulty one still has. */
  readonly left?: number
  /** Seconds that do not count, and that do. Default: 0, and 3. */
  readonly warmUp?: number
  readonly seconds?: number
}

function run(
  { make, clients = 1, keys = 1e6, perServer = 240 }: Setting,
  { fault, all = false, pool, attempt, left = fault === undefined ? 1 : 0, warmUp = 0, seconds = 3 }: Conditions,
): Promise<SimulationResult<string>> {
  const pools: { report(name: string, load: { readonly utilisation: number }): void }[] = []
  return simulate({
    members: names.map((name, i) => ({
      name,
      latency: exponentialLatency('10ms'),
      capacity: 4,
      faults: fault !== undefined && (all || i === 0) ? [fault] : [],
    })),
    policy: ({ members, client }) => {
      const placed = members.map((target, i) => ({
        target,
        zone: i % 2 === 0 ? 'east' : 'west',
        priority: i < 8 ? 0 : 1,
      }))
      const made = failoverPool(placed, { ...pool, selection: make(client) })
      pools.push(made)
      return attempt === undefined ? made : pipeline(made, timeout(attempt))
    },
    clients,
    rate: (9 + left) * perServer,
    warmUp: warmUp * 1000,
    duration: seconds * 1000,
    call: (call) => ({ key: `${Math.floor(call.random() * keys)}` }),
    report: ({ client, member, ...load }) => pools[client]?.report(member, load),
  })
}

/** The share of first attempts of the first server, of the calls that came after the first second. */
function shareOnceFound({ series }: SimulationResult<string>): number {
  const later = series.filter(({ from }) => from >= 1000)
  const calls = later.reduce((sum, slice) => sum + slice.calls, 0)
  return later.reduce((sum, { firstAttempts }) => sum + (firstAttempts['m0'] as number), 0) / calls
}

function spread({ members }: SimulationResult<string>): number {
  const shares = Object.values(members).map(({ share }) => share)
  return Math.max(...shares) / Math.min(...shares)
}

describe('one of ten', () => {
  const faults: readonly (readonly [string, Conditions])[] = [
    ['fails at once', { fault: { kind: 'fail' } }],
    ['is dead', { fault: { kind: 'down' } }],
    ['hangs', { fault: { kind: 'hang' }, attempt: '200ms' }],
  ]

  describe.each(faults)('that %s', (_what, conditions) => {
    it.each(each)('causes no caller an error, and is soon avoided, under %s', async (_name, setting) => {
      const result = await run(setting, { ...conditions, seconds: setting.perServer === undefined ? 3 : 20 })

      expect(result.calls).toBeGreaterThan(1000)
      expect([result.failed, result.unfinished]).toEqual([0, 0])
      expect(shareOnceFound(result)).toBeLessThan(0.03)
    })
  })

  it.each(some(Object.entries(loadDriven)))(
    'that fails at once draws no calls under %s, also if it is never ejected',
    async (_name, setting) => {
      for (const fault of [{ kind: 'fail' }, { kind: 'fail', after: '1ms' }] as const) {
        const result = await run(setting, { fault, pool: { outlier: false } })

        expect([result.failed, result.unfinished]).toEqual([0, 0])
        expect(shareOnceFound(result)).toBeLessThan(0.03)
      }
    },
  )

  it.each(some(Object.entries(loadDriven)))(
    'that failed from the first call gets its share again under %s when it works, also if it was never ejected',
    async (_name, setting) => {
      const fault = { kind: 'fail', to: '2s' } as const
      const { members } = await run(setting, { fault, pool: { outlier: false }, warmUp: 15 })

      expect(members['m0']?.share).toBeGreaterThan(0.06)
      expect(members['m0']?.share).toBeLessThan(0.15)
    },
  )

  it.each(['twoChoices', 'peakEwma', 'dynamic'] as const)(
    'that is five times slower gets less than 4 % under %s',
    async (name) => {
      const fault = { kind: 'slow', factor: 5 } as const
      const setting = settings[name] as Setting
      const result = await run(setting, { fault, left: 0.2, warmUp: setting.learns ?? 2, seconds: 4 })

      expect(result.failed).toBe(0)
      expect(result.members['m0']?.share).toBeLessThan(0.04)
      expect(result.latency.p99).toBeLessThan(75)
    },
  )
})

describe('ten equal members', () => {
  const runs = new Map<Setting, Promise<SimulationResult<string>>>()
  const equal = (setting: Setting): Promise<SimulationResult<string>> => {
    const known = runs.get(setting) ?? run(setting, { warmUp: setting.learns ?? 2, seconds: 4 })
    runs.set(setting, known)
    return known
  }

  it.each(each.filter(([, setting]) => setting.spread < 2))(
    'have about equal shares under %s',
    async (_name, setting) => {
      const result = await equal(setting)

      expect(result.failed).toBe(0)
      expect(spread(result)).toBeLessThan(setting.spread)
    },
  )

  it.each(some(Object.entries(loadDriven)))('answer as soon under %s as in turn', async (_name, setting) => {
    const [inTurn, result] = await Promise.all([equal(settings['roundRobin'] as Setting), equal(setting)])

    expect((result.latency.p99 as number) / (inTurn.latency.p99 as number)).toBeLessThan(1.1)
  })

  it.each(some(Object.entries(loadDriven)))(
    'recover under %s from seconds in which all were slow',
    async (_name, setting) => {
      const fault = { kind: 'slow', factor: 3, from: '3s', to: '5s' } as const
      const { latency } = await run(setting, { fault, all: true, left: 1, warmUp: 10 })

      expect(latency.p99).toBeLessThan(60)
    },
  )
})
