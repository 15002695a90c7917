import fc from 'fast-check'
import { virtualClock } from 'holdfast/testing'
import { mcr, type UserUptimeOptions, userUptime } from 'holdfast/user-uptime'
import { describe, expect, it } from 'vitest'
import vectors from '../data/availability-user-uptime.json' with { type: 'json' }
import { near } from '../support/near.ts'

const minute = 60_000

type Told = readonly (readonly [user: string, time: number, ok: boolean])[]

/** Tells all in the order of time, and goes on to `end`; in minutes. */
async function played(told: Told, end: number, options: UserUptimeOptions = {}) {
  const clock = virtualClock()
  const users = userUptime({ clock, ...options })
  for (const [user, time, ok] of [...told].sort(([, one], [, other]) => one - other)) {
    await clock.advance(time * minute - clock.now())
    users.record(user, ok)
  }
  await clock.advance(end * minute - clock.now())
  return { clock, users }
}

const { events, window, cutoff, ...expected } = vectors.example
const example: Told = Object.entries(events).flatMap(([user, list]) =>
  list.map(([time, ok]) => [user, time as number, ok === 1] as const),
)
const [, end] = window as [number, number]

describe('user uptime', () => {
  it('matches the worked example, for all and for each user', async () => {
    const { users } = await played(example, end, { cutoff: `${cutoff}m` })
    const report = users.report()

    near(report.userUptime, expected.userUptime)
    near(report.successRatio, expected.successRatio)
    expect(report).toMatchObject({
      from: 0,
      to: end * minute,
      uptime: expected.sums.uptime * minute,
      downtime: expected.sums.downtime * minute,
      calls: expected.sums.total,
      users: 3,
      evicted: 0,
    })
    for (const [user, { uptime, downtime }] of Object.entries(expected.perUser)) {
      const own = await played(
        example.filter(([name]) => name === user),
        end,
      )
      expect(own.users.report()).toMatchObject({ uptime: uptime * minute, downtime: downtime * minute })
    }
  })

  it.each([
    ['before', 10, 20],
    ['after', 20, 10],
    ['split', 15, 15],
  ] as const)('counts the time between two calls by the outcome of the call: %s', async (between, uptime, downtime) => {
    const { users } = await played(
      [
        ['a', 0, true],
        ['a', 10, false],
        ['a', 30, true],
      ],
      30,
      { between },
    )

    expect(users.report()).toMatchObject({ uptime: uptime * minute, downtime: downtime * minute })
  })

  it.each(['before', 'after', 'split'] as const)(
    'counts no time of an inactive user, between calls: %s',
    async (between) => {
      const told: Told = [
        ['a', 0, true],
        ['a', 100, false],
      ]
      const { users, clock } = await played(told, 105, { between, cutoff: '30m' })

      expect(users.report()).toMatchObject({ uptime: 30 * minute, downtime: 5 * minute, users: 1 })
      await clock.advance('1h')
      expect(users.report()).toMatchObject({ uptime: 30 * minute, downtime: 30 * minute })
      expect(users.report()).toEqual(users.report())
    },
  )

  it('is of a window in whole slots', async () => {
    const { users } = await played(example, end, { slot: '10m' })

    expect(users.report({ window: '20m' })).toMatchObject({
      from: 40 * minute,
      uptime: (20 + 5 + 10) * minute,
      downtime: 15 * minute,
      calls: 4,
    })
    expect(users.report({ window: '15m' })).toEqual(users.report({ window: '20m' }))
  })

  it('forgets slots that are too old', async () => {
    const { users, clock } = await played(example, end, { slot: '10m', slots: 3 })

    expect(users.report()).toEqual(users.report({ window: '25m' }))
    expect(users.report()).toMatchObject({ from: 40 * minute, calls: 4 })
    await clock.advance('1d')
    expect(users.report()).toMatchObject({ userUptime: null, successRatio: null, calls: 0, uptime: 0, users: 3 })
  })

  it('is null before the first call', () => {
    const users = userUptime()

    expect(users.report()).toMatchObject({ userUptime: null, successRatio: null, calls: 0, users: 0 })
    expect(users.mcr('1m')).toBeNull()
  })

  it('keeps a limited number of users, and reports how many active ones it removed', async () => {
    const told: Told = [
      ['a', 0, true],
      ['b', 1, true],
      ['a', 2, true],
      ['c', 3, false],
      ['d', 63, false],
    ]
    const { users } = await played(told, 64, { users: 2, cutoff: '10m' })

    expect(users.report()).toMatchObject({ users: 2, evicted: 1, uptime: (2 + 2 + 10) * minute, downtime: 11 * minute })
  })

  it('agrees with a naive count of every minute', async () => {
    const told = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(39), fc.boolean()), {
      selector: ([user, time]) => `${user} ${time}`,
      maxLength: 30,
    })
    await fc.assert(
      fc.asyncProperty(
        told,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 7 }),
        async (list, gone, slot) => {
          const { users } = await played(list, 42, { cutoff: gone * minute, slot: slot * minute })
          const counted = { up: 0, down: 0 }
          for (const user of ['a', 'b', 'c']) {
            const own = list.filter(([name]) => name === user).sort(([, one], [, other]) => one - other)
            for (let now = 0; now < 42; now++) {
              const last = own.findLast(([, time]) => time <= now)
              if (last !== undefined && now - last[1] < gone) counted[last[2] ? 'up' : 'down']++
            }
          }

          expect(users.report()).toMatchObject({ uptime: counted.up * minute, downtime: counted.down * minute })
        },
      ),
    )
  })

  it.each([
    [{ cutoff: 0 }, 'userUptime: cutoff must be a duration > 0, got 0'],
    [{ between: 'both' }, "userUptime: between must be one of 'before', 'after', 'split', got \"both\""],
    [{ users: 0 }, 'userUptime: users must be an integer >= 1, got 0'],
    [{ slot: 'x' }, 'userUptime: slot must be a duration > 0, got "x"'],
    [{ slots: 1.5 }, 'userUptime: slots must be an integer >= 1, got 1.5'],
  ])('refuses %j', (options, message) => {
    expect(() => userUptime(options as never)).toThrow(message)
  })

  it('refuses a call without a user or an outcome, and counts nothing', () => {
    const users = userUptime()

    expect(() => users.record('', true)).toThrow('userUptime: user must be a non-empty string, got ""')
    expect(() => users.record('a', 1 as never)).toThrow('userUptime: ok must be a boolean, got 1')
    expect(() => users.report({ window: -1 })).toThrow('userUptime: window must be a duration > 0, got -1')
    expect(users.report()).toMatchObject({ calls: 0, users: 0 })
  })
})

describe('the minimal cumulative ratio', () => {
  const slots = (good: readonly number[]) => good.map((one) => ({ good: one, bad: 1 - one }))

  it.each(Object.entries(vectors.mcr.expect))('of the example over %s slots is %d', (width, ratio) => {
    near(1 + (mcr(slots(vectors.mcr.slots), Number(width)) ?? Number.NaN), 1 + ratio)
  })

  it('distinguishes one long outage from six short ones', () => {
    const hour = Array.from({ length: 60 }, () => 1)
    const outage = slots(hour.map((_, at) => (at >= 20 && at < 26 ? 0 : 1)))
    const blips = slots(hour.map((_, at) => (at % 10 === 5 ? 0 : 1)))

    for (const [width, ratio] of Object.entries(vectors.flakyVsOutage.singleOutage6min)) {
      near(1 + (mcr(outage, Number(width)) ?? Number.NaN), 1 + ratio)
    }
    for (const [width, ratio] of Object.entries(vectors.flakyVsOutage.sixBlips)) {
      near(1 + (mcr(blips, Number(width)) ?? Number.NaN), 1 + ratio)
    }
  })

  it('of users is a ratio of their time', async () => {
    const { users, clock } = await played(
      [
        ['a', 0, true],
        ['a', 20, false],
        ['a', 26, true],
      ],
      50,
    )

    expect(users.mcr('5m')).toBe(0)
    expect(users.mcr('10m')).toBe(0.4)
    expect(users.mcr('50m')).toBe(44 / 50)
    expect(users.mcr('51m')).toBeNull()
    await clock.advance(1.5 * minute)
    expect(users.mcr('51m')).toBe(45 / 51)
    expect(() => users.mcr('90s')).toThrow(
      'userUptime: window must be a duration of whole slots of 60000 ms, at most 1440 of them, got "90s"',
    )
    expect(() => users.mcr('2d')).toThrow('got "2d"')
    expect(() => users.mcr(0)).toThrow('got 0')
  })

  it('is null without calls, and otherwise the worst period', () => {
    const nothing = { good: 0, bad: 0 }

    expect(mcr([nothing, nothing], 1)).toBeNull()
    expect(mcr([], 1)).toBeNull()
    expect(mcr([nothing, { good: 3, bad: 1 }, nothing], 1)).toBe(0.75)
  })

  it.each([
    [[{ good: 1 }], 1, 'mcr: slots must be a list of { good, bad }, finite numbers >= 0, got an array'],
    [[{ good: 1, bad: -1 }], 1, 'mcr: slots must be a list of'],
    [[1], 1, 'mcr: slots must be a list of'],
    [7, 1, 'mcr: slots must be a list of { good, bad }, finite numbers >= 0, got 7'],
    [[], 0, 'mcr: width must be an integer >= 1, got 0'],
  ])('refuses %j over %j', (list, width, message) => {
    expect(() => mcr(list as never, width)).toThrow(message)
  })
})
