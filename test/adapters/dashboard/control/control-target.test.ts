import { type CircuitBreaker, circuitBreaker, failoverPool, pipeline, retry } from 'holdfast'
import { describe, expect, it } from 'vitest'
import { control, open } from '../client.ts'
import { answerOf, breakerId, made, memberId } from './controlled.ts'

describe('a breaker', () => {
  it('is isolated, held by the dashboard, and released again', async () => {
    const { clock, breaker, board } = made()
    const stream = await open(board)
    const fact = async () => {
      await clock.advance(500)
      await stream.frames()
      return stream.facts.get(breakerId)
    }
    expect(await answerOf(control(board, 'isolate', breakerId))).toEqual([200, {}])
    expect(breaker.state).toBe('isolated')
    expect(await fact()).toMatchObject({ state: 'isolated', isolatedHere: true })
    const other = breaker.isolate()
    await control(board, 'isolate', breakerId)
    expect(await answerOf(control(board, 'release', breakerId))).toEqual([200, {}])
    expect(await fact()).toMatchObject({ state: 'isolated', isolatedHere: false })
    other.release()

    expect(await fact()).toMatchObject({ state: 'closed', isolatedHere: false })
    expect(await answerOf(control(board, 'release', breakerId))).toEqual([200, {}])
  })

  it.each([
    ['reset by the page', (board: ReturnType<typeof made>['board']) => control(board, 'reset', breakerId)],
    ['reset', (_: unknown, breaker: CircuitBreaker) => breaker.reset()],
    ['disabled', (_: unknown, breaker: CircuitBreaker) => breaker.disable()],
  ])('that was %s is no longer held by the dashboard', async (_, end) => {
    const { breaker, board } = made()
    await control(board, 'isolate', breakerId)
    await end(board, breaker)

    expect((await open(board)).facts.get(breakerId)).toMatchObject({ isolatedHere: false })
    const other = breaker.isolate()
    await control(board, 'release', breakerId)
    expect(breaker.state).toBe('isolated')
    other.release()
  })

  it.each([
    ['the dashboard is closed', 'close'],
    ['its policy is no longer watched', 'stop'],
  ])('is released when %s', async (_, how) => {
    const { breaker, board } = made({ policies: [] })
    const watching = board.watch(breaker)
    await control(board, 'isolate', breakerId)
    expect(breaker.state).toBe('isolated')

    if (how === 'close') board.close()
    else watching.stop()

    expect(breaker.state).toBe('closed')
  })
})

describe('a member of a pool', () => {
  const pooled = () => {
    const { clock, board, decide } = made()
    const pool = failoverPool(['a', 'b'], {
      name: 'api',
      clock,
      guard: () => circuitBreaker({ name: 'guard' }),
    } as never)
    board.watch(pipeline('calls', retry(1), pool as never))
    return { board, pool, decide, id: 'pool:["calls",null,null,"api"]' }
  }

  it.each(['drain', 'maintenance'] as const)('is put into %s and taken back', async (admin) => {
    const { board, pool, id } = pooled()
    expect(await answerOf(control(board, admin, memberId(id, 'b')))).toEqual([200, {}])
    expect(pool.members.map(({ admin }) => admin)).toEqual(['ready', admin])
    await control(board, 'ready', memberId(id, 'b'))

    expect(pool.members.map(({ admin }) => admin)).toEqual(['ready', 'ready'])
  })

  it('is described to `control` with its pool, and so is the breaker that guards it', async () => {
    const { board, decide, id } = pooled()
    await control(board, 'drain', memberId(id, 'b'))
    await control(board, 'isolate', 'breaker:["calls","api","b","guard"]')

    expect(decide.mock.calls.map(([{ raw, ...about }]) => about)).toEqual([
      { action: 'drain', id: memberId(id, 'b'), kind: 'member', name: 'b', policy: 'calls', pool: 'api', member: 'b' },
      {
        action: 'isolate',
        id: 'breaker:["calls","api","b","guard"]',
        kind: 'breaker',
        name: 'guard',
        policy: 'calls',
        pool: 'api',
        member: 'b',
      },
    ])
  })

  it('that was removed is not found', async () => {
    const { board, pool, decide, id } = pooled()
    decide.mockImplementation(async () => {
      pool.remove('b')
      return true
    })

    expect(await answerOf(control(board, 'drain', memberId(id, 'b')))).toEqual([
      404,
      { error: 'nothing to drain has this id' },
    ])
    expect(await answerOf(control(board, 'drain', memberId(id, 'b')))).toEqual([404, expect.anything()])
    expect(decide).toHaveBeenCalledOnce()
  })
})
