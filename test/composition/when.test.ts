/** What `when` is asked about, and with what, in every policy that has it. */
import {
  bulkhead,
  type Call,
  type CircuitBreaker,
  circuitBreaker,
  failoverPool,
  fallback,
  type Outcome,
  type Policy,
  pipeline,
  RateLimitedError,
  retry,
  type When,
} from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from './deferred.ts'

const down = new Error('down')
const refused = new RateLimitedError('no permit left', 'remote')

type Rejections = { readonly rejections?: 'ask' }

const factories: Readonly<Record<string, (when: When, more?: Rejections) => Policy>> = {
  retry: (when, more) => retry({ retries: 1, backoff: 0, when, ...more }),
  circuitBreaker: (when, more) => circuitBreaker({ when, ...more }),
  failoverPool: (when, more) => failoverPool(['a', 'b'], { when, ...more }) as unknown as Policy,
  fallback: (when) => fallback({ value: 'instead' as unknown, when }) as unknown as Policy,
}

describe('when', () => {
  for (const [name, make] of Object.entries(factories)) {
    it(`of ${name} receives the outcome and its call`, async () => {
      const asked: [Outcome, Call][] = []
      const seen: Call[] = []
      const policy = make((outcome, call) => {
        asked.push([outcome, call])
        return false
      })
      const { signal } = new AbortController()
      const operation = (call: Call) => {
        seen.push(call)
        return call.attempt === 1 ? 'fine' : 'again'
      }
      await policy.execute(operation, { key: 'k', priority: 2, idempotent: false, signal })
      expect(asked).toHaveLength(1)
      const [outcome, call] = asked[0] as [Outcome, Call]
      expect(outcome).toEqual({ ok: true, value: 'fine' })
      expect([call.key, call.priority, call.idempotent, call.attempt]).toEqual(['k', 2, false, 1])
      expect(call.signal.aborted).toBe(false)
    })

    it(`of ${name} is not called for an abort of the caller`, async () => {
      let asked = 0
      const policy = make(() => {
        asked++
        return true
      })
      const controller = new AbortController()
      const left = ended(policy.execute(() => new Promise(() => {}), { signal: controller.signal }))
      controller.abort(down)
      expect(await left).toEqual({ ok: false, error: down })
      expect(asked).toBe(0)
    })

    it(`of ${name} is called for rejections only as documented`, async () => {
      let asked = 0
      const count = () => {
        asked++
        return false
      }
      await ended(make(count).execute(() => Promise.reject(refused)))
      expect(asked > 0).toBe(name === 'fallback')
      asked = 0
      await ended(make(count, { rejections: 'ask' }).execute(() => Promise.reject(refused)))
      expect(asked).toBeGreaterThan(0)
    })
  }

  it('receives the number of the attempt it judges, inside and outside of a retry', async () => {
    const clock = virtualClock()
    const attempts: [string, number][] = []
    const noting = (name: string) => (outcome: Outcome, call: Call) => {
      attempts.push([name, call.attempt])
      return !outcome.ok
    }
    const all = pipeline(
      { clock },
      circuitBreaker({ consecutiveFailures: 9, when: noting('outer') }),
      retry({ retries: 2, backoff: 1, when: noting('retry') }),
      circuitBreaker({ consecutiveFailures: 9, when: noting('inner') }),
    )
    await clock.settle(all.execute(scripted(down, down, 'fine')))
    expect(attempts).toEqual([
      ['inner', 1],
      ['retry', 1],
      ['inner', 2],
      ['retry', 2],
      ['inner', 3],
      ['retry', 3],
      ['outer', 3],
    ])
  })

  it('for a status code does not disable failing fast', async () => {
    const clock = virtualClock()
    const status = (outcome: Outcome<number>) => !outcome.ok || outcome.value >= 500
    const breaker: CircuitBreaker<number> = circuitBreaker({ consecutiveFailures: 1, openFor: '1m', when: status })
    const again = retry<number>({ retries: 3, backoff: 0, when: status })
    const { of } = recorder(again)
    const all = pipeline({ clock }, again, breaker)
    expect(await clock.settle(all.execute(() => 503))).toBe(503)
    expect(of('retry')).toHaveLength(1)
    expect(of('giveUp')).toMatchObject([{ reason: 'rejected', rejection: { code: 'HF_CIRCUIT_OPEN' } }])
    const refusals = retry<number>({ retries: 3, backoff: 0, when: status, rejections: 'ask' })
    const told = recorder(refusals)
    await clock.settle(ended(pipeline({ clock }, refusals, bulkhead(0)).execute(() => 200)))
    expect(told.of('retry')).toHaveLength(3)
  })

  it("is required by `rejections: 'ask'`", () => {
    for (const [name, make] of Object.entries({
      retry: () => retry({ rejections: 'ask' }),
      circuitBreaker: () => circuitBreaker({ rejections: 'ask' }),
      failoverPool: () => failoverPool(['a'], { rejections: 'ask' }),
    })) {
      expect(make).toThrow(`${name}: when must be given with rejections, got undefined`)
    }
  })
})
