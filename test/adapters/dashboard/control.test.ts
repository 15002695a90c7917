import { EventEmitter } from 'node:events'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type CircuitBreaker, circuitBreaker, failoverPool, pipeline, retry } from 'holdfast'
import { type DashboardControl, type DashboardOptions, dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { ask, control, open, url } from './client.ts'

const breakerId = 'breaker:["db",null,null,"db"]'
const memberId = (pool: string, name: string) => `member:${JSON.stringify([pool, name])}`

function made(options: DashboardOptions = {}) {
  const clock = virtualClock()
  const breaker = circuitBreaker({ name: 'db', clock })
  const faults: string[] = []
  const decide = vi.fn((_: DashboardControl): boolean | Promise<boolean> => true)
  const onFault = ({ source }: { source: string }) => faults.push(source)
  const board = dashboard({ clock, policies: [breaker], control: decide, keep: 0, onFault, ...options })
  return { clock, breaker, faults, decide, board }
}

async function answerOf(response: Promise<Response>): Promise<[number, unknown]> {
  const { status } = await response
  return [status, await (await response).json()]
}

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

describe('a control from another site', () => {
  const body = JSON.stringify({ action: 'isolate', id: breakerId })
  const json = { 'content-type': 'application/json' }
  it.each([
    [{ ...json, 'sec-fetch-site': 'cross-site' }, 403],
    [{ ...json, 'sec-fetch-site': 'same-site' }, 403],
    [{ ...json, 'sec-fetch-site': 'none' }, 403],
    [{ ...json, 'sec-fetch-site': 'cross-site', origin: 'http://service' }, 403],
    [{ ...json, origin: 'http://evil', host: 'service' }, 403],
    [{ ...json, origin: 'http://service.evil', host: 'service' }, 403],
    [{ ...json, origin: 'http://service:81', host: 'service' }, 403],
    [{ ...json, origin: 'null', host: 'service' }, 403],
    [{ ...json, origin: 'http://evil' }, 403],
    [{ ...json }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 415],
    [{ 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' }, 415],
    [{ 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain; application/json' }, 415],
    [{ 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' }, 415],
    [{ ...json, 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'content-type': 'Application/JSON; charset=utf-8', 'sec-fetch-site': 'same-origin' }, 200],
    [{ ...json, origin: 'http://service' }, 200],
    [{ ...json, origin: 'https://shop:8443', host: 'shop:8443' }, 200],
  ] as const)('is rejected, and one from the page is not: %o', async (headers, status) => {
    const { board, decide } = made()
    const response = await board.handler({
      method: 'POST',
      url: `${url}?control`,
      headers: new Headers(headers),
      body,
    } as never)

    expect(response.status).toBe(status)
    expect(decide).toHaveBeenCalledTimes(status === 200 ? 1 : 0)
  })

  it.each([
    [{ origin: 'http://service:3000', ':authority': 'service:3000' }, 200],
    [{ origin: 'http://service', ':authority': 'Service:80' }, 200],
    [{ origin: 'https://service', ':authority': 'service:443' }, 200],
    [{ origin: 'http://service', ':authority': 'service:443' }, 403],
    [{ origin: 'http://evil', ':authority': 'service' }, 403],
    [{ origin: 'http://evil', ':authority': 'service', host: 'evil' }, 403],
    [{ origin: 'file://', host: '' }, 403],
  ] as const)(
    'over cleartext HTTP/2, or with a default port, is recognised by its host: %o',
    async (headers, status) => {
      const { board } = made()
      const given = { method: 'POST', url: '/?control', headers: { ...json, ...headers }, body }

      expect((await board.handler(given as never)).status).toBe(status)
    },
  )

  it('comes with no right to read either', async () => {
    const { board } = made()
    const status = async (query: string, site: string) =>
      (await ask(board, query, { headers: { 'sec-fetch-site': site } })).status

    for (const site of ['cross-site', 'same-site', 'other']) {
      expect([await status('?events', site), await status('?component=a', site), await status('', site)]).toEqual([
        403, 403, 200,
      ])
    }
    for (const site of ['same-origin', 'none']) expect(await status('?events', site)).toBe(200)
  })

  it('gets no CORS header in any answer', async () => {
    const { board } = made()
    const from = { headers: { origin: 'http://evil', 'access-control-request-method': 'POST' } }
    const answers = [
      await ask(board, '', from),
      await ask(board, '?events', from),
      await ask(board, '?component=a', from),
      await ask(board, '?control', { ...from, method: 'OPTIONS' }),
      await ask(board, '?control', { ...from, method: 'POST' }),
      await control(board, 'isolate', breakerId),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 405, 403, 200])
    for (const { headers } of answers) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    }
  })
})

describe('a body', () => {
  const send = (body: unknown, headers: Record<string, string> = {}) => {
    const { board } = made()
    const init = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', ...headers }
    return answerOf(
      ask(board, '?control', { method: 'POST', headers: init, body: body as string, duplex: 'half' } as RequestInit),
    )
  }
  const wrong = [400, { error: 'the body must be { action, id }' }]
  const fine = JSON.stringify({ action: 'isolate', id: breakerId })

  it.each([
    'null',
    '5',
    '[]',
    '"isolate"',
    '{}',
    '{"action":"isolate"}',
    `{"action":"explode","id":"x"}`,
    `{"action":"isolate","id":5}`,
    `{"action":["isolate"],"id":"x"}`,
    `{"action":"isolate","id":"x","more":1}`,
    `{"action":"isolate","id":"x","__proto__":{}}`,
    `{"action":"toString","id":"x"}`,
  ])('must be exactly an action and an id: %s', async (body) => {
    expect(await send(body)).toEqual(wrong)
  })

  it('with an unknown id, or one of another kind, finds nothing', async () => {
    for (const [action, id] of [
      ['isolate', 'x'],
      ['isolate', 'policy:db'],
      ['drain', breakerId],
      ['ready', '__proto__'],
    ]) {
      expect(await send(JSON.stringify({ action, id }))).toEqual([404, { error: `nothing to ${action} has this id` }])
    }
  })

  it('must be JSON in UTF-8, and complete', async () => {
    const broken = new ReadableStream({
      pull: (controller) => controller.error(new Error('broken')),
    })
    for (const body of ['', '{', 'action=isolate', new Uint8Array([0x22, 0xff, 0x22])]) {
      expect(await send(body)).toEqual([400, { error: 'the body is not valid JSON' }])
    }
    expect(await send(broken)).toEqual([400, { error: 'the body is incomplete' }])
    const failing = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(5000)),
      cancel: () => Promise.reject(new Error('cannot be cancelled')),
    })
    expect((await send(failing))[0]).toBe(413)
    expect(await send(new TextEncoder().encode(fine))).toEqual([200, {}])
  })

  it('is 4 kB at most, whatever length its header says', async () => {
    const long = [413, { error: 'the body must have at most 4096 bytes' }]
    const chunk = new Uint8Array(1000).fill(0x20)
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(chunk) })

    expect(await send(fine.padEnd(4096))).toEqual([200, {}])
    expect(await send(fine.padEnd(4097))).toEqual(long)
    expect(await send(endless)).toEqual(long)
    expect(await send(fine, { 'content-length': '5000' })).toEqual(long)
  })

  it('must arrive within 10 s', async () => {
    const { board, clock, decide } = made()
    const cancel = vi.fn()
    const stuck = new ReadableStream({ cancel })
    const answered = answerOf(
      ask(board, '?control', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
        body: stuck as never,
        duplex: 'half',
      } as RequestInit),
    )
    await new Promise(setImmediate)
    await clock.advance('10s')

    expect(await answered).toEqual([408, { error: 'the body took too long' }])
    expect(cancel).toHaveBeenCalledTimes(1)
    expect(decide).not.toHaveBeenCalled()
    expect(clock.pending).toBe(0)
  })

  it.each([
    ['parsed', { action: 'isolate', id: breakerId }, 200],
    ['as text', fine, 200],
    ['as bytes', new TextEncoder().encode(fine), 200],
    ['missing', undefined, 400],
  ])('may have been read by the server: %s', async (_, body, status) => {
    const { board, breaker } = made()
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }

    const { status: got } = await board.handler({ method: 'POST', url: '/?control', headers, body } as never)

    expect(got).toBe(status)
    expect(breaker.state).toBe(status === 200 ? 'isolated' : 'closed')
  })

  it('that middleware has read from a node request is taken from there', async () => {
    const { board } = made()
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
    const incoming = Object.assign(new EventEmitter(), { readableEnded: true, body: JSON.parse(fine) })

    const { status } = await board.handler(
      Object.assign(incoming, { method: 'POST', url: '?control', headers }) as never,
    )

    expect(status).toBe(200)
  })
})

describe('a body over node:http', () => {
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
  async function serving() {
    const { board, ...others } = made()
    const server = createServer(board.handler)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const post = (pieces: readonly string[], more: object = {}) =>
      new Promise<number>((resolve, reject) => {
        const sent = request(
          { port, method: 'POST', path: '/?control', headers: { ...headers, ...more } },
          (response) => {
            response.resume()
            resolve(response.statusCode ?? 0)
          },
        )
        sent.on('error', reject)
        for (const piece of pieces) sent.write(piece)
        sent.end()
      })
    const close = () => {
      server.close()
      server.closeAllConnections()
    }
    return { ...others, board, port, post, close }
  }

  it('is read in pieces, up to 4 kB', async () => {
    const { post, breaker, close } = await serving()

    expect(await post(['{"action":"isolate",', `"id":${JSON.stringify(breakerId)}}`])).toBe(200)
    expect(breaker.state).toBe('isolated')
    expect(await post([' '.repeat(3000), ' '.repeat(3000), ' '.repeat(3000)])).toBe(413)
    expect(await post(['{'])).toBe(400)
    close()
  })

  it.each([
    ['too long', ' '.repeat(5000), 'HTTP/1.1 413 '],
    ['late', '{"action"', 'HTTP/1.1 408 '],
  ])('that is %s closes its connection', async (_, part, status) => {
    const { port, clock, close } = await serving()
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => (answer += String(data)))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const lines = ['POST /?control HTTP/1.1', 'host: x', ...Object.entries(headers).map((each) => each.join(': '))]
    socket.write(
      `${lines.join('\r\n')}\r\ntransfer-encoding: chunked\r\n\r\n${part.length.toString(16)}\r\n${part}\r\n`,
    )
    if (status.includes('408')) {
      await vi.waitFor(() => expect(clock.pending).toBe(1))
      await clock.advance('10s')
    }
    await closed

    expect(answer).toContain(status)
    expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n')
    close()
  })

  it('that ends early causes no fault', async () => {
    const { port, clock, decide, faults, close, post } = await serving()
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    const lines = ['POST /?control HTTP/1.1', 'host: x', ...Object.entries(headers).map((each) => each.join(': '))]
    socket.write(`${lines.join('\r\n')}\r\ncontent-length: 100\r\n\r\n{"action"`)
    // The time limit of the body is armed once the request has arrived, and removed when the body has failed.
    await vi.waitFor(() => expect(clock.pending).toBe(1))
    socket.destroy()
    await vi.waitFor(() => expect(clock.pending).toBe(0))

    expect(await post(['{}'])).toBe(400)
    expect(decide).not.toHaveBeenCalled()
    expect(faults).toEqual([])
    close()
  })
})
