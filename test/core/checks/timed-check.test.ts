/** What a look makes of a `Response`. */
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { TimedCheck } from '../../../src/core/checks/timed-check.ts'

/** A look by a check that gives this, once it has been answered for. */
async function looked(result: unknown, what?: string) {
  const clock = virtualClock()
  const seen: { good: boolean; error: unknown }[] = []
  new TimedCheck(clock, 1000, what).begin(
    () => result,
    (good, error) => seen.push({ good, error }),
  )
  await clock.advance(1)
  expect(seen).toHaveLength(1)
  return seen[0] as { good: boolean; error: unknown }
}

/** A response with a body that tells whether it was cancelled. */
function answered(status: number, statusText = '') {
  let cancelled = 0
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(8)),
    cancel: () => {
      cancelled++
    },
  })
  return { response: new Response(body, { status, statusText }), cancelled: () => cancelled }
}

describe('a check that gives a Response', () => {
  it.each([200, 204, 206])('is good where the response is ok: %i', async (status) => {
    const { good } = await looked(new Response(null, { status }))

    expect(good).toBe(true)
  })

  it.each([
    [304, 'Not Modified', 'the check was answered with 304 Not Modified'],
    [404, '', 'the check was answered with 404'],
    [503, 'Service Unavailable', 'the check was answered with 503 Service Unavailable'],
  ])('has failed where the response is not ok, and says why: %i', async (status, statusText, message) => {
    const { good, error } = await looked(new Response(null, { status, statusText }))

    expect(good).toBe(false)
    expect(error).toBeInstanceOf(Error)
    expect((error as Error).message).toBe(message)
  })

  it('names what it is in the error', async () => {
    const { error } = await looked(new Response(null, { status: 500 }), 'recovery')

    expect((error as Error).message).toBe('the recovery was answered with 500')
  })

  it.each([200, 503])('cancels a body that was not read, so that the connection is free: %i', async (status) => {
    const { response, cancelled } = answered(status)
    await looked(Promise.resolve(response))

    expect(cancelled()).toBe(1)
  })

  it('does not cancel a body that is being read', async () => {
    const { response, cancelled } = answered(200)
    const reader = response.body?.getReader()
    expect((await looked(response)).good).toBe(true)

    expect(cancelled()).toBe(0)
    expect((await reader?.read())?.value).toHaveLength(8)
  })

  it('cancels the body of an answer that came too late', async () => {
    const clock = virtualClock()
    const { response, cancelled } = answered(200)
    const seen: boolean[] = []
    let answer: (response: Response) => void = () => {}
    new TimedCheck(clock, 100).begin(
      () => new Promise((resolve) => (answer = resolve)),
      (good) => seen.push(good),
    )
    await clock.advance(101)
    answer(response)
    await clock.advance(1)

    expect(seen).toEqual([false])
    expect(cancelled()).toBe(1)
  })

  it.each([
    [
      'a body whose cancel throws',
      {
        cancel: () => {
          throw new Error('no')
        },
      },
    ],
    ['a body whose cancel rejects', { cancel: () => Promise.reject(new Error('no')) }],
    ['a body of another kind', 'text'],
    ['a body that has no end', {}],
    ['no body', undefined],
  ])('takes the response of any client, with %s', async (_, body) => {
    expect((await looked({ ok: true, status: 200, body })).good).toBe(true)
    const { good, error } = await looked({ ok: false, status: 502, body })

    expect(good).toBe(false)
    expect((error as Error).message).toBe('the check was answered with 502')
  })

  it('ends the body of a client whose bodies are streams of Node', async () => {
    let destroyed = 0
    const body = { destroy: () => destroyed++ }
    await looked({ ok: false, status: 503, body })
    expect(destroyed).toBe(1)
    await looked({ ok: true, status: 200, body, bodyUsed: true })

    expect(destroyed).toBe(1)
  })

  it('has failed where the response cannot be read', async () => {
    const broken = new Error('a proxy that throws')
    const response = {
      status: 200,
      get ok(): boolean {
        throw broken
      },
    }

    expect(await looked(response)).toEqual({ good: false, error: broken })
  })

  it.each([
    [{ ok: false }],
    [{ ok: false, status: 'bad' }],
    [{ ok: 0, status: 500 }],
    [{ status: 500 }],
    [null],
    ['text'],
  ])('takes nothing else for a response: %j', async (result) => {
    expect((await looked(result)).good).toBe(true)
  })
})

describe('checks that hang', () => {
  function made(options?: ConstructorParameters<typeof TimedCheck>[3]) {
    const clock = virtualClock()
    const look = new TimedCheck(clock, 10, 'check', options)
    const seen: boolean[] = []
    const ends: (() => void)[] = []
    const signals: AbortSignal[] = []
    const begin = () => {
      look.begin(
        (signal) => {
          signals.push(signal)
          return new Promise<void>((resolve) => ends.push(resolve))
        },
        (good) => seen.push(good),
      )
    }
    /** Begins one that hangs, as soon as one may begin; gives when that was. */
    const next = async (): Promise<number> => {
      while (look.running) await clock.advance(1000)
      begin()
      const at = clock.now()
      await clock.advance(10)
      return at
    }
    return { clock, look, seen, ends, signals, begin, next }
  }

  it('keep others from beginning until they end, each answered at its timeout', async () => {
    const { clock, look, seen, ends, begin, signals } = made()
    begin()
    await clock.advance(9)
    expect([look.running, look.overdue, seen]).toEqual([true, false, []])
    await clock.advance(1)
    expect([look.running, look.overdue, seen, signals[0]?.aborted]).toEqual([true, true, [false], true])
    await clock.advance('1d')
    expect(look.running).toBe(true)
    ends[0]?.()
    await clock.advance(0)
    expect([look.running, look.overdue, seen]).toEqual([false, false, [false]])
  })

  it('let others begin until `most` hang', async () => {
    const { clock, look, ends, next, seen } = made({ most: 3 })
    expect([await next(), await next(), await next()]).toEqual([0, 10, 20])
    expect(look.overdue).toBe(true)
    ends[1]?.()
    await clock.advance(0)
    expect(look.running).toBe(false)
    expect(await next()).toBe(30)
    expect(look.overdue).toBe(true)
    expect(seen).toEqual([false, false, false, false])
  })

  it('let one more begin after a while, then after twice as long, until one ends in time', async () => {
    const { clock, look, seen, ends, next } = made({ most: 1, patience: 10_000 })
    const starts = [await next(), await next(), await next(), await next()]
    expect(starts.map((at, i) => Math.round((at - (starts[i - 1] ?? 0)) / 10_000))).toEqual([0, 1, 2, 4])
    while (look.running) await clock.advance(1000)
    look.begin(
      () => true,
      (good) => seen.push(good),
    )
    await clock.advance(1)
    expect(seen.at(-1)).toBe(true)
    for (const end of ends.splice(0)) end()
    await clock.advance(0)
    const first = await next()

    expect(Math.round(((await next()) - first) / 10_000)).toBe(1)
  })

  it('wait an hour at most', async () => {
    const { next } = made({ most: 1, patience: 1_000_000 })
    const starts = [await next(), await next(), await next(), await next(), await next()]

    expect(starts.map((at, i) => Math.round((at - (starts[i - 1] ?? 0)) / 100_000))).toEqual([0, 10, 20, 36, 36])
  })

  it('are reported no more after they are stopped, not even by a listener of their signal', async () => {
    const { clock, look, seen, signals, begin, ends } = made()
    begin()
    signals[0]?.addEventListener('abort', () => look.stop())
    await clock.advance(10)
    ends[0]?.()
    await clock.advance(10)

    expect([look.running, seen]).toEqual([false, []])
  })
})
