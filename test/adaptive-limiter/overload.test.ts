import { adaptiveLimiter, CircuitOpenError, TimeoutError, type Verdict } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { overloaded } from '../../src/adaptive-limiter/overloaded.ts'
import { ended } from '../composition/deferred.ts'

/** What the limiter makes of one outcome: samples, and those of them that say overload. */
async function made(outcome: () => unknown, when?: () => Verdict) {
  const clock = virtualClock()
  const windows: { samples: number; drops: number }[] = []
  const limiter = adaptiveLimiter({
    window: { every: 10, samples: 1 },
    algorithm: {
      update: (limit, { samples, drops }) => {
        windows.push({ samples, drops })
        return limit
      },
    },
    ...(when === undefined ? {} : { when }),
    clock,
  })
  const faults: string[] = []
  limiter.on('fault', ({ source }) => faults.push(source))
  await ended(limiter.execute(outcome))
  await clock.advance(10)
  await ended(limiter.execute(outcome))
  return { ...windows[0], faults }
}

describe('without when', () => {
  it.each([
    ['a value', () => 1, 2, 0],
    ['nothing', () => undefined, 2, 0],
    ['an answer of 503', () => ({ status: 503, headers: {} }), 2, 2],
    ['an error of 429', () => Promise.reject({ status: 429 }), 2, 2],
    ['a timeout of this library', () => Promise.reject(new TimeoutError('t', 1)), 2, 2],
    ['a timeout of a signal', () => Promise.reject(new DOMException('late', 'TimeoutError')), 2, 2],
  ])('%s counts', async (_, outcome, samples, drops) => {
    expect(await made(outcome)).toEqual({ samples, drops, faults: [] })
  })

  it.each([
    ['another error', new Error('not found')],
    ['no error', 'a string'],
    ['null', null],
    ['a rejection of a policy inside', new CircuitOpenError('open', 'breaker')],
  ])('%s does not count', async (_, error) => {
    expect(await made(() => Promise.reject(error))).toEqual({ faults: [] })
  })

  it('takes an error whose getter throws for another error', () => {
    const hostile = {
      get name(): string {
        throw new Error('a getter')
      },
    }
    expect(overloaded(false, hostile)).toBe(false)
  })
})

describe('when', () => {
  it('decides about values and errors alike', async () => {
    expect(
      await made(
        () => 1,
        () => true,
      ),
    ).toEqual({ samples: 2, drops: 2, faults: [] })
    expect(
      await made(
        () => Promise.reject(new Error('busy')),
        () => true,
      ),
    ).toEqual({ samples: 2, drops: 2, faults: [] })
    expect(
      await made(
        () => Promise.reject({ status: 503 }),
        () => false,
      ),
    ).toEqual({ faults: [] })
    expect(
      await made(
        () => 1,
        () => 'ignore',
      ),
    ).toEqual({ faults: [] })
  })

  it('is a fault where it throws, and the outcome counts as without it', async () => {
    const failing = () => {
      throw new Error('when')
    }
    expect(await made(() => 1, failing)).toEqual({ samples: 2, drops: 0, faults: ['when', 'when'] })
  })

  it('makes a value that says overload a failed call', async () => {
    const limiter = adaptiveLimiter({ when: () => true, clock: virtualClock() })
    const oks: boolean[] = []
    limiter.on('call', ({ ok }) => oks.push(ok))
    await limiter.execute(() => 1)
    expect(oks).toEqual([false])
  })
})
