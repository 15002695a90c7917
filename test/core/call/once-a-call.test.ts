/** `isFirst`: what is done once a call, whichever layers and tries share it, and the end of all work of the call. */
import { circuitBreaker, failoverPool, pipeline, policy, retry, timeout } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { Scope } from '../../../src/core/hooks.ts'
import { BasePolicy } from '../../../src/core/policy.ts'
import { deferred, ended } from '../../composition/deferred.ts'

const fails = () => Promise.reject(new Error('down'))

/** Notes which of its entries was the first of a call, and the end of the call's work. */
class Once extends BasePolicy {
  protected readonly traits = {}
  protected readonly options = {}
  protected readonly emits = []
  readonly #key: object
  readonly seen: boolean[] = []
  drained = 0

  constructor(key: object) {
    super('once', {})
    this.#key = key
  }

  enter(scope: Scope): undefined {
    this.seen.push(scope.isFirst(this.#key, this))
  }

  callDrained(): void {
    this.drained++
  }
}

describe('isFirst', () => {
  it('is true once a call and key', async () => {
    const [one, other] = [{}, {}]
    const layers = [new Once(one), new Once(one), new Once(other)] as const
    const all = pipeline(layers[0], retry({ retries: 1, backoff: 0 }), failoverPool(['a', 'b']), layers[1], layers[2])
    await ended(all.execute(fails))
    await all.execute(() => 1)
    expect(layers.map(({ seen }) => seen)).toEqual([
      [true, true],
      [false, false, false, false, false],
      [true, false, false, false, true],
    ])
    expect(layers.map(({ drained }) => drained)).toEqual([2, 0, 2])
  })

  it.each([
    ['a value', () => 1],
    ['an error', fails],
    [
      'an error thrown at once',
      () => {
        throw new Error('at once')
      },
    ],
  ])('calls the watcher once, whatever the policies around and the outcome: %s', async (_what, operation) => {
    for (const around of [
      [],
      [timeout('1s')],
      [retry({ retries: 2, backoff: 0 }), circuitBreaker()],
      [policy('twice', (_call, next) => next().catch(() => next()))],
    ]) {
      const once = new Once({})
      const guarded = pipeline(...around, once, ...around.map(() => timeout('1s')))
      await ended(guarded.execute(operation))
      expect(once.drained).toBe(1)
    }
  })

  it('calls the watcher when work that was given up has settled too', async () => {
    const clock = virtualClock()
    const once = new Once({})
    const works = [deferred(), deferred()]
    const guarded = pipeline({ clock }, timeout(100), retry({ retries: 1, backoff: 0 }), once, timeout(40))
    const end = ended(guarded.execute(({ attempt }) => works[attempt - 1]?.promise))
    await clock.advance(100)
    expect(await end).toMatchObject({ ok: false })
    expect(once.drained).toBe(0)
    works[1]?.resolve(1)
    await clock.advance(0)
    expect(once.drained).toBe(0)
    works[0]?.reject(new Error('late'))
    await clock.advance(0)
    expect(once.drained).toBe(1)
  })

  it('calls the watcher of a call that the caller aborts', async () => {
    const once = new Once({})
    const controller = new AbortController()
    const work = deferred()
    const end = ended(pipeline(once, retry()).execute(() => work.promise, { signal: controller.signal }))
    controller.abort('stop')
    expect(await end).toEqual({ ok: false, error: 'stop' })
    expect(once.drained).toBe(0)
    work.resolve(1)
    await work.promise
    await undefined
    expect(once.drained).toBe(1)
  })
})
