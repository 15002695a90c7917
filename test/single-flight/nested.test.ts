import { bulkhead, type CallEvent, keyed, pipeline, retry, retryBudget, singleFlight, timeout } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, ended } from '../composition/deferred.ts'

const key = 'k'

describe('a singleFlight inside another', () => {
  it('leads for the leader of the outer one', async () => {
    const outer = singleFlight({ name: 'outer' })
    const inner = singleFlight({ name: 'inner' })
    const all = pipeline(outer, retry(1), inner)
    const ends: CallEvent[] = []
    all.on('call', (event) => ends.push(event))
    const value = { read: 1 }
    let runs = 0
    const run = async () => {
      runs++
      if (runs === 1) throw new Error('down')
      return value
    }
    const values = await Promise.all([1, 2, 3].map(() => all.execute(run, { key })))
    expect(values.every((each) => each === value)).toBe(true)
    expect([outer.snapshot(), inner.snapshot()]).toEqual([
      { keys: 0, led: 1, joined: 2, abandoned: 0 },
      { keys: 0, led: 2, joined: 0, abandoned: 0 },
    ])
    expect(ends).toMatchObject([
      { attempts: 2, savedBy: 'retry' },
      { attempts: 0, savedBy: 'retry' },
      { attempts: 0, savedBy: 'retry' },
    ])
  })

  it('joins the work of other pipelines, and leaves it when all of its own members have left', async () => {
    const shared = singleFlight({ name: 'shared' })
    const controllers = [new AbortController(), new AbortController()]
    const gate = deferred()
    const signals: AbortSignal[] = []
    const run = ({ signal }: { readonly signal: AbortSignal }) => {
      signals.push(signal)
      return gate.promise
    }
    const front = pipeline(singleFlight(), shared)
    const left = controllers.map(({ signal }) => ended(front.execute(run, { key, signal })))
    const back = pipeline(singleFlight(), shared).execute(run, { key })
    expect(shared.joined).toBe(1)
    for (const controller of controllers) controller.abort('left')
    expect(await Promise.all(left)).toEqual([
      { ok: false, error: 'left' },
      { ok: false, error: 'left' },
    ])
    expect([signals.length, signals[0]?.aborted, shared.keys]).toEqual([1, false, 1])
    gate.resolve('value')
    expect(await back).toBe('value')
    expect(shared.snapshot()).toEqual({ keys: 0, led: 1, joined: 1, abandoned: 0 })
  })

  it('is given up with the outer one, from the outside in', async () => {
    const outer = singleFlight({ name: 'outer' })
    const inner = singleFlight({ name: 'inner' })
    const left: string[] = []
    for (const each of [outer, inner]) each.on('abandon', ({ policy, error }) => left.push(`${policy}: ${error}`))
    const all = pipeline(outer, inner)
    const controller = new AbortController()
    let signal: AbortSignal | undefined
    const call = all.execute(
      (context) => {
        signal = context.signal
        return new Promise(() => {})
      },
      { key, signal: controller.signal },
    )
    controller.abort('left')
    expect(await ended(call)).toEqual({ ok: false, error: 'left' })
    expect([signal?.aborted, signal?.reason]).toEqual([true, 'left'])
    expect(left.sort()).toEqual(['inner: left', 'outer: left'])
    expect([outer.keys, inner.keys]).toEqual([0, 0])
  })

  it('never waits for the work that it is part of', async () => {
    const once = singleFlight()
    const other = singleFlight({ name: 'other' })
    let runs = 0
    const run = async () => ++runs
    expect(await pipeline(once, once).execute(run, { key })).toBe(1)
    expect(await pipeline(once, other, once).execute(run, { key })).toBe(2)
    expect(await Promise.all([1, 2].map(() => pipeline(once, other, once).execute(run, { key })))).toEqual([3, 3])
    expect([once.keys, other.keys]).toEqual([0, 0])
  })

  it('waits on with members of the outer one that have more time', async () => {
    const clock = virtualClock()
    const outer = singleFlight({ name: 'outer' })
    const inner = singleFlight({ name: 'inner' })
    const all = pipeline({ clock }, outer, inner, timeout(500))
    const deadlines: (number | undefined)[] = []
    let look = (): void => {}
    const run = (call: { readonly deadline: Date | undefined }) => {
      look = () => deadlines.push(call.deadline?.getTime())
      look()
      return new Promise(() => {})
    }
    const first = ended(all.execute(run, { key, deadline: 100 }))
    const second = ended(all.execute(run, { key, deadline: 300 }))
    look()
    await clock.advance(100)
    expect(await first).toMatchObject({ error: { policy: 'outer', after: 100 } })
    expect([outer.keys, inner.keys]).toEqual([1, 1])
    await clock.advance(200)
    expect(await second).toMatchObject({ error: { policy: 'outer', after: 300 } })
    const start = clock.wall() - clock.now()
    expect(deadlines.map((at) => (at ?? 0) - start)).toEqual([100, 300])
    expect([outer.keys, inner.keys, clock.pending]).toEqual([0, 0, 0])
  })

  it('ends the work of the outer one where the clock of that has stopped', async () => {
    const clock = virtualClock()
    const stopped = virtualClock()
    const outer = singleFlight({ name: 'outer', clock: stopped })
    const all = pipeline({ clock }, outer, singleFlight({ name: 'inner' }))
    const call = ended(all.execute(() => new Promise(() => {}), { key, deadline: 50 }))
    await clock.advance(50)
    expect(await call).toMatchObject({ error: { policy: 'inner', after: 50 } })
    expect([clock.pending, stopped.pending]).toEqual([0, 0])
  })

  it('has no deadline once a member of the outer one has none', async () => {
    const clock = virtualClock()
    const all = pipeline({ clock }, singleFlight(), singleFlight(), bulkhead({ limit: 1, queue: 1 }))
    const gate = deferred()
    const first = ended(all.execute(() => gate.promise, { key, deadline: 10 }))
    const second = all.execute(() => gate.promise, { key })
    await clock.advance(1000)
    expect(await first).toMatchObject({ error: { code: 'HF_TIMEOUT' } })
    expect(clock.pending).toBe(0)
    gate.resolve('late')
    expect(await second).toBe('late')
  })

  it('takes the latest deadline of members that wait in different flights', async () => {
    const clock = virtualClock()
    const shared = singleFlight({ name: 'shared' })
    const front = pipeline({ clock }, singleFlight(), shared)
    const back = pipeline({ clock }, singleFlight(), shared)
    let deadline = (): number | undefined => undefined
    const run = (call: { readonly deadline: Date | undefined }) => {
      deadline = () => call.deadline && call.deadline.getTime() - clock.wall()
      return new Promise(() => {})
    }
    const calls = [front.execute(run, { key, deadline: 10 }), back.execute(run, { key, deadline: 20 })]
    expect(deadline()).toBe(20)
    calls.push(back.execute(run, { key, deadline: 50 }))
    expect(deadline()).toBe(50)
    calls.push(front.execute(run, { key, deadline: 70 }))
    expect(deadline()).toBe(70)
    const ends = Promise.all(calls.map(ended))
    await clock.advance(70)
    expect((await ends).map((end) => !end.ok && end.error)).toMatchObject([10, 20, 50, 70].map((after) => ({ after })))
    expect([shared.keys, clock.pending]).toEqual([0, 0])
  })
})

describe('singleFlight outside a timeout whose time a deadline cuts short', () => {
  it('lets a queue inside it wait on', async () => {
    const clock = virtualClock()
    const slots = bulkhead({ limit: 1, queue: 1 })
    const all = pipeline({ clock }, singleFlight(), timeout(200), slots)
    const free = deferred()
    const holds = slots.execute(() => free.promise)
    const first = ended(all.execute(() => 1, { key, deadline: 50 }))
    const second = ended(all.execute(() => 1, { key }))
    const third = ended(all.execute(() => 1, { key }))
    await clock.advance(150)
    expect(await first).toMatchObject({ error: { policy: 'singleFlight', after: 50 } })
    expect(slots.queued).toBe(1)
    await clock.advance(50)
    for (const end of [second, third]) expect(await end).toMatchObject({ error: { policy: 'timeout', after: 200 } })
    expect(slots.queued).toBe(0)
    free.resolve(1)
    await holds
    expect(clock.pending).toBe(0)
  })

  it('lets it wait on in its own clock, and timeouts inside it keep their time', async () => {
    const clock = virtualClock()
    const own = virtualClock()
    const all = pipeline({ clock }, singleFlight(), timeout({ after: 200, clock: own, name: 'slow' }), timeout(100))
    const run = () => new Promise(() => {})
    const first = ended(all.execute(run, { key, deadline: 50 }))
    const second = ended(all.execute(run, { key }))
    await clock.advance(50)
    await own.advance(50)
    expect(await first).toMatchObject({ error: { policy: 'singleFlight' } })
    await clock.advance(50)
    expect(await second).toMatchObject({ error: { policy: 'timeout', after: 100 } })
    expect([clock.pending, own.pending]).toEqual([0, 0])
  })
})

describe('singleFlight outside a policy that watches the whole call', () => {
  it('says when all work of the call has settled', async () => {
    const budget = retryBudget.share()
    const all = pipeline(singleFlight(), retry({ retries: 1, budget }))
    const gate = deferred()
    const controller = new AbortController()
    const calls = [1, 2].map(() => ended(all.execute(() => gate.promise, { key, signal: controller.signal })))
    expect(budget.snapshot()).toMatchObject({ calls: 1 })
    controller.abort()
    await Promise.all(calls)
    expect(budget.snapshot()).toMatchObject({ calls: 1 })
    gate.resolve(1)
    await virtualClock().advance(0)
    expect(budget.snapshot()).toMatchObject({ calls: 0 })
    await Promise.all([1, 2].map(() => all.execute(async () => 1, { key })))
    expect(budget.snapshot()).toMatchObject({ calls: 0 })
  })
})

describe('keyed policies inside a singleFlight', () => {
  it('are kept until the work of their key has settled', async () => {
    const tenants = keyed(() => bulkhead(1), { max: 1 })
    const all = pipeline(singleFlight(), tenants)
    const gate = deferred()
    const calls = [1, 2].map(() => all.execute(() => gate.promise, { key }))
    await all.execute(() => 1, { key: 'other' }).catch(() => {})
    gate.resolve('value')
    expect(await Promise.all(calls)).toEqual(['value', 'value'])
  })
})
