import fc from 'fast-check'
import type { ComponentState } from 'holdfast/availability'
import { healthEndpoints } from 'holdfast/health'
import { describe, expect, it } from 'vitest'

const states: readonly ComponentState[] = ['up', 'degraded', 'down', 'maintenance', 'unknown']
const part = fc.record({ state: fc.constantFrom(...states), optional: fc.boolean() })
const parts = fc.array(part, { maxLength: 6 })
const unknown = fc.constantFrom('ready' as const, 'unready' as const)
type HealthPart = { readonly state: ComponentState; readonly optional: boolean }

/** The status of a service with these parts; half of them are components of a tracker, half are checks. */
function statusOf(given: readonly HealthPart[], option: 'ready' | 'unready' = 'ready') {
  const names = given.map((_, i) => `part-${i}`)
  const [components, checks] = [names.filter((_, i) => i % 2 === 0), names.filter((_, i) => i % 2 === 1)]
  const stateOf = (name: string) => given[names.indexOf(name)]?.state as ComponentState
  return healthEndpoints({
    tracker: { state: stateOf },
    components,
    checks: Object.fromEntries(checks.map((name) => [name, () => stateOf(name)])),
    optional: names.filter((_, i) => given[i]?.optional),
    unknown: option,
  }).status()
}

const rank = (status: string) => ['pass', 'warn', 'fail'].indexOf(status)

describe('the combined status', () => {
  it('fails if a required part is down, passes if all are up, else warns', async () => {
    await fc.assert(
      fc.asyncProperty(parts, unknown, async (given, option) => {
        const stops = ({ state, optional }: HealthPart) =>
          !optional && ['down', 'maintenance', ...(option === 'unready' ? ['unknown'] : [])].includes(state)
        const wanted = given.some(stops) ? 'fail' : given.every(({ state }) => state === 'up') ? 'pass' : 'warn'

        expect(await statusOf(given, option)).toBe(wanted)
      }),
    )
  })

  it('is the worst of any two halves, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(parts, parts, unknown, async (a, b, option) => {
        const both = await statusOf([...a, ...b], option)

        expect(rank(both)).toBe(Math.max(rank(await statusOf(a, option)), rank(await statusOf(b, option))))
        expect(await statusOf([...b, ...a].reverse(), option)).toBe(both)
        expect(await statusOf([...a, ...a, ...b], option)).toBe(both)
      }),
    )
  })

  it('never fails because of an optional part, and does not improve when a part becomes required', async () => {
    await fc.assert(
      fc.asyncProperty(parts, unknown, async (given, option) => {
        const spared = given.map((each) => ({ ...each, optional: true }))
        const needed = given.map((each) => ({ ...each, optional: false }))

        expect(await statusOf(spared, option)).not.toBe('fail')
        expect(rank(await statusOf(given, option))).toBeGreaterThanOrEqual(rank(await statusOf(spared, option)))
        expect(rank(await statusOf(needed, option))).toBeGreaterThanOrEqual(rank(await statusOf(given, option)))
      }),
    )
  })

  it('does not improve when unknown parts count as unready', async () => {
    await fc.assert(
      fc.asyncProperty(parts, async (given) => {
        const known = given.filter(({ state }) => state !== 'unknown')

        expect(rank(await statusOf(given, 'unready'))).toBeGreaterThanOrEqual(rank(await statusOf(given, 'ready')))
        expect(await statusOf(known, 'unready')).toBe(await statusOf(known, 'ready'))
      }),
    )
  })
})
