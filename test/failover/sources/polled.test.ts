import { failoverPool, type PolledOptions, polled } from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

type Ask = PolledOptions<string>['ask']

/** A pool over a polled source; `asked` are the times of its questions. */
function made(ask: Ask, options: Partial<PolledOptions<string>> = {}, random = () => 0.5) {
  const clock = virtualClock()
  const asked: number[] = []
  const source = polled<string>({
    every: '10s',
    ...options,
    ask: (question) => {
      asked.push(clock.now())
      return ask(question)
    },
  })
  const pool = failoverPool(source, { clock, random })
  const log = recorder(pool)
  const faults = () => log.of('fault').map(({ error }) => String(error))
  const names = () => pool.members.map(({ name }) => name)
  return { clock, pool, asked, faults, names }
}

const down = () => Promise.reject(new Error('down'))

describe('polled', () => {
  it('asks once per `every`, one request at a time', async () => {
    const { clock, pool, asked, names } = made(async () => ['a'])
    await pool.ready()
    expect(names()).toEqual(['a'])
    await clock.advance(25_000)
    expect(asked).toEqual([0, 10_000, 20_000])
    expect(clock.pending).toBe(1)
    pool.close()
    expect(clock.pending).toBe(0)
  })

  it('spreads its waits in both directions', async () => {
    const early = made(
      () => ['a'],
      { jitter: 0.2 },
      () => 0,
    )
    const late = made(
      () => ['a'],
      { jitter: 0.2 },
      () => 0.999_999,
    )
    for (const { clock, pool } of [early, late]) {
      void pool.ready()
      await clock.advance(13_000)
    }
    expect(early.asked).toEqual([0, 8000])
    expect(Math.round(late.asked[1] as number)).toBe(12_000)
  })

  it('keeps an answer for its `ttl`, never below the floor nor above the ceiling', async () => {
    const ttls = [20_000, 10, 0, -1, Number.NaN, 'x' as never, 86_400_000, undefined]
    const { clock, pool, asked } = made(() => ({ members: ['a'], ttl: ttls.shift() }), { floor: '2s', ceiling: '1m' })
    void pool.ready()
    await clock.advance(200_000)

    expect(asked.slice(0, 9)).toEqual([0, 20_000, 22_000, 24_000, 34_000, 44_000, 54_000, 114_000, 124_000])
  })

  it('has a floor of a second, or of `every` where that is less', async () => {
    const second = made(() => ({ members: ['a'], ttl: 0 }))
    const less = made(() => ({ members: ['a'], ttl: 0 }), { every: 200 })
    for (const { clock, pool } of [second, less]) {
      void pool.ready()
      await clock.advance(1000)
    }
    expect(second.asked).toEqual([0, 1000])
    expect(less.asked).toEqual([0, 200, 400, 600, 800, 1000])
  })

  it('may wait longer than an hour if the options say so', async () => {
    const { clock, pool, asked } = made(() => ['a'], { every: '3h' })
    void pool.ready()
    await clock.advance('6h')
    expect(asked).toEqual([0, 3 * 3_600_000, 6 * 3_600_000])
  })

  it('keeps the list after a failure, reports the failure, and asks again after waits that grow to `every`', async () => {
    let fine = true
    const { clock, pool, asked, faults, names } = made(() => (fine ? ['a'] : down()))
    await pool.ready()
    fine = false
    await clock.advance(46_000)

    expect(asked).toEqual([0, 10_000, 11_000, 13_000, 17_000, 25_000, 35_000, 45_000])
    expect(names()).toEqual(['a'])
    expect(faults()).toHaveLength(7)
    fine = true
    await clock.advance(20_000)
    expect(asked.slice(8)).toEqual([55_000, 65_000])
  })

  it.each([
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['text', 'a', '"a"'],
    ['a record without members', { ttl: 5 }, 'members that are undefined'],
    ['members that are none', { members: 'a' }, 'members that are "a"'],
  ])('takes %s for no answer', async (_, answer, shown) => {
    let wrong = false
    const { clock, pool, names, faults, asked } = made(() => (wrong ? (answer as never) : ['a']))
    await pool.ready()
    wrong = true
    await clock.advance(11_000)

    expect(names()).toEqual(['a'])
    expect(faults()[0]).toBe(`TypeError: polled: the answer must be an array of members, got ${shown}`)
    expect(asked).toEqual([0, 10_000, 11_000])
  })

  it('reports the faults of an answer, and applies the answer', async () => {
    const { pool, names, faults } = made(() => ({ members: ['a'], faults: [new Error('half of it')] }))
    await pool.ready()
    expect(names()).toEqual(['a'])
    expect(faults()).toEqual(['Error: half of it'])
  })

  it('aborts a request that takes too long, and asks again', async () => {
    const signals: AbortSignal[] = []
    const { clock, pool, asked, faults } = made(
      ({ signal }) => {
        signals.push(signal)
        return new Promise(() => {})
      },
      { timeout: '3s' },
    )
    await clock.settle(pool.ready())
    expect(clock.now()).toBe(3000)
    expect(faults()).toEqual(['TimeoutError: The check took too long'])
    // The promise is lost for ever; the source is not.
    await clock.advance(1000)
    expect(asked).toEqual([0, 4000])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    pool.close()
    expect(signals[1]?.aborted).toBe(true)
    expect(clock.pending).toBe(0)
  })

  it('leaves four requests hanging, and makes further ones ever more rarely', async () => {
    const { clock, pool, asked, faults } = made(() => new Promise(() => {}), { every: '1s', timeout: '1s', jitter: 0 })
    void pool.ready()
    await clock.advance('1h')

    expect(asked).toHaveLength(4 + 5)
    expect(faults().at(-1)).toBe('Error: polled: 4 questions or more have not been answered')
    pool.close()
    expect(clock.pending).toBe(0)
  })

  it('asks as usual again once the hanging requests have ended', async () => {
    const ends: ((members: readonly string[]) => void)[] = []
    let hangs = true
    const { clock, pool, asked, names } = made(() => (hangs ? new Promise((resolve) => ends.push(resolve)) : ['a']), {
      every: '1s',
      timeout: '1s',
      jitter: 0,
    })
    void pool.ready()
    await clock.advance('30s')
    expect(asked).toHaveLength(4)
    hangs = false
    for (const end of ends) end(['late'])
    await clock.advance('2s')

    expect(asked.length).toBeGreaterThan(4)
    expect(names()).toEqual(['a'])
    pool.close()
  })

  it('ignores an answer that comes too late', async () => {
    let answer = (_: readonly string[]): void => {}
    const { clock, pool, names } = made(() => new Promise((resolve) => (answer = resolve)))
    await clock.settle(pool.ready())
    answer(['late'])
    await clock.advance(500)
    expect(names()).toEqual([])
    pool.close()
    answer(['later'])
    await clock.advance(10_000)
    expect(names()).toEqual([])
  })

  it('asks sooner on a hint, at most once in `refresh`', async () => {
    const { clock, pool, asked } = made(() => ['a'], { every: '5m', refresh: '30s' })
    await pool.ready()
    for (let i = 0; i < 60; i++) {
      await clock.advance(1000)
      await pool.execute(() => down()).catch(() => {})
    }
    expect(asked).toEqual([0, 30_000, 60_000])
    await clock.advance('5m')
    expect(asked).toEqual([0, 30_000, 60_000, 360_000])
  })

  it('ignores a hint while a request is under way, but not while only an abandoned one is', async () => {
    const { clock, pool, asked } = made(() => new Promise(() => {}), { refresh: 0, initial: ['a'] })
    const hint = () => pool.execute(() => down()).catch(() => {})
    await hint()
    await hint()
    expect(asked).toEqual([0])
    await clock.advance(5500)
    await hint()
    expect(asked).toEqual([0, 5500])
    pool.close()
    await clock.advance(60_000)
    expect(asked).toEqual([0, 5500])
  })

  it('asks nothing after it was closed, even from inside an answer', async () => {
    const { clock, pool, asked } = made(() => ['a'])
    pool.on('membersChanged', () => pool.close())
    await pool.ready()
    await clock.advance('1h')
    expect(asked).toEqual([0])
    expect(clock.pending).toBe(0)

    const watch = polled({ ask: () => [] }).watch({ clock, random: () => 0, update() {}, failed() {} })
    watch.close()
    watch.refresh?.()
    expect(clock.pending).toBe(0)
  })

  it('continues after a sink has thrown', async () => {
    const clock = virtualClock()
    const failed: unknown[] = []
    let asked = 0
    const watch = polled({ ask: () => [++asked] }).watch({
      clock,
      random: () => 0.5,
      update() {
        throw new Error('sink')
      },
      failed: (error) => failed.push(error),
    })
    await clock.advance(3000)
    watch.close()
    expect(asked).toBe(3)
    expect(failed).toEqual(new Array(3).fill(new Error('sink')))
  })

  it.each([
    [{ ask: 1 }, 'polled: ask must be a function, got 1'],
    [{ ask: () => [], every: 0 }, 'polled: every must be a duration > 0, got 0'],
    [{ ask: () => [], floor: -1 }, 'polled: floor must be a duration > 0, got -1'],
    [{ ask: () => [], ceiling: 'x' }, 'polled: ceiling must be a duration > 0, got "x"'],
    [{ ask: () => [], jitter: 2 }, 'polled: jitter must be a number from 0 to 1, got 2'],
    [{ ask: () => [], refresh: -1 }, 'polled: refresh must be a duration >= 0, got -1'],
    [{ ask: () => [], initial: 'a' }, 'polled: initial must be an array, got "a"'],
    [{ ask: () => [], kind: '' }, 'polled: kind must be a non-empty string, got ""'],
    [{ ask: () => [], evry: 1 }, 'polled: "evry" is not an option, did you mean every?'],
  ])('refuses %j', (options, message) => {
    expect(() => polled(options as never)).toThrow(message)
  })
})
