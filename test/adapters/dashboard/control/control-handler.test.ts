import { circuitBreaker, failoverPool } from 'holdfast'
import { type DashboardControl, dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { control, open } from '../client.ts'
import { answerOf, breakerId, made, memberId } from './controlled.ts'

describe('the option `control`', () => {
  it('allows nothing if it is missing, and the page gets no controls', async () => {
    const clock = virtualClock()
    const board = dashboard({ clock, policies: [circuitBreaker({ name: 'db' })] })

    expect((await open(board)).hello.controls).toEqual([])
    expect(await answerOf(control(board, 'isolate', breakerId))).toEqual([404, { error: 'controls are not enabled' }])
  })

  it('is called each time, with the request as the server has it', async () => {
    const { board, decide, breaker } = made()
    const { hello } = await open(board)
    await control(board, 'isolate', breakerId, { authorization: 'Bearer x' })
    await control(board, 'release', breakerId)

    expect(hello.controls).toEqual(['isolate', 'release', 'reset', 'drain', 'maintenance', 'ready'])
    expect(decide).toHaveBeenCalledTimes(2)
    const [first] = decide.mock.calls[0] as [DashboardControl]
    expect(first).toMatchObject({ action: 'isolate', id: breakerId, kind: 'breaker', name: 'db', policy: 'db' })
    expect(first).not.toHaveProperty('pool')
    expect((first.raw as Request).headers.get('authorization')).toBe('Bearer x')
    expect(breaker.state).toBe('closed')
  })

  it.each([false, Promise.resolve(false), undefined, 1, 'yes', {}])(
    'allows nothing if it returns %o',
    async (answer) => {
      const { board, decide, breaker } = made()
      decide.mockReturnValue(answer as boolean)

      expect(await answerOf(control(board, 'isolate', breakerId))).toEqual([403, { error: 'not allowed' }])
      expect(breaker.state).toBe('closed')
    },
  )

  it.each([
    () => {
      throw new Error('no session store')
    },
    async () => {
      throw new Error('no session store')
    },
  ])('allows nothing if it throws or rejects, and that is reported as a fault', async (fail) => {
    const { board, decide, breaker, faults } = made()
    decide.mockImplementation(fail)

    expect(await answerOf(control(board, 'isolate', breakerId))).toEqual([403, { error: 'not allowed' }])
    expect([breaker.state, faults]).toEqual(['closed', ['control']])
  })

  it('does not hide that applying the action failed', async () => {
    const { board, breaker, faults } = made()
    vi.spyOn(breaker, 'reset').mockImplementation(() => {
      throw new Error('broken')
    })

    expect(await answerOf(control(board, 'reset', breakerId))).toEqual([500, { error: 'internal error' }])
    expect(faults).toEqual(['reset'])
  })
})

describe('a decision', () => {
  const forever = () => new Promise<boolean>(() => {})
  const settle = () => new Promise(setImmediate)

  it('that takes too long changes nothing, even if it is positive in the end', async () => {
    let answer = (_: boolean): void => {}
    const { board, breaker, clock, faults } = made({
      timeout: '2s',
      control: () => new Promise((resolve) => (answer = resolve)),
    })
    const answered = answerOf(control(board, 'isolate', breakerId))
    await settle()
    await clock.advance(1999)
    expect(faults).toEqual([])
    await clock.advance(1)

    expect(await answered).toEqual([403, { error: 'not allowed' }])
    expect(faults).toEqual(['control'])
    answer(true)
    await settle()
    expect(breaker.state).toBe('closed')
    expect(clock.pending).toBe(0)
  })

  it('may take 10 s by default', async () => {
    const { board, clock } = made({ control: forever })
    const answered = control(board, 'isolate', breakerId)
    await settle()
    await clock.advance('9s')
    expect(clock.pending).toBe(1)
    await clock.advance('1s')

    expect((await answered).status).toBe(403)
  })

  it('leaves no timer if it is made in time, or fails', async () => {
    const { board, clock, decide } = made()
    await control(board, 'isolate', breakerId)
    decide.mockRejectedValueOnce(new Error('no session store'))
    await control(board, 'isolate', breakerId)

    expect(clock.pending).toBe(0)
  })

  it('counts until it ends: at most 100 are pending', async () => {
    const answers: ((yes: boolean) => void)[] = []
    const { board, clock, breaker } = made({ control: () => new Promise((resolve) => answers.push(resolve)) })
    const pending = Array.from({ length: 100 }, () => control(board, 'isolate', breakerId))
    await settle()
    await clock.advance('1m')
    for (const each of pending) expect((await each).status).toBe(403)
    const more = await control(board, 'isolate', breakerId)
    expect([more.status, more.headers.get('retry-after')]).toEqual([503, '5'])
    expect(answers).toHaveLength(100)
    answers[0]?.(false)
    await settle()
    const again = control(board, 'isolate', breakerId)
    await settle()
    answers[100]?.(true)

    expect((await again).status).toBe(200)
    expect(breaker.state).toBe('isolated')
  })
})

describe('an approval', () => {
  /** Decides when `answer` is called. */
  const deferred = () => {
    let answer = (_: boolean): void => {}
    const decide = () => new Promise<boolean>((resolve) => (answer = resolve))
    return { decide, answer: (yes: boolean) => answer(yes) }
  }
  const notFound = [404, { error: expect.stringContaining('has this id') }]

  it('for a breaker is not one for another that has replaced it while the decision was pending', async () => {
    const { decide, answer } = deferred()
    const { breaker, board } = made({ policies: [], control: decide })
    const watching = board.watch(breaker)
    const other = circuitBreaker({ name: 'db' })
    const answered = answerOf(control(board, 'isolate', breakerId))
    await new Promise(setImmediate)
    watching.stop()
    board.watch(other)
    answer(true)

    expect(await answered).toEqual(notFound)
    expect([breaker.state, other.state]).toEqual(['closed', 'closed'])
  })

  it('for a member is not one for another that has taken its name while the decision was pending', async () => {
    const { decide, answer } = deferred()
    const pool = failoverPool(['a', 'b'], { name: 'pool' })
    const { board } = made({ policies: [pool], control: decide })
    const id = memberId('pool:["pool",null,null,"pool"]', 'a')
    const answered = answerOf(control(board, 'drain', id))
    await new Promise(setImmediate)
    pool.remove('a')
    pool.add('a')
    answer(true)

    expect(await answered).toEqual(notFound)
    expect(pool.members.map(({ admin }) => admin)).toEqual(['ready', 'ready'])
  })
})
