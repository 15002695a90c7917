import { bulkhead, pipeline, policy, retry, timeout } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { type Deferred, deferred, ended } from '../composition/deferred.ts'

const gates = (count: number): readonly Deferred<unknown>[] => Array.from({ length: count }, () => deferred())
const flush = () => virtualClock().advance(0)

describe('bulkhead', () => {
  it('admits `limit` at once and refuses the rest, before execute returns', async () => {
    const few = bulkhead(2)
    const { of } = recorder(few)
    const [a, b] = gates(2)
    const calls = [few.execute(() => a?.promise), few.execute(() => b?.promise)]
    let ran = false
    const third = ended(
      few.execute(() => {
        ran = true
      }),
    )
    expect([few.limit, few.active, few.queued, ran]).toEqual([2, 2, 0, false])
    expect(await third).toMatchObject({
      error: { code: 'HF_BULKHEAD_FULL', policy: 'bulkhead', retryAfter: undefined },
    })
    expect(of('reject')).toMatchObject([{ reason: 'full' }])
    a?.resolve(1)
    b?.resolve(2)
    expect(await Promise.all(calls)).toEqual([1, 2])
    expect(few.active).toBe(0)
  })

  it('admits nothing with limit 0, and what waits waits', async () => {
    const clock = virtualClock()
    const none = bulkhead({ limit: 0, queue: 1, maxWait: 10, clock })
    const waiting = ended(none.execute(() => 'never'))
    expect(none.queued).toBe(1)
    expect(await ended(none.execute(() => 1))).toMatchObject({ error: { code: 'HF_BULKHEAD_FULL' } })
    await clock.advance(10)
    expect(await waiting).toMatchObject({ error: { code: 'HF_BULKHEAD_FULL' } })
  })

  it('starts those that wait in order, before a call that comes in the same turn', async () => {
    const few = bulkhead({ limit: 1, queue: 10 })
    const order: string[] = []
    const gate = deferred()
    const all = [
      few.execute(() => gate.promise),
      ...['second', 'third'].map((name) => few.execute(() => void order.push(name))),
    ]
    gate.resolve(undefined)
    void gate.promise.then(() => all.push(few.execute(() => void order.push('new'))))
    await flush()
    await Promise.all(all)
    expect(order).toEqual(['second', 'third', 'new'])
  })

  it('lets no call overtake the queue while it is being let in', async () => {
    const few = bulkhead({ limit: 3, queue: 10 })
    const order: string[] = []
    const running = gates(3)
    const calls: Promise<unknown>[] = running.map((gate) => few.execute(() => gate.promise))
    const nested = (name: string) => () => {
      order.push(name)
      calls.push(few.execute(() => void order.push(`inside ${name}`)))
      return deferred().promise
    }
    calls.push(ended(few.execute(nested('a'))), ended(few.execute(nested('b'))))
    // Two slots free at once: while `a` is let in, `b` is first in line.
    few.resize(1)
    few.resize(1)
    for (const gate of running) gate.resolve(undefined)
    few.resize(5)
    await flush()
    expect(order).toEqual(['a', 'b', 'inside a', 'inside b'])
  })

  it('emits how many calls wait when one has to', async () => {
    const few = bulkhead({ limit: 1, queue: 2 })
    const { of } = recorder(few)
    const gate = deferred()
    const calls = [few.execute(() => gate.promise), few.execute(() => 1), few.execute(() => 2)]
    expect(of('enqueue')).toMatchObject([{ queued: 1 }, { queued: 2 }])
    gate.resolve(0)
    expect(await Promise.all(calls)).toEqual([0, 1, 2])
    expect(few.queued).toBe(0)
  })

  it('holds a slot until the work has really settled, even if its caller has left', async () => {
    const clock = virtualClock()
    const few = bulkhead({ limit: 1, clock })
    const all = pipeline({ clock }, timeout({ after: 100, name: 'outer' }), few, timeout({ after: 10, name: 'inner' }))
    const controller = new AbortController()
    for (const leave of [() => clock.advance(10), async () => controller.abort()]) {
      const gate = deferred()
      const call = ended(all.execute(() => gate.promise, { signal: controller.signal }))
      await leave()
      expect((await call).ok).toBe(false)
      expect(few.active).toBe(1)
      expect(await ended(few.execute(() => 1))).toMatchObject({ error: { code: 'HF_BULKHEAD_FULL' } })
      gate.reject(new Error('late'))
      await clock.advance(0)
      expect(few.active).toBe(0)
    }
  })

  it('frees the one slot of an admission when every invocation under it has settled', async () => {
    const few = bulkhead(1)
    const [first, second] = gates(2)
    const twice = policy('twice', (_call, next) => {
      void next()
      return next()
    })
    let tries = 0
    const call = pipeline(few, twice).execute(() => (tries++ === 0 ? first?.promise : second?.promise))
    second?.resolve('second')
    expect(await call).toBe('second')
    expect(few.active).toBe(1)
    first?.resolve('first')
    await flush()
    expect(few.active).toBe(0)
  })

  it('holds the slot of a retried call until a try that was given up has settled too', async () => {
    const clock = virtualClock()
    const few = bulkhead(1)
    const all = pipeline({ clock }, few, retry({ retries: 1, backoff: 5 }), timeout(10))
    const hung = deferred()
    let tries = 0
    const call = all.execute(() => (tries++ === 0 ? hung.promise : 'second'))
    expect(await clock.settle(call)).toBe('second')
    expect(few.active).toBe(1)
    hung.resolve('first')
    await clock.advance(0)
    expect(few.active).toBe(0)
  })

  it('waits no longer than maxWait, nor than the deadline', async () => {
    const clock = virtualClock()
    const few = bulkhead({ limit: 1, queue: 10, maxWait: 50, clock })
    const { of } = recorder(few)
    void few.execute(() => new Promise(() => {}))
    const byWait = ended(few.execute(() => 1))
    const byDeadline = ended(few.execute(() => 1, { deadline: 20 }))
    await clock.advance(20)
    expect(await byDeadline).toMatchObject({ error: { message: 'bulkhead: bulkhead gave no slot in time (deadline)' } })
    await clock.advance(30)
    expect(await byWait).toMatchObject({ error: { code: 'HF_BULKHEAD_FULL' } })
    expect(of('reject').map(({ reason, time }) => [reason, time])).toEqual([
      ['deadline', 20],
      ['maxWait', 50],
    ])
    expect([few.queued, clock.pending]).toEqual([0, 0])
  })

  it('refuses at once where there is no time to wait', async () => {
    const clock = virtualClock()
    const few = bulkhead({ limit: 1, queue: 10, clock })
    const impatient = bulkhead({ limit: 0, queue: 10, maxWait: 0, clock })
    const { of } = recorder(few)
    void few.execute(() => new Promise(() => {}))
    expect((await ended(few.execute(() => 1, { deadline: -1 }))).ok).toBe(false)
    expect((await ended(impatient.execute(() => 1))).ok).toBe(false)
    expect(of('reject')).toMatchObject([{ reason: 'deadline' }])
    expect(clock.pending).toBe(0)
  })

  it('leaves the end of a wait at its own deadline to the timeout outside', async () => {
    const clock = virtualClock()
    const few = bulkhead({ limit: 0, queue: 10 })
    const call = ended(pipeline({ clock }, timeout(50), few).execute(() => 1))
    expect(clock.pending).toBe(1)
    await clock.advance(50)
    expect(await call).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    expect(few.queued).toBe(0)
  })

  it('has one outcome where the wait ends in the turn in which a slot comes free', async () => {
    for (const slotFirst of [true, false]) {
      const clock = virtualClock()
      const few = bulkhead({ limit: 1, queue: 1, maxWait: 50, clock })
      const gate = deferred()
      if (slotFirst) clock.schedule(new (await import('../../src/core/timer.ts')).Alarm(() => gate.resolve(0)), 50)
      const holding = few.execute(() => gate.promise)
      let started = 0
      const waiting = ended(few.execute(() => started++))
      await clock.advance(50)
      gate.resolve(0)
      await holding
      expect((await waiting).ok).toBe(slotFirst)
      expect([started, few.active, few.queued, clock.pending]).toEqual([slotFirst ? 1 : 0, 0, 0, 0])
    }
  })

  it('gives a slot back that was granted in the turn in which its call leaves', async () => {
    const few = bulkhead({ limit: 1, queue: 2 })
    const controller = new AbortController()
    const gate = deferred()
    const holding = few.execute(() => gate.promise)
    let started = 0
    const leaving = ended(few.execute(() => started++, { signal: controller.signal }))
    const last = few.execute(() => 'last')
    gate.resolve(0)
    controller.abort('left')
    expect(await leaving).toEqual({ ok: false, error: 'left' })
    expect(await last).toBe('last')
    await holding
    expect([started, few.active, few.queued]).toEqual([0, 0, 0])
  })

  it('is not stuck when all that run and wait leave together', async () => {
    const few = bulkhead({ limit: 2, queue: 5 })
    const controller = new AbortController()
    const running = gates(7)
    const calls = running.map((gate) => ended(few.execute(() => gate.promise, { signal: controller.signal })))
    controller.abort('all')
    for (const call of calls) expect(await call).toEqual({ ok: false, error: 'all' })
    expect([few.active, few.queued]).toEqual([2, 0])
    for (const gate of running) gate.resolve(undefined)
    await flush()
    expect(few.active).toBe(0)
    expect(await few.execute(() => 'again')).toBe('again')
  })

  it('lets a call leave from the head, the middle and the tail of the queue', async () => {
    const few = bulkhead({ limit: 1, queue: 10 })
    const gate = deferred()
    const holding = few.execute(() => gate.promise)
    const controllers = Array.from({ length: 5 }, () => new AbortController())
    const order: number[] = []
    const calls = controllers.map(({ signal }, i) => ended(few.execute(() => void order.push(i), { signal })))
    for (const i of [2, 0, 4]) controllers[i]?.abort()
    expect(few.queued).toBe(2)
    gate.resolve(0)
    await holding
    await Promise.all(calls)
    expect(order).toEqual([1, 3])
  })

  it('starts nothing new while more run than a lowered limit, and starts at once when it is raised', async () => {
    const few = bulkhead({ limit: 2, queue: 5 })
    const running = gates(4)
    const calls = running.map((gate) => few.execute(() => gate.promise))
    few.resize(1)
    running[0]?.resolve(0)
    await flush()
    expect([few.limit, few.active, few.queued]).toEqual([1, 1, 2])
    few.resize(3)
    expect([few.active, few.queued]).toEqual([3, 0])
    for (const gate of running) gate.resolve(0)
    await Promise.all(calls)
    expect(few.active).toBe(0)
    for (const wrong of [-1, 1.5, Number.NaN, '3', undefined]) {
      expect(() => few.resize(wrong as number)).toThrow(/^bulkhead: limit must be an integer >= 0, got /)
    }
    expect(pipeline(few).explain().text).toContain('limit 3')
  })

  it('admits all where its limit is Infinity, also by a change', async () => {
    const all = bulkhead({ limit: Number.POSITIVE_INFINITY })
    const running = gates(50)
    const calls = running.map((gate) => all.execute(() => gate.promise))
    expect([all.active, all.limit]).toEqual([50, Number.POSITIVE_INFINITY])
    const few = bulkhead({ limit: 0, queue: 50 })
    calls.push(...running.map((gate) => few.execute(() => gate.promise)))
    few.resize(Number.POSITIVE_INFINITY)
    expect([few.active, few.queued]).toEqual([50, 0])
    for (const gate of running) gate.resolve(0)
    await Promise.all(calls)
    expect([all.active, few.active]).toEqual([0, 0])
  })

  it('lets ten thousand wait that end at once without growing the stack', async () => {
    const few = bulkhead({ limit: 1, queue: Number.POSITIVE_INFINITY })
    const gate = deferred()
    const holding = few.execute(() => gate.promise)
    let ran = 0
    const calls = Array.from({ length: 10_000 }, () => few.execute(() => ran++))
    gate.resolve(0)
    await holding
    await Promise.all(calls)
    expect([ran, few.active]).toEqual([10_000, 0])
  })

  it('frees the slot of work that throws at once, also out of the queue', async () => {
    const few = bulkhead({ limit: 1, queue: 5 })
    const throwing = () => {
      throw new Error('at once')
    }
    expect((await ended(few.execute(throwing))).ok).toBe(false)
    const gate = deferred()
    const holding = few.execute(() => gate.promise)
    const waiting = [ended(few.execute(throwing)), ended(few.execute(throwing)), few.execute(() => 'fine')]
    gate.resolve(0)
    await holding
    expect(await waiting[2]).toBe('fine')
    expect([few.active, few.queued]).toEqual([0, 0])
  })

  it('emits how long a call had to wait when it starts, and reads no clock without a listener', async () => {
    const clock = virtualClock()
    const now = vi.spyOn(clock, 'now')
    const few = bulkhead({ limit: 1, queue: 3, clock })
    const gate = deferred()
    const holding = few.execute(() => gate.promise)
    const deaf = few.execute(() => 1)
    expect(now).not.toHaveBeenCalled()
    const { of } = recorder(few)
    const first = few.execute(() => 1)
    await clock.advance('40ms')
    const second = few.execute(() => 2)
    await clock.advance('60ms')
    gate.resolve(0)
    await Promise.all([holding, deaf, first, second])

    expect(of('dequeue').map(({ waited, queued }) => [waited, queued])).toEqual([
      [100, 1],
      [60, 0],
    ])
  })

  it('does not start a call that a listener gives up when it has its slot, and frees that', async () => {
    const few = bulkhead({ limit: 1, queue: 2, clock: virtualClock() })
    const gate = deferred()
    const holding = few.execute(() => gate.promise)
    const controller = new AbortController()
    few.once('dequeue', () => controller.abort('enough'))
    const ran: string[] = []
    const gone = ended(few.execute(() => ran.push('gone'), { signal: controller.signal }))
    const next = few.execute(() => ran.push('next'))
    gate.resolve(0)
    await Promise.all([holding, next])

    expect(await gone).toEqual({ ok: false, error: 'enough' })
    expect(ran).toEqual(['next'])
    expect([few.active, few.queued]).toEqual([0, 0])
  })
})

describe('a bulkhead in which calls only wait', () => {
  it('is not idle', async () => {
    const few = bulkhead({ limit: 0, queue: 1 })
    const { idleSince } = few as unknown as { idleSince(): number | undefined }
    expect(idleSince.call(few)).toBe(Number.NEGATIVE_INFINITY)
    const call = few.execute(() => 'done')
    expect(idleSince.call(few)).toBeUndefined()
    few.resize(1)
    expect(await call).toBe('done')
  })
})
