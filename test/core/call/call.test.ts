import { bulkhead, pipeline, policy, retry, timeout } from 'holdfast'
import { scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { ScopeState } from '../../../src/core/call/scope.ts'
import { BasePolicy } from '../../../src/core/policy.ts'
import { deferred, ended } from '../../composition/deferred.ts'

const down = new Error('down')

describe('an operation that is no function', () => {
  it.each([undefined, {}])('is refused, with the options %j', async (options) => {
    const refused = await ended(bulkhead(1).execute('work' as never, options))

    expect(refused).toEqual({ ok: false, error: new TypeError('execute: operation must be a function, got "work"') })
  })
})

describe('the signal of a call', () => {
  it('is made once, when it is first read', async () => {
    const clock = virtualClock()
    await timeout({ after: 5, clock }).execute((call) => {
      expect((call as unknown as ScopeState).extras?.cancellation).toBe(undefined)
      expect(call.signal).toBe(call.signal)
    })
  })

  it('is the caller’s own if no policy can cancel the attempt', async () => {
    const { signal } = new AbortController()
    await pipeline(retry(1), bulkhead(1)).execute((call) => expect(call.signal).toBe(signal), { signal })
  })

  it('may come from another maker, which need not heed a listener’s removal in time', async () => {
    const listeners: (() => void)[] = []
    const signal = {
      aborted: false,
      reason: undefined as unknown,
      addEventListener: (_type: string, listener: () => void) => void listeners.push(listener),
      removeEventListener: () => {},
    }
    const gate = deferred()
    const few = bulkhead(1)
    const call = few.execute(() => gate.promise, { signal: signal as unknown as AbortSignal })
    gate.resolve('value')
    expect(await call).toBe('value')
    Object.assign(signal, { aborted: true, reason: 'late' })
    for (const listener of listeners) listener()
    expect(few.active).toBe(0)
  })

  it('shared by two calls settles each once, also where the end of one ends the other', async () => {
    const controller = new AbortController()
    const few = bulkhead({ limit: 0, queue: 2 })
    const told: boolean[] = []
    few.on('call', ({ ignored }) => {
      told.push(ignored)
      few.resize(1)
    })
    const options = { signal: controller.signal }
    const calls = [ended(few.execute(() => 'first', options)), ended(few.execute(() => 'second', options))]
    controller.abort('left')
    expect(await Promise.all(calls)).toEqual([
      { ok: false, error: 'left' },
      { ok: true, value: 'second' },
    ])
    expect(told).toEqual([true, false])
    expect([few.active, few.queued]).toEqual([0, 0])
  })

  it('of a copy is the one it was given, else that of the call', async () => {
    const mine = new AbortController().signal
    const copying = policy('copying', (call, next) => {
      expect(call.with({ signal: mine }).signal).toBe(mine)
      expect(call.with({ key: 'k' }).signal).toBe(call.signal)
      expect(call.with({ signal: mine }).with({ key: 'k' }).signal).toBe(mine)
      return next()
    })
    expect(await copying.execute(() => 1)).toBe(1)
    const { signal } = new AbortController()
    expect(await copying.execute(() => 2, { signal })).toBe(2)
  })

  it('of a policy’s own makes each try end with the call, though the policy gave the try another', async () => {
    const controller = new AbortController()
    const mine = new AbortController().signal
    let seen: AbortSignal | undefined
    const replacing = policy('replacing', (call, next) => next(call.with({ signal: mine })))
    const call = ended(
      replacing.execute(
        ({ signal }) => {
          seen = signal
          return new Promise(() => {})
        },
        { signal: controller.signal },
      ),
    )
    controller.abort('left')
    expect(await call).toEqual({ ok: false, error: 'left' })
    expect(seen?.aborted).toBe(true)
  })
})

describe('a layer', () => {
  class Counting extends BasePolicy {
    entered = 0
    protected readonly traits = {}
    protected readonly emits = []
    protected readonly options = {}

    constructor() {
      super('counting', {})
    }

    enter(): undefined {
      this.entered++
    }
  }

  class Idle extends Counting {
    override readonly enter = undefined as never
  }

  it('may have any of the hooks, or none', async () => {
    const counting = new Counting()
    const all = pipeline(new Idle(), counting, retry({ retries: 1, backoff: 0 }), counting, new Idle())
    expect(await all.execute(scripted<string>(down, 'fine'))).toBe('fine')
    expect(counting.entered).toBe(3)
  })
})

describe('a call from elsewhere', () => {
  it('given to next lends its options, and nothing of its course', async () => {
    let outer: unknown
    const keeping = policy('keeping', (call, next) => {
      outer = call
      return next()
    })
    await keeping.execute(() => 1, { key: 'from another call' })
    const borrowing = policy('borrowing', (_call, next) => next(outer as never))
    expect(await borrowing.execute(({ key, attempt }) => [key, attempt])).toEqual(['from another call', 1])
  })
})
