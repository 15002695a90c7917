/** A probe against its model, in random interleavings on the virtual clock. */
import fc from 'fast-check'
import { availabilityTracker, type ComponentState } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { runs } from '../effort.ts'
import { type Kind, type ModelOptions, ProbeModel } from './probe-model.ts'

type Command =
  | { readonly do: 'become' | 'release'; readonly kind: Kind }
  | { readonly do: 'advance' | 'suspend' | 'stepBack'; readonly ms: number }
  | { readonly do: 'stop' }

const ends: readonly Kind[] = ['up', 'fine', 'degraded', 'down', 'false', 'throws', 'rejects', 'maintenance', 'unknown']
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('become' as const),
      kind: fc.constantFrom<Kind>(...ends, 'hangs', 'fine', 'false', 'degraded'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('release' as const), kind: fc.constantFrom(...ends) }) },
  {
    weight: 9,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 5, 10, 17, 30, 60, 100) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('suspend' as const, 'stepBack' as const),
      ms: fc.constantFrom(5000, 90_000),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'stop' as const }) },
)
const options: fc.Arbitrary<ModelOptions> = fc
  .record({
    every: fc.constantFrom(10, 20),
    fast: fc.constantFrom(3, 10),
    timeout: fc.constantFrom(1, 4, 10, 15, 80),
    rise: fc.integer({ min: 1, max: 3 }),
    fall: fc.integer({ min: 1, max: 3 }),
  })
  .map((given) => ({ ...given, fast: Math.min(given.fast, given.every) }))

/** What the check does: `end` is called with it when it ends. */
function outcome(kind: Kind): unknown {
  if (kind === 'throws') throw new Error('at once')
  if (kind === 'rejects') return Promise.reject(new Error('later'))
  if (kind === 'false') return false
  return kind === 'fine' ? { status: 200 } : kind
}

describe('a probe', () => {
  it('does what its model does', async () => {
    await fc.assert(
      fc.asyncProperty(options, fc.array(command, { minLength: 5, maxLength: 60 }), async (given, commands) => {
        const clock = virtualClock({ wall: 1e9 })
        const tracker = availabilityTracker({ clock, clockTolerance: '1s', accounting: { degraded: 'up' } })
        const model = new ProbeModel(given)
        const starts: number[] = []
        let kind: Kind = 'fine'
        let running = 0
        let most = 0
        let release: ((kind: Kind) => void) | undefined
        const probing = tracker.probe(
          'x',
          async () => {
            starts.push(clock.now())
            most = Math.max(most, ++running)
            try {
              if (kind !== 'hangs') return outcome(kind)
              return outcome(await new Promise<Kind>((resolve) => (release = resolve)))
            } finally {
              running--
            }
          },
          { ...given, jitter: 0 },
        )
        await clock.advance(0)
        let stopped = false
        for (const step of commands) {
          if (step.do === 'become') {
            kind = step.kind
            model.kind = step.kind
          } else if (step.do === 'advance') {
            await clock.advance(step.ms)
            model.advance(step.ms)
          } else if (step.do === 'suspend') clock.suspend(step.ms)
          else if (step.do === 'stepBack') clock.stepWall(-step.ms)
          else if (step.do === 'release') {
            release?.(step.kind)
            release = undefined
            await clock.advance(0)
            model.release(step.kind)
          } else {
            if (stopped) continue
            stopped = true
            probing.stop()
            model.stop()
          }
          model.settle(clock.now())
          const timeline = tracker.timeline('x')
          for (let ms = 0; ms <= clock.now(); ms++) {
            const found = timeline.findLast(({ time }) => time <= ms)?.state ?? ('unknown' as ComponentState)
            expect(found, `at ${ms}`).toBe(model.at(ms))
          }
          expect(tracker.state('x')).toBe(model.at(clock.now()))
        }
        expect(starts).toEqual(model.starts)
        expect(most).toBeLessThanOrEqual(1)
        for (const { start, detected } of tracker.report().outages) {
          if (model.detections.has(start)) expect(detected).toBe(model.detections.get(start))
        }
        tracker.close()
        expect(clock.pending).toBe(0)
      }),
      { numRuns: runs(300) },
    )
  }, 60_000)
})
