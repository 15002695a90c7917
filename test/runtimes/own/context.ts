/**
 * A call stays in the async context of its caller, whatever timer or other call sets it going.
 *
 * In each test alice, bob and carol call one shared policy, each in a context of their own; whatever of theirs runs writes
 * down whose it is and in whose context it ran. The timers are real: that they are shared is what is tested.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  availabilityTracker,
  bulkhead,
  circuitBreaker,
  failoverPool,
  fallback,
  isHoldfastError,
  ordered,
  pipeline,
  policy,
  retry,
  timeout,
} from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { deferred, ended, thenable } from '../../composition/deferred.ts'

type Name = 'alice' | 'bob' | 'carol'
const names: readonly Name[] = ['alice', 'bob', 'carol']

const context = new AsyncLocalStorage<{ readonly name: Name | 'operator' }>()
const here = (): string => context.getStore()?.name ?? 'nobody'
const as = <Value>(name: Name | 'operator', work: () => Value): Value => context.run({ name }, work)
const after = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
const hang = (): Promise<never> => new Promise(() => {})

/** An error that says whose it is, for user functions that get nothing else of the call. */
class Down extends Error {
  readonly of: Name

  constructor(of: Name) {
    super(`down for ${of}`)
    this.of = of
  }
}

/** Everything that ran: what, whose it was, and in whose context. */
let seen: { readonly what: string; readonly whose: unknown; readonly in: string }[] = []
/** Whose call it is, for user functions that get nothing of the call, where calls are made one by one. */
let only: Name = 'alice'
beforeEach(() => {
  seen = []
})
const note = (what: string, whose: unknown = only): void => void seen.push({ what, whose, in: here() })
const whoseOf = (error: unknown): unknown => (error instanceof Down ? error.of : 'unknown')

/** All of this must have run for each of them, and nothing in another's context. */
function expectAtHome(...what: readonly string[]): void {
  expect(seen.filter((one) => one.whose !== one.in)).toEqual([])
  for (const one of what) {
    const whose = new Set(seen.filter((ran) => ran.what === one).map((ran) => ran.whose))
    expect([one, [...whose].sort()]).toEqual([one, names])
  }
}

/** All three at once, and then once more one after the other: a timer that was armed is reused. */
async function everybody(call: (name: Name) => Promise<unknown>): Promise<void> {
  await Promise.all(names.map((name) => as(name, () => ended(call(name)))))
  for (const name of [...names].reverse()) await as(name, () => ended(call(name)))
}

/** One after the other, twice. */
async function inTurn(call: (name: Name) => Promise<unknown>): Promise<void> {
  for (const name of [...names, ...names]) {
    only = name
    await as(name, () => ended(call(name)))
  }
}

describe('the functions of a shared retry', () => {
  it('run in the context of the call after a shared wait', async () => {
    const again = retry({
      retries: 2,
      when: (outcome) => {
        if (!outcome.ok) note('when', whoseOf(outcome.error))
        return !outcome.ok
      },
      backoff: ({ error }) => {
        note('backoff', whoseOf(error))
        return 5
      },
      retryAfter: (outcome) => {
        if (!outcome.ok) note('retryAfter', whoseOf(outcome.error))
        return undefined
      },
    })
    again.on('retry', ({ error }) => note('retry', whoseOf(error)))
    again.on('giveUp', ({ error }) => note('giveUp', whoseOf(error)))
    await everybody((name) =>
      again.execute(async ({ attempt }) => {
        note(`attempt ${attempt}`, name)
        throw new Down(name)
      }),
    )
    expectAtHome('attempt 1', 'attempt 2', 'attempt 3', 'when', 'backoff', 'retryAfter', 'retry', 'giveUp')
  })

  it('run in the context of the call, wherever the promise of the operation is settled', async () => {
    const gates = names.map((name) => ({ name, gate: deferred<never>() }))
    const again = retry({ retries: 1, backoff: 0 })
    again.on('retry', ({ error }) => note('retry', whoseOf(error)))
    const calls = gates.map(({ name, gate }) =>
      as(name, () =>
        ended(
          again.execute(({ attempt }) => {
            note(`attempt ${attempt}`, name)
            return attempt === 1 ? gate.promise : 'fine'
          }),
        ),
      ),
    )
    as('operator', () => {
      for (const { name, gate } of gates) gate.reject(new Down(name))
    })
    await Promise.all(calls)
    expectAtHome('attempt 2', 'retry')
  })

  it('run in the context of the call, wherever a thenable in the place of a promise is settled', async () => {
    const settle: (() => void)[] = []
    const again = retry({ retries: 1, backoff: 0 })
    again.on('retry', ({ error }) => note('retry', whoseOf(error)))
    const calls = names.map((name) =>
      as(name, () =>
        ended(
          again.execute(({ attempt }) => {
            note(`attempt ${attempt}`, name)
            if (attempt > 1) return 'fine'
            const then = (_: unknown, no: (error: Error) => void): void => void settle.push(() => no(new Down(name)))
            return thenable({ value: then })
          }),
        ),
      ),
    )
    await after(1)
    as('operator', () => {
      for (const one of settle) one()
    })
    await Promise.all(calls)
    expectAtHome('attempt 2', 'retry')
  })
})

describe('after a shared timeout has ended an attempt', () => {
  const instead = () =>
    fallback({
      value: ({ call }) => {
        note('value', call.key)
        return 'instead'
      },
    })

  it('the next attempt, the functions and the listeners run in the context of the call', async () => {
    const limit = timeout(10)
    const again = retry({
      retries: 1,
      when: (outcome) => {
        note('when')
        return !outcome.ok
      },
      backoff: () => {
        note('backoff')
        return 0
      },
    })
    const last = instead()
    limit.on('timeout', () => note('timeout'))
    again.on('retry', () => note('retry'))
    again.on('giveUp', () => note('giveUp'))
    last.on('fallback', () => note('fallback'))
    const all = pipeline(last, again, limit)
    all.on('call', () => note('call'))
    await inTurn((name) =>
      all.execute(
        ({ key, attempt }) => {
          note(`attempt ${attempt}`, key)
          return hang()
        },
        { key: name },
      ),
    )
    expectAtHome('attempt 2', 'when', 'backoff', 'timeout', 'retry', 'giveUp', 'value', 'fallback', 'call')
  })

  it('so they do where many wait for the same timer', async () => {
    const all = pipeline(instead(), retry({ retries: 1, backoff: 5 }), timeout(10))
    await everybody((name) =>
      all.execute(
        ({ key, attempt }) => {
          note(`attempt ${attempt}`, key)
          return hang()
        },
        { key: name },
      ),
    )
    expectAtHome('attempt 2', 'value')
  })

  it('a fallback alone around it gives its value in the context of the call', async () => {
    const all = pipeline(instead(), timeout(10))
    await everybody((name) => all.execute(hang, { key: name }))
    expectAtHome('value')
  })

  it('a listener of the signal runs in the context of the call', async () => {
    const limit = timeout(10)
    await everybody((name) =>
      limit.execute(({ signal }) => {
        signal.addEventListener('abort', () => note('abort', name), { once: true })
        return hang()
      }),
    )
    expectAtHome('abort')
  })

  it('the functions and listeners of a breaker run in the context of the call', async () => {
    await inTurn(() => {
      const breaker = circuitBreaker({
        consecutiveFailures: 1,
        when: (outcome) => {
          note('when')
          return !outcome.ok
        },
      })
      breaker.on('failure', () => note('failure'))
      breaker.on('open', () => note('open'))
      return pipeline(breaker, timeout(10)).execute(hang)
    })
    expectAtHome('when', 'failure', 'open')
  })

  it('a policy of one’s own goes on in the context of the call', async () => {
    const own = policy('own', (call, next) =>
      next().catch(() => {
        note('caught', call.key)
        return next().catch(() => note('caught again', call.key))
      }),
    )
    await everybody((name) => pipeline(own, timeout(10)).execute(hang, { key: name }))
    expectAtHome('caught', 'caught again')
  })
})

describe('a bulkhead', () => {
  it('starts what it queued in the context of its own call, whichever call frees the slot', async () => {
    const few = bulkhead({ limit: 1, queue: 10 })
    await everybody((name) =>
      few.execute(async () => {
        note('start', name)
        await after(3)
        note('end', name)
      }),
    )
    expectAtHome('start', 'end')
  })

  it('starts many that end at once, each in its own context', async () => {
    const few = bulkhead({ limit: 1, queue: 10 })
    const gate = deferred<void>()
    const first = as('operator', () => few.execute(() => gate.promise))
    const calls = names.map((name) => as(name, () => few.execute(() => note('start', name))))
    gate.resolve()
    await Promise.all([first, ...calls])
    expectAtHome('start')
  })

  it.each([
    ['maxWait', { maxWait: 10 }, {}],
    ['the deadline', {}, { deadline: 10 }],
  ] as const)('refuses in the context of the call when %s is over', async (_what, options, given) => {
    const few = bulkhead({ limit: 1, queue: 10, ...options })
    const value = fallback({
      value: ({ call }) => {
        note('value', call.key)
        return 'instead'
      },
    })
    const gate = deferred<void>()
    const first = as('operator', () => few.execute(() => gate.promise))
    few.on('reject', () => note('reject'))
    const all = pipeline(value, few)
    await inTurn((name) => all.execute(() => 'never', { key: name, ...given }))
    gate.resolve()
    await first
    expectAtHome('value', 'reject')
  })
})

describe('a failover pool', () => {
  it('tries the next member in the context of the call, after a timeout and after an error', async () => {
    const pool = failoverPool(['a', 'b', 'c'], { selection: ordered(), outlier: false, guard: () => timeout(10) })
    await everybody((name) =>
      pool.execute(
        async ({ target, key }) => {
          note(`on ${target}`, key)
          if (target === 'a') return hang()
          if (target === 'b') throw new Down(name)
          return target
        },
        { key: name },
      ),
    )
    expectAtHome('on a', 'on b', 'on c')
  })

  it('calls `when` and its listeners in the context of the call', async () => {
    const pool = failoverPool(['a', 'b'], {
      selection: ordered(),
      guard: () => timeout(10),
      outlier: { consecutiveFailures: 100 },
      when: (outcome) => {
        note('when')
        return !outcome.ok
      },
    })
    pool.on('select', () => note('select'))
    pool.on('failover', () => note('failover'))
    await inTurn(() => pool.execute(({ target }) => (target === 'a' ? hang() : target)))
    expectAtHome('when', 'select', 'failover')
  })

  it('runs its checks in no caller’s context, wherever it was made and called', async () => {
    const ran: string[] = []
    const pool = as('alice', () =>
      failoverPool(['a', 'b'], {
        check: { every: 5, timeout: 50, jitter: 0, run: async () => void ran.push(here()) },
      }),
    )
    for (let i = 0; i < 5; i++) {
      await as('bob', () => ended(pool.execute(() => 'fine')))
      await after(5)
    }
    as('carol', () => pool.add({ target: 'c', name: 'c' }))
    await after(20)
    pool.close()
    expect(ran.length).toBeGreaterThan(3)
    expect(new Set(ran)).toEqual(new Set(['nobody']))
  })
})

describe('an availability tracker', () => {
  it('runs its probes in no caller’s context, wherever it was made', async () => {
    const ran: string[] = []
    const tracker = as('alice', () => availabilityTracker())
    as('bob', () => tracker.probe('search', async () => void ran.push(here()), { every: 5, timeout: 5 }))
    await after(40)
    tracker.close()
    expect(ran.length).toBeGreaterThan(1)
    expect(new Set(ran)).toEqual(new Set(['nobody']))
  })
})

describe('a caller’s abort', () => {
  it('reaches listeners in the context of the call, wherever it is aborted', async () => {
    // Where no policy can cancel a try, the operation's signal is the caller's own, which the library does not notify.
    const again = pipeline(retry({ retries: 1, backoff: '10s' }), timeout('1h'))
    again.on('call', () => note('call'))
    for (const name of names) {
      only = name
      const controller = new AbortController()
      const call = as(name, () =>
        ended(
          again.execute(
            ({ signal }) => {
              signal.addEventListener('abort', () => note('abort', name), { once: true })
              return hang()
            },
            { signal: controller.signal },
          ),
        ),
      )
      await after(1)
      as('operator', () => controller.abort())
      await call
    }
    expectAtHome('call', 'abort')
  })

  it('frees a slot for another’s queued call, which runs in its own context', async () => {
    const few = bulkhead({ limit: 1, queue: 10 })
    const controller = new AbortController()
    const { signal } = controller
    const first = as('operator', () =>
      ended(
        few.execute((call) => new Promise((resolve) => call.signal.addEventListener('abort', resolve)), { signal }),
      ),
    )
    const calls = names.map((name) => as(name, () => few.execute(() => note('start', name))))
    as('operator', () => controller.abort())
    await Promise.all([first, ...calls])
    expectAtHome('start')
  })
})

describe('a virtual clock', () => {
  it('turned in another context, sets calls going in their own', async () => {
    const clock = virtualClock()
    const value = fallback({
      value: ({ call }) => {
        note('value', call.key)
        return 'instead'
      },
    })
    const all = pipeline({ clock }, value, retry({ retries: 1, backoff: 50 }), timeout(100))
    const calls = names.map((name) =>
      as(name, () =>
        all.execute(
          ({ key, attempt }) => {
            note(`attempt ${attempt}`, key)
            return hang()
          },
          { key: name },
        ),
      ),
    )
    await as('operator', () => clock.advance(1000))
    await Promise.all(calls)
    expectAtHome('attempt 2', 'value')
  })
})

describe('when calls have ended', () => {
  const { Bun, gc } = globalThis as { gc?: () => void; Bun?: { gc(whole: boolean): void } }
  const collect = gc ?? (Bun && (() => Bun.gc(true)))

  /** Makes a call in a context of its own, whose store nothing else holds. */
  async function callIn(work: () => Promise<unknown>): Promise<WeakRef<object>> {
    const store = { name: 'alice' as const }
    await context.run(store, () => ended(work()))
    return new WeakRef(store)
  }

  /** A timer that is kept for reuse is dropped within a second. */
  async function collected(refs: readonly WeakRef<object>[]): Promise<number> {
    for (let i = 0; i < 60 && refs.some((ref) => ref.deref() !== undefined); i++) {
      await after(20)
      collect?.()
    }
    return refs.filter((ref) => ref.deref() === undefined).length
  }

  const down = async (): Promise<never> => {
    throw new Error('down')
  }
  const idle = {
    // The measure itself: without holdfast a context is collected.
    'code without holdfast': () => after(1).then(down),
    'a timeout': () => timeout('30s').execute(async () => 1),
    'a timeout that fired': () => timeout(5).execute(hang),
    'a retry': () => retry({ retries: 1, backoff: 5 }).execute(down),
    'an aborted retry': () => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 5)
      return retry({ retries: 1, backoff: '20s' }).execute(down, { signal: controller.signal })
    },
    'a bulkhead with a queue': async () => {
      const few = bulkhead({ limit: 1, queue: 2, maxWait: '25s' })
      await Promise.all([few.execute(() => after(3)), few.execute(() => 1)])
    },
    'a breaker': () => circuitBreaker({ consecutiveFailures: 1, openFor: '10s' }).execute(down),
  }

  it.skipIf(collect === undefined).each(Object.entries(idle))(
    '%s keeps no caller’s context alive',
    async (_name, work) => {
      const refs = [await callIn(work), await callIn(work), await callIn(work)]
      expect(await collected(refs)).toBe(3)
    },
  )

  it.skipIf(collect === undefined)(
    'a shared policy with a call in flight keeps no context of those that ended',
    async () => {
      const shared = pipeline(retry({ retries: 1, backoff: 5 }), bulkhead({ limit: 10, queue: 10 }), timeout('31s'))
      const gate = deferred<void>()
      const refs = [await callIn(() => shared.execute(async () => 1)), await callIn(() => shared.execute(down))]
      const running = as('bob', () => shared.execute(() => gate.promise))
      refs.push(await callIn(() => shared.execute(async () => 1)))
      expect(await collected(refs)).toBe(3)
      gate.resolve()
      await running
    },
  )

  it.skipIf(collect === undefined)('a pool keeps no context of who made it or called it', async () => {
    const pools: { close(): void }[] = []
    const refs = [
      await callIn(async () => {
        const pool = failoverPool(['a', 'b'], { check: { every: '20s', run: async () => 1 }, slowStart: '1m' })
        pools.push(pool)
        await pool.execute(() => 1)
      }),
    ]
    expect(await collected(refs)).toBe(1)
    for (const pool of pools) pool.close()
  })
})

describe('the caller', () => {
  it('goes on in its own context, with its own error', async () => {
    const all = pipeline(retry({ retries: 1, backoff: 2 }), timeout(5))
    const found = await Promise.all(
      names.map((name) =>
        as(name, async () => {
          const end = await ended(all.execute(hang))
          return [here(), !end.ok && isHoldfastError(end.error)]
        }),
      ),
    )
    expect(found).toEqual(names.map((name) => [name, true]))
  })
})
