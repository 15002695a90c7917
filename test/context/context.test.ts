import {
  type Call,
  currentCall,
  type DeadlineError,
  detached,
  pipeline,
  policy,
  retry,
  runWithCall,
  timeout,
} from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

const seen = ({ key, priority, retryDepth, deadline }: Call) => ({ key, priority, retryDepth, at: deadline?.getTime() })

describe('runWithCall', () => {
  it('gives a call to all that its function does and awaits', async () => {
    const clock = virtualClock({ wall: 5000 })
    expect(currentCall()).toBeUndefined()
    const options = { deadline: '1s', priority: 2, key: 'k', retryDepth: 1, clock } as const
    const result = await runWithCall(options, async () => {
      await Promise.resolve()
      await clock.advance(100)
      return currentCall()
    })
    expect(result).toMatchObject({ remaining: 900, priority: 2, key: 'k', retryDepth: 1 })
    expect(result?.deadline).toEqual(new Date(6000))
    expect(currentCall()).toBeUndefined()
  })

  it('has no deadline where none is given', () => {
    const { deadline, remaining, key } = runWithCall({}, () => currentCall()) ?? {}
    expect([deadline, remaining, key]).toEqual([undefined, Number.POSITIVE_INFINITY, undefined])
    for (const endless of [Number.POSITIVE_INFINITY, new Date(8.64e15)]) {
      expect(runWithCall({ deadline: endless }, () => currentCall()?.deadline)).toBeUndefined()
    }
  })

  it('measures by the machine’s clock, and takes a date', () => {
    const left = runWithCall({ deadline: new Date(Date.now() + 60_000) }, () => currentCall()?.remaining)
    expect(left).toBeGreaterThan(50_000)
    expect(left).toBeLessThanOrEqual(60_000)
  })

  it('is not moved by a step of the wall clock', () => {
    const clock = virtualClock({ wall: 5000 })
    runWithCall({ deadline: new Date(6000), clock }, () => {
      clock.stepWall(-3000)
      expect(currentCall()?.remaining).toBe(1000)
    })
  })

  it('lowers within another, and never raises', () => {
    const clock = virtualClock()
    const inner = (options: object) =>
      runWithCall({ clock, ...options }, () => ({ ...currentCall(), remaining: currentCall()?.remaining }))
    runWithCall({ deadline: 100, priority: 5, key: 'outer', retryDepth: 2, clock }, () => {
      expect(inner({ deadline: 50, priority: 1, key: 'inner', retryDepth: 3 })).toMatchObject({
        remaining: 50,
        priority: 1,
        key: 'inner',
        retryDepth: 3,
      })
      expect(inner({ deadline: '1h', priority: 9, retryDepth: 0 })).toMatchObject({
        remaining: 100,
        priority: 5,
        key: 'outer',
        retryDepth: 2,
      })
      expect(inner({})).toMatchObject({ remaining: 100, priority: 5 })
    })
    runWithCall({}, () => expect(inner({ priority: 9 })).toMatchObject({ priority: 9 }))
  })

  it('does not run its function if no time is left', async () => {
    const clock = virtualClock()
    const refused = (work: () => unknown): DeadlineError => {
      try {
        work()
      } catch (error) {
        return error as DeadlineError
      }
      throw new Error('was not refused')
    }
    const never = (): never => {
      throw new Error('ran')
    }
    for (const deadline of [0, -5, new Date(0)]) {
      expect(refused(() => runWithCall({ deadline, clock }, never))).toMatchObject({
        name: 'DeadlineError',
        code: 'HF_DEADLINE',
        policy: 'runWithCall',
        retryAfter: undefined,
        message: 'runWithCall: the deadline has passed',
      })
    }
    await runWithCall({ deadline: 100, clock }, async () => {
      await clock.advance(100)
      expect(refused(() => runWithCall({ priority: 1 }, never)).code).toBe('HF_DEADLINE')
      expect(detached(() => runWithCall({ priority: 1 }, () => 'runs'))).toBe('runs')
    })
  })

  it('takes a call, as exactly as it is known', async () => {
    const clock = virtualClock({ wall: 0.7 })
    const stock = pipeline({ clock }, timeout(1000.3))
    const options = { priority: 3, key: '', retryDepth: 4 }
    await stock.execute(async (call) => {
      runWithCall(call, () => expect(currentCall()).toMatchObject({ ...options, remaining: 1000.3 }))
    }, options)
    await stock.execute(async (call) => {
      // Its priority is 0, as nothing was given: that lowers nothing.
      runWithCall(call, () =>
        expect(currentCall()).toMatchObject({ priority: undefined, key: undefined, retryDepth: 0 }),
      )
    })
    const current = runWithCall({ priority: 0, deadline: 5, clock }, () => currentCall())
    runWithCall(current as object, () => expect(currentCall()).toMatchObject({ priority: 0, remaining: 5 }))
    runWithCall(Object.create(null) as object, () => expect(currentCall()?.remaining).toBe(Number.POSITIVE_INFINITY))
  })

  it.each([
    [null, 'runWithCall: options must be an object, got null'],
    [Promise.resolve(), 'runWithCall: options must be an object, got a promise'],
    [{ deadline: {} }, 'runWithCall: deadline must be a duration or a valid Date, got an object'],
    [{ deadline: new Date(Number.NaN) }, 'runWithCall: deadline must be a duration or a valid Date, got an object'],
    [
      { deadline: Date.UTC(2026, 10, 28) },
      'runWithCall: deadline must be a duration from now or, for an instant, a Date, got 1795824000000',
    ],
    [{ priority: Number.NaN }, 'runWithCall: priority must be a finite number, got NaN'],
    [{ key: 5 }, 'runWithCall: key must be a string, got 5'],
    [{ retryDepth: -1 }, 'runWithCall: retryDepth must be an integer >= 0, got -1'],
    [{ deadlin: 5 }, 'runWithCall: "deadlin" is not an option, did you mean deadline?'],
  ])('refuses %o', (options, message) => {
    expect(() => runWithCall(options as never, () => 1)).toThrow(new TypeError(message))
  })

  it('refuses what is no function', () => {
    expect(() => runWithCall({}, 5 as never)).toThrow(new TypeError('runWithCall: fn must be a function, got 5'))
  })
})

describe('detached', () => {
  it('runs under no call, and leaves the call around it as it is', () => {
    expect(detached(() => currentCall())).toBeUndefined()
    runWithCall({ key: 'k' }, () => {
      expect(detached(() => currentCall())).toBeUndefined()
      expect(currentCall()?.key).toBe('k')
    })
  })
})

describe('a pipeline that inherits', () => {
  const made = (...policies: Parameters<typeof pipeline>) => {
    const clock = virtualClock({ wall: 0 })
    return { clock, stock: pipeline({ clock, inherit: true }, ...(policies as [])) }
  }

  it('gives a call without options what the call around it has', async () => {
    const { clock, stock } = made()
    const options = { deadline: 100, priority: 5, key: 'k', retryDepth: 2, clock }
    await runWithCall(options, async () => {
      await clock.advance(40)
      expect(await stock.execute(seen)).toEqual({ key: 'k', priority: 5, retryDepth: 2, at: 100 })
      expect(await stock.withCall(seen)()).toEqual({ key: 'k', priority: 5, retryDepth: 2, at: 100 })
    })
    expect(await stock.execute(seen)).toEqual({ key: undefined, priority: 0, retryDepth: 0, at: undefined })
  })

  it('lets options lower the deadline, never raise it', async () => {
    const { clock, stock } = made()
    const run = (options: object) => stock.execute(seen, options)
    await runWithCall({ deadline: 100, priority: 5, key: 'k', retryDepth: 2, clock }, async () => {
      expect(await run({ deadline: 30, priority: 1, key: 'own', retryDepth: 3 })).toEqual({
        key: 'own',
        priority: 1,
        retryDepth: 3,
        at: 30,
      })
      expect(await run({ deadline: '1h', priority: 9, retryDepth: 0 })).toEqual({
        key: 'k',
        priority: 5,
        retryDepth: 2,
        at: 100,
      })
      expect(await run({ deadline: new Date(20) })).toMatchObject({ at: 20 })
      expect(await run({ deadline: new Date(200) })).toMatchObject({ at: 100 })
      expect(await run({ deadline: Number.POSITIVE_INFINITY })).toMatchObject({ at: 100 })
    })
    await runWithCall({ clock }, async () => expect(await run({ deadline: 30 })).toMatchObject({ at: 30 }))
    await runWithCall({ clock }, async () => expect(await run({})).toMatchObject({ at: undefined }))
  })

  it('takes a call as options, and its signal with it', async () => {
    const { clock, stock } = made()
    const outer = pipeline({ clock }, timeout(50.25))
    await runWithCall({ deadline: 100, clock }, () =>
      outer.execute(async (call) => {
        await stock.execute((inner) => {
          expect(inner.signal).toBe(call.signal)
          expect(currentCall()?.remaining).toBe(50.25)
        }, call)
      }),
    )
  })

  it('runs its operation under its own call, so that deadlines go on lowering', async () => {
    const { clock, stock } = made(retry({ retries: 1, backoff: 10 }), timeout(30))
    const inner = pipeline({ clock, inherit: true })
    const found: unknown[] = []
    const work = runWithCall({ deadline: 100, priority: 5, clock }, () =>
      stock.execute(async () => {
        found.push(await inner.execute(seen))
        if (found.length === 1) throw new Error('down')
      }),
    )
    await clock.settle(work)
    expect(found).toEqual([
      { key: undefined, priority: 5, retryDepth: 0, at: 30 },
      { key: undefined, priority: 5, retryDepth: 1, at: 40 },
    ])
  })

  it('gives a priority only where one was given, so that a call inside may have its own', async () => {
    const { clock, stock } = made()
    await runWithCall({ clock }, () =>
      stock.execute(async () => expect(await stock.execute(seen, { priority: 7 })).toMatchObject({ priority: 7 })),
    )
  })

  it('does not let a policy of its own raise the deadline for what is inside', async () => {
    const clock = virtualClock({ wall: 0 })
    const later = policy('later', (call, next) => next(call.with({ deadline: '1h' })))
    await runWithCall({ deadline: 100, clock }, () =>
      pipeline({ clock, inherit: true }, later).execute(() => expect(currentCall()?.remaining).toBe(100)),
    )
  })

  it('refuses wrong options and operations as any other', async () => {
    const { clock, stock } = made()
    await runWithCall({ deadline: 100, clock }, async () => {
      expect(await ended(stock.execute(seen, { priority: 'high' } as never))).toMatchObject({
        error: new TypeError('execute: priority must be a finite number, got "high"'),
      })
      expect(await ended(stock.execute(5 as never))).toMatchObject({
        error: new TypeError('execute: operation must be a function, got 5'),
      })
    })
  })

  it('is the only one that does, and only where it is the outermost', async () => {
    const { clock, stock } = made()
    await runWithCall({ deadline: 100, key: 'k', clock }, async () => {
      expect(await pipeline({ clock }).execute(seen)).toMatchObject({ key: undefined, at: undefined })
      expect(await pipeline({ clock }, stock).execute(seen)).toMatchObject({ key: undefined, at: undefined })
    })
  })

  it('does not take a clock for its own where there is no deadline', async () => {
    const clock = virtualClock()
    const stock = pipeline({ inherit: true })
    await runWithCall({ key: 'k' }, () => stock.execute(seen))
    expect(() => pipeline({ clock }, stock)).not.toThrow()
  })

  it('must be said by a boolean', () => {
    expect(() => pipeline({ inherit: 'yes' as never })).toThrow(
      new TypeError('pipeline: inherit must be a boolean, got "yes"'),
    )
  })
})
