import { timeout } from 'holdfast'
import { type DashboardOptions, dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { open } from './client.ts'

function made(options: DashboardOptions = {}) {
  const clock = virtualClock({ wall: 1_000_000 })
  return { clock, board: dashboard({ clock, ...options }) }
}

describe('the history of calls', () => {
  it('has a sample every 5 s, back to `keep`', async () => {
    const { clock, board } = made({ keep: '1m' })
    const limit = timeout('1s')
    board.watch(limit)
    await limit.execute(() => 1)
    await clock.advance('7s')

    const { history } = (await open(board)).hello

    expect(history.map(({ at, calls }) => [at, calls['timeout']?.success])).toEqual([
      [1_000_000, 0],
      [1_005_000, 1],
    ])
    await clock.advance('10m')
    const later = (await open(board)).hello.history
    expect(later).toHaveLength(13)
    expect(later[0]?.at).toBe(1_545_000)
  })

  it('is not kept without a policy, or with `keep: 0`', async () => {
    const { clock, board } = made()
    const watching = [timeout({ after: 1, name: 'a' }), timeout({ after: 1, name: 'b' })].map((each) =>
      board.watch(each),
    )
    expect(clock.pending).toBe(1)
    watching[0]?.stop()
    expect(clock.pending).toBe(1)
    watching[1]?.stop()
    expect(clock.pending).toBe(0)
    const none = made({ keep: 0, policies: [timeout('1s')] })
    expect(none.clock.pending).toBe(0)

    expect((await open(none.board)).hello.history).toEqual([])
  })

  it('has at most 1 MB', async () => {
    const { clock, board } = made({ keep: '1h' })
    board.watch(timeout({ after: 1, name: 'x'.repeat(100_000) }))
    await clock.advance('30m')

    const { history } = (await open(board)).hello

    expect(history).toHaveLength(9)
    expect(history.at(-1)?.at).toBe(clock.wall())
  })

  it('is empty if a single sample has more than that', async () => {
    const { clock, board } = made()
    board.watch(timeout({ after: 1, name: 'x'.repeat(1_000_000) }))
    await clock.advance('10s')

    expect((await open(board)).hello.history).toEqual([])
  })

  it('continues after a failure of the clock', async () => {
    const faults: string[] = []
    const clock = virtualClock()
    const { wall } = clock
    const board = dashboard({ clock, policies: [timeout('1s')], onFault: ({ source }) => faults.push(source) })
    let broken = 1
    vi.spyOn(clock, 'wall').mockImplementation((now) => {
      if (broken-- === 1) throw new Error('no time')
      return wall.call(clock, now)
    })
    await clock.advance('5s')
    await clock.advance('5s')

    expect(faults).toEqual(['history'])
    expect((await open(board)).hello.history.map(({ at }) => at)).toEqual([0, 10_000])
  })
})
