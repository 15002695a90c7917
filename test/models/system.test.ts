/** The timeline of a system against a naive evaluation, instant by instant, of random structures of random timelines. */
import fc from 'fast-check'
import {
  availabilityTracker,
  type Block,
  component,
  kOfN,
  type ComponentState as State,
  soft,
} from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { statesUntil, type Told } from '../availability/naive.ts'
import { runs } from '../effort.ts'

type Shape = string | { readonly needed: number; readonly of: readonly Shape[] } | { readonly soft: Shape }

const names = ['a', 'b', 'c', 'd', 'e']
const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: fc.constantFrom(...names) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.array(tie('shape'), { minLength: 1, maxLength: 4 }), fc.nat(3))
        .map(([of, nat]) => ({ needed: 1 + (nat % of.length), of })),
    },
    { weight: 1, arbitrary: tie('shape').map((soft) => ({ soft })) },
  ),
}))

/** One that needs something hard: then nothing known is nothing said. */
const hard = fc
  .tuple(fc.constantFrom(...names), fc.array(shape, { maxLength: 3 }))
  .map(([name, more]): Shape => ({ needed: more.length + 1, of: [name, ...more] }))

function blockOf(given: Shape): Block {
  if (typeof given === 'string') return component(given)
  if ('soft' in given) return soft(blockOf(given.soft))
  return kOfN(given.needed, given.of.map(blockOf))
}

/** By the words of the page: three-valued logic, asked question by question. */
function naive(given: Shape, stateOf: (name: string) => State): State {
  if (typeof given === 'string') return stateOf(given)
  if ('soft' in given) {
    const state = naive(given.soft, stateOf)
    return state === 'up' || state === 'unknown' ? 'up' : 'degraded'
  }
  const states = given.of.map((part) => naive(part, stateOf))
  const count = (...wanted: State[]): number => states.filter((state) => wanted.includes(state)).length
  const { needed } = given
  if (count('up') >= needed) return 'up'
  if (count('up', 'degraded') >= needed) return 'degraded'
  if (states.length - count('down', 'maintenance') >= needed) return 'unknown'
  return states.length - count('down') >= needed ? 'maintenance' : 'down'
}

const now = 60
const states: readonly State[] = ['up', 'degraded', 'down', 'maintenance', 'unknown']
const events = fc.array(
  fc.record({
    name: fc.constantFrom(...names),
    late: fc.oneof(fc.constant(0), fc.constant(0), fc.nat(now)),
    state: fc.constantFrom(...states),
    wait: fc.nat(4),
  }),
  { maxLength: 30 },
)

describe('a system', () => {
  it('is at every instant what its parts are, whatever comes late', async () => {
    await fc.assert(
      fc.asyncProperty(hard, hard, events, fc.nat(20), async (given, other, told, joins) => {
        const clock = virtualClock()
        const tracker = availabilityTracker({ clock })
        const taken = new Map<string, Told[]>(names.map((name) => [name, []]))
        const nested: Shape = { needed: 1, of: [given, other] }
        const open = (): void => {
          tracker.system('low', blockOf(given))
          tracker.system('top', kOfN(1, [component('low'), blockOf(other)]))
        }
        for (const [seq, { name, late, state, wait }] of told.entries()) {
          if (seq === joins) open()
          await clock.advance(wait)
          const time = Math.max(0, clock.now() - late)
          tracker.record({ component: name, state, time, seq })
          taken.get(name)?.push({ time, state, seq })
        }
        if (told.length <= joins) open()
        await clock.advance(1)

        const parts = new Map([...taken].map(([name, list]) => [name, statesUntil(list, clock.now())]))
        for (const [system, structure] of [
          ['low', given],
          ['top', nested],
        ] as const) {
          const timeline = tracker.timeline(system)
          for (let ms = 0; ms < clock.now(); ms++) {
            const found = timeline.findLast(({ time }) => time <= ms)?.state ?? 'unknown'
            expect(found, `${system} at ${ms}`).toBe(naive(structure, (name) => parts.get(name)?.[ms] as State))
          }
          expect(tracker.state(system)).toBe(naive(structure, (name) => parts.get(name)?.at(-1) as State))
        }
      }),
      { numRuns: runs(500) },
    )
  }, 60_000)
})
