import { page } from 'holdfast:dashboard-page'
import { createServer, get, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import fc from 'fast-check'
import { timeout } from 'holdfast'
import { type DashboardOptions, dashboard, type FastifyReply } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ask, url } from './client.ts'
import { fakeResponse } from './fake-response.ts'
import { untyped } from './untyped.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function served(options: DashboardOptions = {}) {
  const clock = virtualClock()
  const faults: unknown[] = []
  const board = dashboard({ clock, keep: 0, onFault: (fault) => faults.push(fault), ...options })
  const server = createServer(board.handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { clock, board, faults, port, address: `http://127.0.0.1:${port}` }
}

function send(port: number, method: string, path = '/') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const sent = request({ port, method, path, agent: false }, (response) => {
      let body = ''
      response.on('data', (data) => (body += String(data)))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

const safe = {
  'content-security-policy': expect.stringMatching(
    /^default-src 'none'; (.+; )?connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  ),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

describe('the handler of node:http', () => {
  it('serves the page at any path', async () => {
    const { port } = await served()

    for (const path of ['/', '/holdfast', '/a/b/', '/?', '/holdfast#x']) {
      const { status, headers, body } = await send(port, 'GET', path)
      expect([status, body]).toEqual([200, page.html])
      expect(headers).toMatchObject({
        ...safe,
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
      })
    }
  })

  it('answers HEAD without a body but otherwise equally, and opens no stream for it', async () => {
    const { port } = await served({ maxClients: 1 })
    for (const path of ['/', '/?component=a']) {
      const [got, head] = [await send(port, 'GET', path), await send(port, 'HEAD', path)]
      for (const answer of [got, head]) delete answer.headers['date']
      expect(head).toEqual({ ...got, body: '' })
    }

    for (let count = 0; count < 2; count++) {
      const { status, headers } = await send(port, 'HEAD', '/?events')
      expect([status, headers['content-type']]).toEqual([200, 'text/event-stream'])
    }
  })

  it.each([
    ['OPTIONS', '/'],
    ['PUT', '/'],
    ['DELETE', '/?control'],
    ['PATCH', '/?events'],
    ['POST', '/'],
    ['POST', '/?events'],
    ['GET', '/?control'],
    ['HEAD', '/?control'],
  ])('rejects %s %s, and names the allowed methods', async (method, path) => {
    const { port } = await served({ control: () => true })

    const { status, headers } = await send(port, method, path === '/' && method === 'POST' ? '/?component=a' : path)

    expect(status).toBe(405)
    expect(headers).toMatchObject({ ...safe, allow: 'GET, HEAD, POST' })
  })

  it('streams until the client disconnects, and releases it at once', async () => {
    const { clock, board, port } = await served({ maxClients: 1 })
    const response = await new Promise<IncomingMessage>((resolve) => get({ port, path: '/x?events' }, resolve))
    let text = ''
    response.on('data', (data) => (text += String(data)))
    response.on('error', () => {})
    expect(response.headers).toMatchObject({
      ...safe,
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    await vi.waitFor(() => expect(text).toMatch(/^retry: 1000\nevent: hello\ndata: \{.*\}\n\n$/))
    board.watch(timeout('1s'))
    await clock.advance(500)
    await vi.waitFor(() => expect(text).toMatch(/\n\nevent: frame\ndata: \{.*\}\n\n$/))
    expect((await send(port, 'GET', '/?events')).status).toBe(503)
    response.destroy()

    await vi.waitFor(() => expect(clock.pending).toBe(0))
  })

  it('ends the streams when the dashboard is closed', async () => {
    const { board, port } = await served()
    const response = await new Promise<IncomingMessage>((resolve) => get({ port, path: '/?events' }, resolve))
    const ended = new Promise((resolve) => response.resume().on('end', resolve))
    board.close()

    await ended
    expect(await send(port, 'GET', '/')).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
  })

  it('disconnects a client that reads nothing, before more than a few MB wait', async () => {
    const { clock, board, port, faults } = await served({ maxClients: 1 })
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.pause()
    socket.write('GET /?events HTTP/1.1\r\nhost: x\r\n\r\n')
    await vi.waitFor(() => expect(clock.pending).toBe(1))

    let sent = 0
    for (let round = 0; clock.pending > 0 && sent < 60e6; round++) {
      board.watch(timeout({ after: 1, name: `${round}`.padEnd(20_000, 'x') }))
      sent += 100_000
      // Something is sent more often than every 30 s, so only the size can end it.
      await clock.advance(50)
      await clock.advance(450)
    }

    expect(clock.pending).toBe(0)
    expect(faults).toEqual([])
    socket.destroy()
  })

  it('disconnects a client that reads nothing, also on a quiet page', async () => {
    const { clock, port, faults } = await served({ maxClients: 1 })
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.pause()
    socket.write('GET /?events HTTP/1.1\r\nhost: x\r\n\r\n')
    await vi.waitFor(() => expect(clock.pending).toBe(1))
    await clock.advance('239s')
    expect(clock.pending).toBe(1)
    await clock.advance('1s')

    expect(clock.pending).toBe(0)
    expect(faults).toEqual([])
    socket.destroy()
  })

  it('does not answer a request whose connection is closed already', async () => {
    const { clock, board } = await served()
    const response = { statusCode: 200, setHeader: vi.fn(), end: vi.fn(), destroyed: true }

    await untyped(board.handler)({ method: 'GET', url: '/?events', headers: {} }, response)

    expect(clock.pending).toBe(0)
    expect(response.setHeader).not.toHaveBeenCalled()
  })

  it('reports a response that other code has started', async () => {
    const { clock, board, faults } = await served()
    const server = createServer((incoming, response) => {
      response.end('done')
      void board.handler(incoming, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    const { port } = server.address() as AddressInfo

    expect((await send(port, 'GET', '/?events')).body).toBe('done')
    expect((await send(port, 'GET', '/')).body).toBe('done')

    await vi.waitFor(() => expect(faults.length).toBe(3))
    expect(faults).toMatchObject([{ source: 'answer' }, { source: 'response' }, { source: 'response' }])
    expect(clock.pending).toBe(0)
  })
})

describe('the handler of Fastify', () => {
  function replying() {
    const { response, emit } = fakeResponse()
    const reply = { code: vi.fn(), headers: vi.fn(), send: vi.fn(), hijack: vi.fn(), raw: response }
    return { reply, emit }
  }

  it('sends the answer, and returns the reply', async () => {
    const { reply } = replying()

    const given = await dashboard().handler({ method: 'GET', url: '/x', headers: {} }, reply as FastifyReply)

    expect(given).toBe(reply)
    expect(reply.code).toHaveBeenCalledWith(200)
    expect(reply.headers).toHaveBeenCalledWith(expect.objectContaining({ 'content-type': 'text/html; charset=utf-8' }))
    expect(reply.send).toHaveBeenCalledWith(page.html)
  })

  it('hijacks the reply to stream', async () => {
    const clock = virtualClock()
    const { reply, emit } = replying()

    const given = await untyped(dashboard({ clock, keep: 0 }).handler)({ method: 'GET', url: '/x?events' }, reply)

    expect(given).toBe(reply)
    expect(reply.hijack).toHaveBeenCalledOnce()
    expect(reply.raw.text).toMatch(/^retry: 1000\nevent: hello\n/)
    expect(reply.send).not.toHaveBeenCalled()
    emit('close')
    expect(clock.pending).toBe(0)
  })
})

describe('the handler of fetch', () => {
  it('returns a response, also to a context of Hono', async () => {
    const { handler } = dashboard()
    const raw = new Request(url)

    for (const given of [raw, { req: { raw } }]) {
      const response = await handler(given, async () => {})
      expect([response.status, await response.text()]).toEqual([200, page.html])
    }
    expect(await (await handler(new Request(url, { method: 'HEAD' }))).text()).toBe('')
  })

  it('answers 500 and reports a fault if it fails to open a stream', async () => {
    const faults: string[] = []
    const clock = virtualClock()
    const board = dashboard({ clock, onFault: ({ source }) => faults.push(source) })
    vi.spyOn(clock, 'now').mockImplementation(() => {
      throw new Error('no time')
    })

    const response = await ask(board, '?events')

    expect([response.status, await response.json()]).toEqual([500, { error: 'internal error' }])
    expect(faults).toContain('answer')
  })

  it('opens at most `maxClients` streams, even if all are requested at once', async () => {
    const board = dashboard({ clock: virtualClock(), maxClients: 3 })

    const responses = await Promise.all(Array.from({ length: 9 }, () => ask(board, '?events')))

    expect(responses.map(({ status }) => status).sort()).toEqual([200, 200, 200, ...Array(6).fill(503)])
  })
})

describe('a malformed request', () => {
  it.each([
    ['?foo', 400],
    ['?component=a&objective=a', 400],
    ['?events&events2', 200],
    ['?component=%E0%A4%A', 400],
    ['?%', 400],
    ['?bars&name=%zz', 400],
    [`?component=${'x'.repeat(16_384)}`, 414],
  ])('is rejected unless it names one topic: %s', async (query, status) => {
    expect((await ask(dashboard({ clock: virtualClock() }), query)).status).toBe(status)
  })

  it.each([
    undefined,
    null,
    5,
    {},
    { method: 'GET' },
    { method: 'GET', url: 5 },
    { method: 'GET', url: null, headers: null },
    { method: 5, url: '/?nothing' },
    { req: {} },
  ])('is rejected: %o', async (given) => {
    const response = (await untyped(dashboard().handler)(given)) as Response

    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: expect.any(String) })
  })

  it('is always answered: the handler neither throws nor rejects', async () => {
    const board = dashboard({
      clock: virtualClock(),
      control: () => true,
      onFault: (fault) => expect(fault).toBeNull(),
    })
    const piece = fc.constantFrom(
      '?',
      '&',
      '=',
      '%',
      '#',
      '/',
      'events',
      'bars',
      'name',
      'control',
      '%20',
      '\u2028',
      'http://',
    )
    const target = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(piece, fc.string({ maxLength: 3 })), { maxLength: 9 }).map((pieces) => pieces.join('')),
    )
    const method = fc.oneof(fc.constantFrom('GET', 'HEAD', 'POST', 'OPTIONS'), fc.string())
    const headers = fc.dictionary(fc.constantFrom('content-type', 'origin', 'sec-fetch-site', 'host'), fc.anything())
    const given = fc.oneof(fc.record({ method, url: target, headers }), fc.anything())
    await fc.assert(
      fc.asyncProperty(given, async (request) => {
        const response = (await untyped(board.handler)(request)) as Response
        expect([200, 400, 403, 404, 405, 414, 415, 503]).toContain(response.status)
        await response.body?.cancel()
      }),
      { numRuns: 500 },
    )
  })

  it('that throws when it is read is answered', async () => {
    const faults: unknown[] = []
    const board = dashboard({ onFault: ({ source }) => faults.push(source) })
    const broken = {
      get req(): never {
        throw new Error('no request')
      },
    }
    const response = (await untyped(board.handler)(broken)) as Response

    expect([response.status, faults]).toEqual([500, ['answer']])
  })

  it('over a socket is answered with 4xx', async () => {
    const { port } = await served({ control: () => true })
    const raw = (text: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(port, '127.0.0.1')
        let answer = ''
        socket.on('data', (data) => (answer += String(data)))
        socket.on('close', () => resolve(answer.split('\r\n')[0] as string))
        socket.write(text)
      })
    const end = 'HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'

    expect(await raw(`GET /?%ff ${end}`)).toBe('HTTP/1.1 400 Bad Request')
    expect(await raw(`GET http://elsewhere/?a?b ${end}`)).toBe('HTTP/1.1 400 Bad Request')
    expect(await raw(`GET //?component=.. ${end}`)).toBe('HTTP/1.1 404 Not Found')
    expect(await raw(`OPTIONS * ${end}`)).toBe('HTTP/1.1 405 Method Not Allowed')
    expect(await raw(`BREW /?events ${end}`)).toBe('HTTP/1.1 400 Bad Request')
  })
})
