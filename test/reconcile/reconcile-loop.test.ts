import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ReconcileLoop, settleFor } from '../../src/reconcile/reconcile-loop.ts'
import { type Deferred, deferred } from '../composition/deferred.ts'

/** A loop whose runs last until the test ends them; `starts` has the time of each. */
function looping(pause = 1000) {
  const clock = virtualClock()
  const starts: number[] = []
  const runs: Deferred<string>[] = []
  const outcomes: PromiseSettledResult<string>[] = []
  const loop = new ReconcileLoop<string>('kind', clock, {
    run() {
      starts.push(clock.now())
      const run = deferred<string>()
      runs.push(run)
      return run.promise
    },
    pauseAfter(outcome) {
      outcomes.push(outcome)
      return pause
    },
  })
  const started = clock.now()
  /** Ends the run under way, `ms` after now. */
  const end = async (ms = 0): Promise<void> => {
    await clock.advance(ms)
    runs.at(-1)?.resolve('done')
    await clock.advance(0)
  }
  return { clock, loop, runs, outcomes, end, times: () => starts.map((at) => at - started) }
}

describe('a reconcile loop', () => {
  it('runs at once, and again after the pause that follows each run', async () => {
    const { clock, times, end, outcomes } = looping()
    await clock.advance(0)
    await end(50)
    await clock.advance(999)
    expect(times()).toEqual([0])
    await clock.advance(1)

    expect(times()).toEqual([0, 1050])
    expect(outcomes).toEqual([{ status: 'fulfilled', value: 'done' }])
  })

  it('runs soon after a change, once for all changes of a burst', async () => {
    const { clock, loop, times, end } = looping()
    await clock.advance(0)
    await end()
    await clock.advance(100)
    loop.changed()
    await clock.advance(settleFor / 2)
    loop.changed()
    await end(settleFor)
    await clock.advance(100)

    expect(times()).toEqual([0, 100 + settleFor])
  })

  it('runs once more after a run during which changes came, however many', async () => {
    const { clock, loop, times, end } = looping()
    await clock.advance(0)
    for (let i = 0; i < 3; i++) {
      loop.changed()
      await clock.advance(100)
    }
    expect(times()).toEqual([0])
    await end()
    await end(settleFor)
    await clock.advance(900)

    expect(times()).toEqual([0, 300 + settleFor])
  })

  it('goes on after a run that failed', async () => {
    const { clock, runs, times, outcomes } = looping()
    await clock.advance(0)
    const reason = new Error('down')
    runs[0]?.reject(reason)
    await clock.advance(1000)

    expect(outcomes).toEqual([{ status: 'rejected', reason }])
    expect(times()).toEqual([0, 1000])
  })

  it('delays scheduled runs that were postponed, also one that was due before', async () => {
    const { clock, loop, times, end } = looping()
    await clock.advance(0)
    loop.changed()
    loop.postpone(500)
    await end()
    loop.changed()
    await clock.advance(499)
    expect(times()).toEqual([0])
    await clock.advance(1)

    expect(times()).toEqual([0, 500])
  })

  it('flushes at once, postponed or not, and gives the result of that run', async () => {
    const { clock, loop, times, end, outcomes } = looping()
    await clock.advance(0)
    await end()
    loop.postpone(500)
    const flushed = loop.flush()
    await end(100)

    expect(await flushed).toBe('done')
    expect(times()).toEqual([0, 0])
    expect(outcomes).toHaveLength(1)
  })

  it('flushes after the run under way, which may have failed, and leaves no run for a change before that', async () => {
    const { clock, loop, runs, times, end } = looping()
    await clock.advance(0)
    loop.changed()
    await clock.advance(settleFor)
    const flushed = loop.flush()
    await clock.advance(10)
    expect(times()).toEqual([0])
    runs[0]?.reject(new Error('down'))
    await end()
    expect(await flushed).toBe('done')
    await clock.advance(900)

    expect(times()).toEqual([0, 20])
  })

  it('rejects a flush whose run failed, and schedules nothing more for it', async () => {
    const { clock, loop, runs, times, outcomes } = looping()
    await clock.advance(0)
    runs[0]?.resolve('done')
    await clock.advance(10)
    const flushed = loop.flush()
    await clock.advance(0)
    runs[1]?.reject(new Error('down'))

    await expect(flushed).rejects.toThrow('down')
    expect(outcomes).toHaveLength(1)
    await clock.advance(989)
    expect(times()).toEqual([0, 10])
    await clock.advance(1)
    expect(times()).toEqual([0, 10, 1000])
  })

  it('closes when the run under way has settled, refuses what is queued, and never runs again', async () => {
    const { clock, loop, times, end, outcomes } = looping()
    await clock.advance(0)
    const flushed = loop.flush()
    const refused = expect(flushed).rejects.toThrow('kind: closed')
    let closed = false
    const closing = loop.close().then(() => {
      closed = true
    })
    loop.changed()
    await clock.advance(100)
    expect([closed, loop.closed]).toEqual([false, true])
    await end()
    await closing
    await refused
    await expect(loop.flush()).rejects.toThrow('kind: closed')
    await clock.advance('1h')

    expect(times()).toEqual([0])
    expect(outcomes).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  it('does not keep the process alive', async () => {
    const { clock } = looping()

    await expect(clock.settle(new Promise(() => {}))).rejects.toThrow()
  })
})
