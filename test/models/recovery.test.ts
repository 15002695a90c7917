/**
 * Recovery in random interleavings: never two attempts at once, an end for each beginning, none for a component that
 * serves, and nothing left in the end.
 */
import fc from 'fast-check'
import { availabilityTracker, type RecoveryContext } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { runs } from '../effort.ts'

type Command =
  | { readonly do: 'serve'; readonly up: boolean }
  | { readonly do: 'settle'; readonly how: 'ok' | 'helps' | 'false' | 'throws' }
  | {
      readonly do: 'tell'
      readonly state: 'up' | 'degraded' | 'down' | 'maintenance' | 'unknown'
      readonly late: number
    }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'stepBack'; readonly ms: number }

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('serve' as const), up: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      how: fc.constantFrom('ok' as const, 'helps' as const, 'false' as const, 'throws' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('tell' as const),
      state: fc.constantFrom(
        'up' as const,
        'degraded' as const,
        'down' as const,
        'maintenance' as const,
        'unknown' as const,
      ),
      late: fc.nat(30),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 9, 10, 25, 50, 120) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stepBack' as const), ms: fc.constant(9000) }) },
)
const rules = fc.record({
  after: fc.constantFrom(0, 30),
  backoff: fc.constantFrom(0, 20, 60),
  limit: fc.constantFrom(1, 2, Number.POSITIVE_INFINITY),
  timeout: fc.constantFrom(5, 40, 1000),
})

describe('a recovery', () => {
  it('keeps its promises', async () => {
    await fc.assert(
      fc.asyncProperty(rules, fc.array(command, { minLength: 5, maxLength: 50 }), async (given, commands) => {
        const clock = virtualClock({ wall: 1e9 })
        const tracker = availabilityTracker({ clock })
        let up = true
        let running = 0
        let most = 0
        let inOutage = 0
        let gaveUp = false
        let outage = -1
        let again = false
        const wrong: string[] = []
        const began: number[] = []
        const ended: number[] = []
        const contexts: RecoveryContext[] = []
        const work: ((how: string) => void)[] = []
        tracker.on('recoveryStart', ({ attempt }) => {
          if (tracker.state('x') !== 'down') wrong.push(`began while ${tracker.state('x')}`)
          // An outage that was taken back and told again goes on, unless it was seen to be over.
          if (again && attempt === 1) {
            inOutage = 0
            gaveUp = false
          }
          if (gaveUp) wrong.push('began after giving up')
          if (attempt !== ++inOutage) wrong.push(`attempt ${attempt}, not ${inOutage}`)
          if (attempt > given.limit) wrong.push('beyond the limit')
          if (began.length !== ended.length) wrong.push('began before the end of the one before')
          began.push(clock.now())
        })
        tracker.on('recoveryEnd', ({ duration, ok }) => {
          ended.push(clock.now())
          const start = began.at(-1) as number
          if (duration !== clock.now() - start || duration > given.timeout) wrong.push(`took ${duration}`)
          if (ok && contexts.at(-1)?.signal.aborted) wrong.push('a success that was aborted')
        })
        tracker.on('recoveryGiveUp', () => {
          gaveUp = true
        })
        tracker.on('outageStart', ({ start }) => {
          if (start !== outage) {
            inOutage = 0
            gaveUp = false
          }
          again = start === outage
          outage = start
        })
        tracker.on('fault', ({ source, error }) => wrong.push(`${source}: ${error}`))
        const run = async (context: RecoveryContext): Promise<unknown> => {
          contexts.push(context)
          most = Math.max(most, ++running)
          try {
            const how = await new Promise<string>((resolve) => work.push(resolve))
            if (how === 'helps') up = true
            if (how === 'throws') throw new Error('no')
            return how !== 'false'
          } finally {
            running--
          }
        }
        tracker.probe('x', () => up, { every: 10, jitter: 0, rise: 2, fall: 2, recover: { ...given, run } })
        for (const step of commands) {
          if (step.do === 'serve') up = step.up
          else if (step.do === 'advance') await clock.advance(step.ms)
          else if (step.do === 'stepBack') clock.stepWall(-step.ms)
          else if (step.do === 'tell') {
            tracker.component('x')[step.state]({ time: Math.max(0, clock.now() - step.late) })
          } else {
            work.shift()?.(step.how)
            await clock.advance(0)
          }
          const state = tracker.state('x')
          const active = began.length > ended.length
          if (active && state !== 'down' && state !== 'unknown') wrong.push(`goes on while ${state}`)
          if (!active && contexts.at(-1)?.signal.aborted === false && running > 0) wrong.push('was not told to end')
        }
        expect(wrong).toEqual([])
        expect(most).toBeLessThanOrEqual(1)
        tracker.close()
        expect(ended.length).toBe(began.length)
        expect(clock.pending).toBe(0)
        expect(
          contexts.every(({ signal }, index) => index < contexts.length - 1 || running === 0 || signal.aborted),
        ).toBe(true)
      }),
      { numRuns: runs(1000) },
    )
  }, 60_000)
})
