import fc from 'fast-check'
import { burnTiers } from 'holdfast/objectives'
import { describe, expect, it } from 'vitest'
import { Firing } from '../../src/objectives/firing.ts'

const burn = fc.oneof(fc.constantFrom(null, 0, 10, 10 * (1 + 1e-12)), fc.double({ min: 0, max: 20, noNaN: true }))
const seen = fc.record({ wait: fc.integer({ min: 0, max: 40 }), long: burn, short: burn, enough: fc.boolean() })

type Seen = {
  readonly now: number
  readonly long: number | null
  readonly short: number | null
  readonly enough: boolean
}

const above = (burn: number | null): boolean => burn !== null && burn > 10.0000001
const burning = ({ long, short, enough }: Seen): boolean => enough && above(long) && above(short)
const over = ({ long, short }: Seen): boolean => !above(short ?? long)

/** How long a condition has held without a break, looking back from the latest of `history`; undefined where it does not. */
function heldFor(history: readonly Seen[], holds: (seen: Seen) => boolean): number | undefined {
  const breaks = history.findLastIndex((seen) => !holds(seen))
  const first = history[breaks + 1]
  return first === undefined ? undefined : (history.at(-1) as Seen).now - first.now
}

describe('a tier', () => {
  it('starts after `for` and ends after `hold`, counted from its latest change', () => {
    const property = fc.property(fc.array(seen), fc.nat(60), fc.nat(60), (steps, wait, hold) => {
      const [tier] = burnTiers('30d', 0.99, { tiers: [{ name: 'a', factor: 10, long: '1h', for: wait, hold }] }).tiers
      const firing = new Firing(tier as NonNullable<typeof tier>)
      let history: Seen[] = []
      let now = 0
      let fires = false
      for (const step of steps) {
        now += step.wait
        history.push({ now, ...step })
        const held = heldFor(history, fires ? over : burning)
        const changes = held !== undefined && held >= (fires ? hold : wait)
        expect(firing.update(now, step.long, step.short, step.enough)).toBe(
          changes ? (fires ? 'end' : 'start') : undefined,
        )
        if (changes) {
          fires = !fires
          history = []
        }
        expect(firing.firing).toBe(fires)
        expect(firing.since === undefined).toBe(!fires)
      }
    })
    fc.assert(property, { numRuns: 500 })
  })
})
