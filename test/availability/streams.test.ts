/**
 * Many short random streams: states, incidents and corrections, in order and late, with reports in between, under every
 * accounting. What a report says is compared with a naive count of every millisecond, and with itself.
 */
import { type AvailabilityTracker, availabilityTracker, type AvailabilityReport as Report } from 'holdfast/availability'
import { describe, expect, it, vi } from 'vitest'
import { type Fact, naively, type Rules } from './naive.ts'
import { shown } from './shown.ts'
import { type Dice, eventOf, factOf, Hand, rulesOf, same, streams } from './streams.ts'

interface Story {
  readonly tracker: AvailabilityTracker
  readonly clock: Hand
  readonly facts: Fact[]
}

function begin(accounting?: Rules): Story {
  const clock = new Hand()
  const tracker = availabilityTracker({ clock, ...(accounting && { accounting }) })
  tracker.component('x')
  return { tracker, clock, facts: [] }
}

/** Goes on with a random story; `asked` is called now and then. */
function tell(dice: Dice, { tracker, clock, facts }: Story, asked?: () => void): void {
  for (let step = 1 + dice.roll(6); step > 0; step--) {
    clock.time += dice.roll(5)
    const fact = factOf(dice, clock.time)
    facts.push(fact)
    tracker.record(eventOf(fact))
    if (asked !== undefined && dice.roll(4) === 0) asked()
  }
  clock.time += dice.roll(4)
}

function windowOf(dice: Dice, now: number): { readonly from: number; readonly to: number } {
  const [a, b] = [dice.roll(now + 4), dice.roll(now + 4)]
  return { from: Math.min(a, b), to: Math.max(a, b) }
}

// On a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const lengths = [
  'uptime',
  'downtime',
  'maintenance',
  'unknown',
  'degraded',
  'failures',
  'restorations',
  'blips',
] as const

describe('a report', () => {
  it('at any time equals a naive count of all events recorded until then', () => {
    streams(12_000, (dice) => {
      const rules = rulesOf(dice)
      const story = begin(rules)
      const ask = (): void => {
        const now = story.clock.time
        const window = windowOf(dice, now)
        const other = dice.roll(4) === 0 ? rulesOf(dice) : rules
        const report = story.tracker.report({ component: 'x', window, ...(other !== rules && { accounting: other }) })
        same(shown(report), naively(story.facts, other, window.from, window.to, now))
      }
      tell(dice, story, ask)
      ask()
    })
  })

  it('adds up to its window, and over adjoining ones', () => {
    streams(22_000, (dice) => {
      const rules = rulesOf(dice)
      const story = begin(rules)
      tell(dice, story)
      const now = story.clock.time
      const [a, b, c] = [dice.roll(now + 4), dice.roll(now + 4), dice.roll(now + 4)].sort((x, y) => x - y) as [
        number,
        number,
        number,
      ]
      const on = (from: number, to: number): Report => story.tracker.report({ component: 'x', window: { from, to } })
      const [first, second, whole] = [on(a, b), on(b, c), on(a, c)]
      for (const length of lengths) same(first[length] + second[length], whole[length], length)
      const weighed = typeof rules.degraded === 'number' ? whole.degraded : 0
      same(whole.uptime + whole.downtime + whole.maintenance + whole.unknown + whole.outside + weighed, c - a)
    })
  })

  it('depends neither on the order in which events are recorded, nor on how often', () => {
    streams(10_000, (dice) => {
      const rules = rulesOf(dice)
      const one = begin(rules)
      tell(dice, one)
      // At one instant the latest told has the last word; with numbers of their own the order is no matter.
      const facts = one.facts.map(
        (fact, seq): Fact => ('incident' in fact ? { ...fact, incident: `${seq}` } : { ...fact, seq }),
      )
      const again = facts.flatMap((fact) => (dice.roll(3) === 0 ? [fact, fact] : [fact]))
      for (let index = again.length - 1; index > 0; index--) {
        const other = dice.roll(index + 1)
        ;[again[index], again[other]] = [again[other] as Fact, again[index] as Fact]
      }
      const [straight, shuffled] = [begin(rules), begin(rules)]
      straight.clock.time = one.clock.time
      shuffled.clock.time = one.clock.time
      for (const fact of facts) straight.tracker.record(eventOf(fact))
      for (const fact of again) {
        shuffled.tracker.record(eventOf(fact))
        if (dice.roll(4) === 0) shuffled.tracker.report()
      }
      same(shuffled.tracker.timeline('x'), straight.tracker.timeline('x'))
      const window = windowOf(dice, one.clock.time)
      same(shown(shuffled.tracker.report({ window })), shown(straight.tracker.report({ window })))
    })
  })

  it('has A = MTBF / (MTBF + MTTR) where all was observed and every failure ended', () => {
    streams(34_000, (dice) => {
      const { tracker, clock } = begin()
      const x = tracker.component('x')
      x.up()
      for (let cycle = 1 + dice.roll(5); cycle > 0; cycle--) {
        clock.time += 1 + dice.roll(1000)
        x.down()
        clock.time += 1 + dice.roll(50)
        x[dice.of(['up', 'degraded'] as const)]()
      }
      clock.time += dice.roll(1000)
      const { availability, mtbf, mttr, failures, restorations, meanCycle, window } = tracker.report()
      same(failures, restorations)
      const [between, repair] = [mtbf as number, mttr.recovery as number]
      same(Math.abs((availability as number) - between / (between + repair)) < 1e-12, true)
      same(Math.abs((meanCycle as number) * failures - window.duration) < 1e-6, true)
    })
  })

  it('is never better for an outage more', () => {
    streams(18_000, (dice) => {
      const rules = { ...rulesOf(dice), confirmDown: 0 }
      const story = begin(rules)
      story.tracker.record({ component: 'x', state: 'up', time: 0, source: 'base' })
      tell(dice, story)
      const now = story.clock.time
      const options = { component: 'x', window: { from: 0, to: Math.max(1, now) } }
      const before = story.tracker.report(options)
      const start = dice.roll(now + 1)
      story.tracker.record({ component: 'x', id: 'more', start, end: start + dice.roll(9) })
      const after = story.tracker.report(options)
      same((after.availability ?? 0) <= (before.availability ?? 1) + 1e-12, true)
      same(after.downtime >= before.downtime, true)
    })
  })

  it('goes on after a restart as if there had been none', () => {
    streams(2000, (dice) => {
      const rules = rulesOf(dice)
      const old = begin(rules)
      tell(dice, old)
      const then = old.clock.time
      const clock = new Hand(then)
      const restore = JSON.parse(JSON.stringify(old.tracker.snapshot()))
      const tracker = availabilityTracker({ clock, accounting: rules, restore })
      const passed = dice.roll(5)
      old.clock.time += passed
      clock.time += passed
      const fact = factOf(dice, then + passed)
      old.tracker.record(eventOf(fact))
      // Monotonic time began anew.
      const moved: Fact =
        'incident' in fact
          ? { ...fact, start: fact.start - then, end: fact.end - then }
          : { ...fact, time: fact.time - then }
      tracker.record(eventOf(moved))
      const { outages, openStart, ...before } = shown(old.tracker.report())
      const { outages: later, openStart: opened, ...after } = shown(tracker.report())
      same(after, before)
      same(opened === null ? null : opened + then, openStart)
      same(
        later.map(({ start, end, net }) => [start + then, end + then, net]),
        outages.map(({ start, end, net }) => [start, end, net]),
      )
    })
  })

  it('read late is what it would have been read at once', () => {
    streams(1500, (dice) => {
      const rules = rulesOf(dice)
      const story = begin(rules)
      tell(dice, story)
      const window = windowOf(dice, story.clock.time)
      const other = dice.roll(3) === 0 ? rulesOf(dice) : rules
      const [late, soon] = [0, 0].map(() => story.tracker.report({ component: 'x', window, accounting: other }))
      const read = JSON.stringify(soon)
      tell(dice, story, () => story.tracker.report())
      story.tracker.record({ component: 'x', start: dice.roll(5), end: 5 + dice.roll(20), detected: 6, reason: 'late' })
      story.tracker.report()
      same(JSON.stringify(late), read)
    })
  })

  it('does not depend on what was asked before', () => {
    streams(500, (dice) => {
      const rules = rulesOf(dice)
      const [one, other] = [begin(rules), begin(rules)]
      for (let step = 20 + dice.roll(20); step > 0; step--) {
        one.clock.time += dice.roll(4)
        other.clock.time = one.clock.time
        const fact = factOf(dice, one.clock.time)
        one.tracker.record(eventOf(fact))
        other.tracker.record(eventOf(fact))
        if (dice.roll(2) === 0) one.tracker.report()
      }
      const fields = (report: Report): string => JSON.stringify(report)
      expect(fields(one.tracker.report()) === fields(other.tracker.report())).toBe(true)
    })
  })
})
