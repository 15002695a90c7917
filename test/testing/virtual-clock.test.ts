import fc from 'fast-check'
import { retry, timeout } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { Alarm } from '../../src/core/timer.ts'
import { deferred, ended } from '../composition/deferred.ts'

describe('virtualClock', () => {
  it('runs due timers in order, and promises settle between them', async () => {
    const clock = virtualClock()
    const order: string[] = []
    for (const [name, after] of [
      ['c', 20],
      ['a', 10],
      ['d', 20],
      ['b', 10],
    ] as const) {
      clock.schedule(
        new Alarm(() => {
          order.push(name)
          void Promise.resolve().then(() => order.push(`then ${name}`))
        }),
        after,
      )
    }
    expect(clock.pending).toBe(4)
    await clock.advance(15)
    expect([clock.now(), clock.pending]).toEqual([15, 2])
    await clock.advance('1s')
    expect(order).toEqual(['a', 'then a', 'b', 'then b', 'c', 'then c', 'd', 'then d'])
    expect(clock.now()).toBe(1015)
  })

  it('runs timers that a timer schedules within the same advance', async () => {
    const clock = virtualClock()
    const at: number[] = []
    const again = (): void => {
      at.push(clock.now())
      if (at.length < 3) clock.schedule(new Alarm(again), 10)
    }
    clock.schedule(new Alarm(again), 10)
    await clock.advance(100)
    expect(at).toEqual([10, 20, 30])
  })

  it('settles a promise by turning time forward only as far as needed', async () => {
    const clock = virtualClock()
    const slow = timeout({ after: '1h', clock }).execute(() => new Promise(() => {}))
    await expect(clock.settle(slow)).rejects.toMatchObject({ code: 'HF_TIMEOUT' })
    expect(clock.now()).toBe(3_600_000)
    expect(await clock.settle(Promise.resolve(5))).toBe(5)
  })

  it('fails to settle a promise while no timer is scheduled', async () => {
    const clock = virtualClock()
    await expect(clock.settle(new Promise(() => {}))).rejects.toThrow('no timer is scheduled')
  })

  it('never moves backwards, in any mix of calls at once', async () => {
    const clock = virtualClock()
    await Promise.all([clock.advance(10), clock.advance(5)])
    expect(clock.now()).toBe(10)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ settle: fc.boolean(), ms: fc.nat(50) }), { maxLength: 6 }),
        fc.array(fc.nat(60), { maxLength: 6 }),
        async (moves, timers) => {
          const clock = virtualClock()
          const seen: number[] = []
          const rings = timers.map((after) => {
            return new Promise<void>((resolve) => {
              const ring = () => {
                seen.push(clock.now())
                resolve()
              }
              clock.schedule(new Alarm(ring), after)
            })
          })
          const ends = moves.map(async ({ settle, ms }, i) => {
            const from = clock.now()
            const ring = rings[i]
            if (settle && ring !== undefined) await clock.settle(ring)
            else {
              await clock.advance(ms)
              expect(clock.now()).toBeGreaterThanOrEqual(from + ms)
            }
            seen.push(clock.now())
          })
          await Promise.all(ends)
          expect(seen).toEqual([...seen].sort((a, b) => a - b))
        },
      ),
      { numRuns: 100 },
    )
  })

  it('may be moved by its own timers', async () => {
    const clock = virtualClock()
    const again = retry({ retries: 1, backoff: '1m', clock })
    const call = again.execute(async ({ attempt }) => {
      if (attempt === 1) throw new Error('once')
      await clock.advance('1s')
    })
    const settled = clock.settle(call)
    await clock.advance('1s')
    await settled
    expect(clock.now()).toBe(61_000)
  })

  it('fails to settle a promise beside background timers alone', async () => {
    const clock = virtualClock()
    const alarm = new Alarm(() => clock.schedule(alarm, 1000), true)
    clock.schedule(alarm, 1000)
    await expect(clock.settle(new Promise(() => {}))).rejects.toThrow('nothing but background timers is scheduled')
    // What a timer of another kind will settle may take as many of them as it likes.
    const { promise, resolve } = deferred<string>()
    clock.schedule(new Alarm(() => resolve('later')), 30_000_000)
    expect(await clock.settle(promise)).toBe('later')
  })

  it('keeps moving under endless tries without a wait', async () => {
    const clock = virtualClock()
    const again = retry({ retries: Number.POSITIVE_INFINITY, backoff: 0, clock })
    const left = ended(again.execute(() => Promise.reject(new Error('down')), { deadline: 50 }))
    await clock.advance(20)
    expect(clock.now()).toBe(20)
    expect(await clock.settle(left)).toMatchObject({ ok: false })
  })

  it('cancels timers, only its own and scheduled ones', async () => {
    const clock = virtualClock()
    let rang = 0
    const alarm = new Alarm(() => rang++)
    clock.schedule(alarm, 5)
    virtualClock().cancel(alarm)
    expect(clock.pending).toBe(1)
    clock.cancel(alarm)
    clock.cancel(alarm)
    await clock.advance(10)
    expect([rang, clock.pending]).toEqual([0, 0])
  })

  it('runs any timers, some cancelled, as a sorted list would', async () => {
    const steps = fc.array(fc.record({ after: fc.integer({ min: 0, max: 9 }), cancels: fc.option(fc.nat(40)) }))
    await fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const clock = virtualClock()
        const rang: number[] = []
        const alarms = plan.map((_, i) => new Alarm(() => rang.push(i)))
        let expected: { readonly i: number; readonly at: number }[] = []
        for (const [i, { after, cancels }] of plan.entries()) {
          clock.schedule(alarms[i] as Alarm, after)
          expected.push({ i, at: after })
          if (cancels === null || cancels > i) continue
          clock.cancel(alarms[cancels] as Alarm)
          expected = expected.filter((each) => each.i !== cancels)
        }
        expect(clock.pending).toBe(expected.length)
        await clock.advance(10)
        expect(rang).toEqual(expected.toSorted((a, b) => a.at - b.at).map(({ i }) => i))
      }),
      { numRuns: 200 },
    )
  })

  it('keeps wall time separate: steps and suspends', async () => {
    const clock = virtualClock({ wall: 1000 })
    await clock.advance(10)
    clock.stepWall(-500)
    expect([clock.now(), clock.wall()]).toEqual([10, 510])
    clock.suspend('1s')
    expect([clock.now(), clock.wall()]).toEqual([10, 1510])
  })

  it('refuses wrong times', async () => {
    const clock = virtualClock()
    await expect(clock.advance(-1)).rejects.toThrow('virtualClock: advance must be a duration >= 0, got -1')
    expect(() => clock.suspend('soon' as never)).toThrow('virtualClock: suspend must be a duration >= 0, got "soon"')
    expect(() => clock.stepWall(Number.NaN)).toThrow('virtualClock: stepWall must be a finite number of ms, got NaN')
  })
})
