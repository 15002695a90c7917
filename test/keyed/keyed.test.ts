import { AsyncLocalStorage } from 'node:async_hooks'
import { bulkhead, circuitBreaker, fallback, keyed, pipeline, retry, timeout } from 'holdfast'
import { recorder, scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { keyedTelemetry } from '../../src/keyed/telemetry.ts'
import { deferred, ended } from '../composition/deferred.ts'

const fail = () => Promise.reject(new Error('down'))
const message = (end: Awaited<ReturnType<typeof ended>>) => (end.ok ? undefined : String(end.error))

describe('keyed', () => {
  it('keeps one policy a key, made when the key first comes', async () => {
    const keys: string[] = []
    const hosts = keyed((key) => {
      keys.push(key)
      return circuitBreaker({ consecutiveFailures: 1, name: `host ${key}` })
    })
    await ended(hosts.execute(fail, { key: 'a' }))
    expect(message(await ended(hosts.execute(() => 1, { key: 'a' })))).toMatch(/^CircuitOpenError: host a: /)
    expect(await hosts.execute(() => 'fine', { key: 'b' })).toBe('fine')
    expect(await hosts.execute(() => 'fine', { key: '' })).toBe('fine')
    expect(keys).toEqual(['a', 'b', ''])
    expect([hosts.size, hosts.peek('a')?.state, hosts.peek('c')]).toEqual([3, 'open', undefined])
    expect(hosts.get('c').state).toBe('closed')
    expect(hosts.entries().map(([key, policy]) => [key, policy.name])).toEqual(
      ['a', 'b', '', 'c'].map((key) => [key, `host ${key}`]),
    )
    expect(keyedTelemetry.gauges?.['keys']?.read(hosts as never)).toBe(4)
    expect([hosts.delete('a'), hosts.delete('a'), hosts.peek('a')]).toEqual([true, false, undefined])
  })

  it('takes the key from a function, and a call without a key to the default policy', async () => {
    const slots = bulkhead(0)
    const byPriority = keyed(() => retry(0), { key: ({ priority }) => (priority > 0 ? `p${priority}` : undefined) })
    await byPriority.execute(() => 1, { priority: 2, key: 'unused' })
    expect(byPriority.entries().map(([key]) => key)).toEqual(['p2'])
    expect(message(await ended(byPriority.execute(() => 1)))).toBe('TypeError: keyed: the call has no key')
    const withDefault = keyed(() => bulkhead(1), { defaultPolicy: slots })
    expect(message(await ended(withDefault.execute(() => 1)))).toMatch(/^BulkheadFullError/)
    expect([withDefault.size, await withDefault.execute(() => 1, { key: 'k' })]).toEqual([0, 1])
  })

  it('refuses what is no factory, no key and no policy', async () => {
    expect(() => keyed(5 as never)).toThrow('keyed: factory must be a function, got 5')
    expect(() => keyed(() => retry(), { defaultPolicy: 5 as never })).toThrow(
      'keyed: defaultPolicy must be a policy, got 5',
    )
    expect(() => keyed(() => retry()).get(5 as never)).toThrow('keyed: key must be a string, got 5')
    const wrong = keyed((() => 5) as never)
    expect(message(await ended(wrong.execute(() => 1 as never, { key: 'k' })))).toBe(
      'TypeError: keyed: the result of the factory must be a policy, got 5',
    )
    const late = keyed((async () => {
      throw new Error('late')
    }) as never)
    expect(message(await ended(late.execute(() => 1 as never, { key: 'k' })))).toMatch(/a policy, got a promise$/)
    const boom = 'a bug'
    const throwing = keyed(() => {
      throw boom
    })
    const operation = scripted('never')
    expect(await ended(throwing.execute(operation as never, { key: 'k' }))).toEqual({ ok: false, error: boom })
    expect([operation.calls.length, throwing.size]).toEqual([0, 0])
  })

  it('takes a failing key function as absent', async () => {
    for (const key of [() => 5, async () => 'k', () => Promise.reject(new Error('later'))] as (() => never)[]) {
      const odd = keyed(() => retry(0), { key })
      const { of } = recorder(odd)
      await odd.execute(() => 1, { key: 'own' })
      expect(of('fault')).toMatchObject([{ source: 'key', error: { name: 'TypeError' } }])
      expect(odd.entries().map(([each]) => each)).toEqual(['own'])
    }
    const bug = new Error('a bug')
    const throwing = keyed(() => retry(0), {
      key: () => {
        throw bug
      },
    })
    const { of } = recorder(throwing)
    await throwing.execute(() => 1, { key: 'own' })
    expect(of('fault')).toMatchObject([{ source: 'key', error: bug }])
  })

  it('is a policy among others: outside, inside, and in two pipelines', async () => {
    const clock = virtualClock()
    const hosts = keyed(() => pipeline(bulkhead(1), timeout(50)))
    const stock = pipeline({ clock }, retry({ retries: 1, backoff: 0 }), hosts, fallback({ value: 'late' }))
    const order = pipeline({ clock }, hosts)
    const { of } = recorder(stock)
    expect(await stock.execute(fail, { key: 'a' })).toBe('late')
    expect(of('call')).toMatchObject([{ ok: true, savedBy: 'fallback', attempts: 1 }])
    expect(await order.execute(({ key }) => key, { key: 'a' })).toBe('a')
    const hung = ended(order.execute(() => new Promise(() => {}), { key: 'a' }))
    await clock.advance(50)
    expect(message(await hung)).toMatch(/^TimeoutError/)
    expect(message(await ended(order.execute(() => 1, { key: 'a' })))).toMatch(/^BulkheadFullError/)
    expect(await order.execute(() => 'b', { key: 'b' })).toBe('b')
    expect([hosts.size, clock.pending]).toEqual([2, 0])
    expect(order.explain().policies.map(({ kind }) => kind)).toEqual(['keyed'])
    const again = scripted(new Error('down'), 'fine')
    expect(await pipeline(keyed(() => retry({ retries: 1, backoff: 0 }))).execute(again, { key: 'k' })).toBe('fine')
  })

  it('hands its clock and random to its policies, also where a pipeline gives them later', () => {
    const clock = virtualClock()
    const hosts = keyed(() => circuitBreaker(), { defaultPolicy: circuitBreaker({ name: 'default' }) })
    const early = hosts.get('early') as unknown as { knownClock: unknown }
    pipeline({ clock }, hosts)
    const late = hosts.get('late') as unknown as { knownClock: unknown }
    expect([early.knownClock === clock, late.knownClock === clock]).toEqual([true, true])
    expect(() => pipeline({ clock: virtualClock() }, hosts)).toThrow('already has another clock')
  })

  it('ends at once by an abort, in the context of the caller', async () => {
    const storage = new AsyncLocalStorage<string>()
    const hosts = keyed(() => bulkhead({ limit: 1, queue: 1 }))
    const gate = deferred<void>()
    const seen: unknown[] = []
    const one = storage.run('a', () => hosts.execute(() => gate.promise, { key: 'k' }))
    const two = storage.run('b', () => hosts.execute(() => seen.push(storage.getStore()), { key: 'k' }))
    const caller = new AbortController()
    const gone = ended(
      keyed(() => bulkhead(1)).execute(() => new Promise(() => {}), { key: 'k', signal: caller.signal }),
    )
    caller.abort('left')
    expect(await gone).toEqual({ ok: false, error: 'left' })
    gate.resolve()
    await Promise.all([one, two])
    expect(seen).toEqual(['b'])
    const stopped = keyed(() => retry(0), {
      key: () => {
        late.abort('left')
        return 'k'
      },
    })
    const late = new AbortController()
    const operation = scripted('never')
    expect(await ended(stopped.execute(operation, { signal: late.signal }))).toEqual({ ok: false, error: 'left' })
    expect(operation.calls.length).toBe(0)
  })

  it('re-emits the events of its policies, with the key', async () => {
    const hosts = keyed(() => circuitBreaker({ consecutiveFailures: 1 }), {
      max: 1,
      overflow: 'share',
      defaultPolicy: circuitBreaker({ consecutiveFailures: 1, name: 'rest' }),
    })
    await ended(hosts.execute(fail, { key: 'before' }))
    const seen: unknown[] = []
    const note = ({ key, kind }: { key: string | undefined; kind: string }) => seen.push([key, kind])
    hosts.on('open', note)
    await ended(hosts.execute(fail, { key: 'a' }))
    await ended(hosts.execute(fail))
    expect(seen).toEqual([
      ['a', 'circuitBreaker'],
      [undefined, 'circuitBreaker'],
    ])
    const policy = hosts.peek('a')
    hosts.delete('a')
    policy?.reset()
    policy?.trip()
    expect(seen.length).toBe(2)
    hosts.peek('before')?.trip()
    expect(seen.at(-1)).toEqual(['before', 'circuitBreaker'])
    hosts.off('open', note)
    hosts.get('c').trip()
    hosts.get('d')
    expect(seen.length).toBe(3)
  })
})
