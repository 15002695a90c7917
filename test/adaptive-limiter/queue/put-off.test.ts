/** A deadline that calls which join a flight put off: who waits in the queue for the flight waits on. */
import { adaptiveLimiter, pipeline, singleFlight, timeout } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../../composition/deferred.ts'

const full = (options: Partial<Parameters<typeof adaptiveLimiter>[0]> = {}) => {
  const clock = virtualClock()
  const limiter = adaptiveLimiter({ initial: 1, max: 1, queue: 5, order: 'fifo', ...options })
  const read = pipeline({ clock }, singleFlight(), limiter)
  const gate = deferred<string>()
  const first = read.execute(() => gate.promise, { key: 'first' })
  return { clock, limiter, read, gate, first }
}

describe('the wait of a flight in the queue of an adaptive limiter', () => {
  it('goes on for members that have more time than its leader', async () => {
    const { clock, limiter, read, gate, first } = full()
    const leader = ended(read.execute(() => 'read', { key: 'a', deadline: 50 }))
    const joiner = ended(read.execute(() => 'not run', { key: 'a', deadline: 200 }))
    await clock.advance(100)
    expect(await leader).toMatchObject({ ok: false })
    expect(limiter.queued).toBe(1)

    gate.resolve('done')
    await first
    expect(await joiner).toMatchObject({ ok: true, value: 'read' })
    expect(clock.pending).toBe(0)
  })

  it('ends when the last member has no more time', async () => {
    const { clock, limiter, read, gate, first } = full()
    const leader = ended(read.execute(() => 'not run', { key: 'a', deadline: 50 }))
    const joiner = ended(read.execute(() => 'not run', { key: 'a', deadline: 200 }))
    await clock.advance(200)
    expect([(await leader).ok, (await joiner).ok, limiter.queued]).toEqual([false, false, 0])

    gate.resolve('done')
    await first
    expect(clock.pending).toBe(0)
  })

  it('goes on without an end where a member has no deadline', async () => {
    const { clock, limiter, read, gate, first } = full()
    void ended(read.execute(() => 'read', { key: 'a', deadline: 50 }))
    const joiner = ended(read.execute(() => 'not run', { key: 'a' }))
    await clock.advance(10_000)
    expect(limiter.queued).toBe(1)

    gate.resolve('done')
    await first
    expect(await joiner).toMatchObject({ ok: true, value: 'read' })
  })

  it('ends by maxWait, which nothing puts off', async () => {
    const { clock, read, gate, first } = full({ maxWait: 120 })
    void ended(read.execute(() => 'not run', { key: 'a', deadline: 50 }))
    const joiner = ended(read.execute(() => 'not run', { key: 'a', deadline: 1000 }))
    await clock.advance(120)
    expect(await joiner).toMatchObject({ ok: false, error: { code: 'HF_LIMIT_REACHED', reason: 'maxWait' } })

    gate.resolve('done')
    await first
    expect(clock.pending).toBe(0)
  })

  it('ends at its deadline where the timeout that set it is on another clock, which is stopped', async () => {
    const [clock, stopped] = [virtualClock(), virtualClock()]
    const limiter = adaptiveLimiter({ initial: 1, max: 1, queue: 5, order: 'fifo' })
    const read = pipeline({ clock }, timeout({ after: 50, clock: stopped }), singleFlight(), limiter)
    const gate = deferred<string>()
    const first = ended(read.execute(() => gate.promise, { key: 'first' }))
    const call = ended(read.execute(() => 'not run', { key: 'a' }))
    await clock.advance(50)
    expect(await call).toMatchObject({ ok: false, error: { code: 'HF_LIMIT_REACHED', reason: 'deadline' } })

    gate.resolve('done')
    await first
    expect(clock.pending).toBe(0)
  })
})
