import { createServer, type RequestListener, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type FastifyReply, type HealthEndpointsOptions, type HealthHandler, healthEndpoints } from 'holdfast/health'
import { afterAll, describe, expect, it, vi } from 'vitest'

const up = healthEndpoints({ version: '1' })
const down = healthEndpoints({ checks: { one: () => false }, details: 'none' })
const fields = {
  'content-type': 'application/health+json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}

/** A handler that is called as JavaScript may call it. */
const loose = (handler: HealthHandler) => handler as unknown as (...args: readonly unknown[]) => Promise<unknown>

describe('a handler of node:http', () => {
  const closing: (() => void)[] = []
  const start = async (listener: RequestListener): Promise<number> => {
    const server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      server.close()
      server.closeAllConnections()
    })
    return (server.address() as AddressInfo).port
  }
  const ask = (port: number, method: string) =>
    new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
      const sent = request({ port, method, agent: false }, (response) => {
        let body = ''
        response.on('data', (data) => (body += String(data)))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      })
      sent.on('error', reject)
      sent.end()
    })
  afterAll(() => {
    for (const close of closing) close()
  })

  it('answers with 200 or 503, and forbids caching', async () => {
    const answer = await ask(await start(up.ready), 'GET')

    expect(answer).toMatchObject({ status: 200, headers: { ...fields, 'content-length': '31' } })
    expect(answer.body).toBe('{"status":"pass","version":"1"}')
    expect(await ask(await start(down.ready), 'GET')).toMatchObject({ status: 503, body: '{"status":"fail"}' })
  })

  it('answers HEAD like GET, without the body', async () => {
    const port = await start(up.ready)
    const [get, head] = [await ask(port, 'GET'), await ask(port, 'HEAD')]

    expect(head.body).toBe('')
    for (const answer of [get, head]) delete answer.headers['date']
    expect({ ...head, body: get.body }).toEqual(get)
  })

  it.each(['POST', 'OPTIONS', 'DELETE', 'PUT'])('refuses %s, and lists the allowed methods', async (method) => {
    const check = vi.fn()
    const { ready } = healthEndpoints({ checks: { one: check } })

    expect(await ask(await start(ready), method)).toMatchObject({
      status: 405,
      headers: { ...fields, allow: 'GET, HEAD' },
      body: '{"status":"fail"}',
    })
    expect(check).not.toHaveBeenCalled()
  })

  it('survives a client that leaves before the answer', async () => {
    let end = () => {}
    let asked = () => {}
    const isAsked = new Promise<void>((resolve) => (asked = resolve))
    const check = () => {
      asked()
      return new Promise<void>((resolve) => (end = resolve))
    }
    const faults: unknown[] = []
    const health = healthEndpoints({ checks: { one: { check, maxAge: 0 } }, onFault: (fault) => faults.push(fault) })
    let answered = Promise.resolve()
    const port = await start((req, res) => {
      answered = health.ready(req, res)
    })
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /readyz HTTP/1.1\r\nhost: a\r\n\r\n')
    await isAsked
    socket.resetAndDestroy()
    await new Promise((resolve) => socket.once('close', resolve))
    end()
    await answered

    expect(faults).toEqual([])
  })

  it('leaves a response alone that has already begun, and reports it', async () => {
    const faults: string[] = []
    const onFault: NonNullable<HealthEndpointsOptions['onFault']> = ({ source, error }) =>
      faults.push(`${source} ${(error as { code?: string }).code}`)
    const health = healthEndpoints({ onFault })
    const port = await start((req, res) => {
      res.write('mine')
      void health.live(req, res).then(() => res.end())
    })

    expect(await ask(port, 'GET')).toMatchObject({ status: 200, body: 'mine' })
    expect(faults).toEqual(['response ERR_HTTP_HEADERS_SENT'])
  })
})

describe('a handler of Express', () => {
  /** `res` of Express is one of Node with `status`, `set` and `send` of its own; a handler gets `next` as well. */
  class ExpressResponse {
    statusCode = 200
    readonly fields: Record<string, string> = {}
    readonly ended: unknown[][] = []
    status = vi.fn(() => this)
    send = vi.fn(() => this)
    setHeader(name: string, value: string) {
      this.fields[name] = value
      return this
    }
    end(...args: unknown[]) {
      this.ended.push(args)
      return this
    }
  }

  it('writes the answer and does not call next', async () => {
    const next = vi.fn()
    const res = new ExpressResponse()
    const handler: (req: { method: string; query: object }, res: ExpressResponse, next: () => void) => unknown =
      down.ready

    expect(await handler({ method: 'GET', query: {} }, res, next)).toBeUndefined()
    expect(res).toMatchObject({ statusCode: 503, fields, ended: [['{"status":"fail"}']] })
    expect(next).not.toHaveBeenCalled()
    expect(res.send).not.toHaveBeenCalled()

    const head = new ExpressResponse()
    await handler({ method: 'HEAD', query: {} }, head, next)
    expect(head.ended).toEqual([[]])
  })
})

describe('a handler of Fastify', () => {
  class Reply implements FastifyReply {
    sent: unknown = undefined
    status = 200
    values: Record<string, string> = {}
    readonly raw = { setHeader: vi.fn(), end: vi.fn() }
    code(status: number) {
      this.status = status
      return this
    }
    headers(values: Record<string, string>) {
      this.values = values
      return this
    }
    send(body: string) {
      this.sent = body
      return this
    }
  }

  it('sends the answer and returns the reply, like an async handler', async () => {
    const reply = new Reply()
    const handler: (request: { method: string; raw: object }, reply: Reply) => Promise<unknown> = down.ready

    expect(await handler({ method: 'GET', raw: {} }, reply)).toBe(reply)
    expect(reply).toMatchObject({ sent: '{"status":"fail"}', status: 503, values: fields })
    expect(reply.raw.end).not.toHaveBeenCalled()
  })

  it('leaves the body of HEAD to Fastify, which makes such a route for each GET', async () => {
    const reply = await up.ready({ method: 'HEAD' }, new Reply())

    expect(reply.sent).toBe('{"status":"pass","version":"1"}')
    expect(reply.values).toEqual(fields)
  })

  it('accepts the raw response as well', async () => {
    const reply = new Reply()
    const raw = Object.assign(reply.raw, { statusCode: 200 })
    await up.ready({ method: 'GET' }, raw)

    expect(raw.end).toHaveBeenCalledWith('{"status":"pass","version":"1"}')
  })

  it('reports a reply that fails', async () => {
    const faults: string[] = []
    const { live } = healthEndpoints({ onFault: ({ source }) => faults.push(source) })
    const reply = new Reply()
    vi.spyOn(reply, 'send').mockImplementation(() => {
      throw new Error('sent already')
    })

    expect(await live({ method: 'GET' }, reply)).toBe(reply)
    expect(faults).toEqual(['response'])
  })
})

describe('a handler of a fetch server', () => {
  const get = new Request('http://service/readyz')

  it('returns a response', async () => {
    const response = await up.ready(get)

    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toEqual(fields)
    expect(await response.json()).toEqual({ status: 'pass', version: '1' })
    expect((await down.ready(get)).status).toBe(503)
  })

  it('returns one without a body to HEAD, and refuses other methods', async () => {
    const head = await up.ready(new Request(get, { method: 'HEAD' }))
    expect([head.status, head.body]).toEqual([200, null])
    const post = await up.ready(new Request(get, { method: 'POST', body: 'x' }))

    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it('is called as Bun, Deno, workers and Hono call it', async () => {
    const bun: (request: Request, server: { fetch(): void; stop(): void }) => Response | Promise<Response> = up.ready
    const deno: (request: Request, info: { remoteAddr: object }) => Promise<Response> = up.ready
    const worker: (request: Request, env: object, context: { waitUntil(): void }) => Promise<Response> = up.ready
    const hono: (context: { req: { raw: Request }; header(): void }, next: () => Promise<void>) => Promise<Response> =
      up.ready
    const answers = [
      await bun(get, { fetch() {}, stop() {} }),
      await deno(get, { remoteAddr: {} }),
      await worker(get, {}, { waitUntil() {} }),
      await hono({ req: { raw: get }, header() {} }, async () => {}),
    ]

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    const post = { req: { raw: new Request(get, { method: 'POST' }) } }
    expect((await up.ready(post)).status).toBe(405)
  })
})

describe('an invalid request', () => {
  it.each([undefined, null, 0, 'GET', [], {}, { method: 7 }, { headers: 7 }, { req: null }, { req: { raw: 1 } }])(
    'is answered: %j',
    async (bad) => {
      const header = vi.fn()
      const { live } = healthEndpoints({
        details: (asked) => {
          header(asked.header('Authorization'))
          return 'none'
        },
      })
      const response = (await loose(live)(bad)) as Response

      expect([response.status, await response.text()]).toEqual([200, '{"status":"pass"}'])
      expect(header).toHaveBeenCalledWith(undefined)
    },
  )

  it('is answered 503 when the clock fails, and reported', async () => {
    const faults: unknown[] = []
    const clock = { now: () => 0, wall: () => Number.NaN, schedule() {}, cancel() {} }
    const health = healthEndpoints({
      tracker: { state: () => 'up' },
      components: ['a'],
      details: 'full',
      clock,
      onFault: ({ source, error }) => faults.push([source, (error as Error).name]),
    })
    const response = await health.ready(new Request('http://service/'))

    expect([response.status, await response.text()]).toEqual([503, '{"status":"fail"}'])
    expect(faults).toEqual([['answer', 'RangeError']])
  })
})

describe('a header', () => {
  const seen: (string | undefined)[] = []
  const { live } = healthEndpoints({
    details: ({ header, method, raw }) => {
      seen.push(header('X-Probe'))
      return method === 'GET' && raw !== undefined ? 'full' : 'none'
    },
  })

  it('is found in any letter case, in every kind of request', async () => {
    const node = () => ({ statusCode: 0, setHeader() {}, end() {} })
    await live(new Request('http://service/', { headers: { 'x-probe': 'fetch' } }))
    await live({ req: { raw: new Request('http://service/', { headers: { 'x-probe': 'hono' } }) } })
    await live({ method: 'GET', headers: { 'x-probe': 'node' } }, node())
    await live({ method: 'GET', headers: { 'x-probe': ['a', 'b'] } }, node())
    await live({ method: 'GET', headers: {} }, node())

    expect(seen).toEqual(['fetch', 'hono', 'node', 'a, b', undefined])
  })
})
