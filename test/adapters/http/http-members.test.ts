import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { failoverPool } from 'holdfast/failover'
import { type HttpMembersOptions, httpMembers } from 'holdfast/http'
import { recorder, virtualClock } from 'holdfast/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'

const address = 'http://registry.test/members?token=secret'
const json = (body: unknown, headers: Record<string, string> = {}, status = 200) =>
  new Response(JSON.stringify(body), { status, headers })

interface Question {
  readonly url: string
  readonly headers: Record<string, string>
  readonly signal: AbortSignal
  readonly at: number
}

/** A pool over an endpoint that answers by `answer`. */
function made(
  answer: (question: Question) => Response | Promise<Response>,
  options: HttpMembersOptions = {},
  url: string | URL = address,
) {
  const clock = virtualClock()
  const asked: Question[] = []
  const source = httpMembers(url, {
    every: '10s',
    jitter: 0,
    fetch: async (url, init) => {
      const question = { url: String(url), at: clock.now(), ...init }
      asked.push(question)
      return answer(question)
    },
    ...options,
  })
  const pool = failoverPool(source, { clock })
  const log = recorder(pool)
  const names = () => pool.members.map(({ name }) => name)
  const faults = () => log.of('fault').map(({ error }) => String(error))
  const times = () => asked.map(({ at }) => at)
  return { clock, pool, asked, log, names, faults, times }
}

const inTurn = (...answers: readonly (() => Response)[]) => {
  let next = 0
  return () => (answers[Math.min(next++, answers.length - 1)] as () => Response)()
}

describe('httpMembers', () => {
  it('requests JSON, with the given headers, and accepts an array', async () => {
    const { pool, asked, names } = made(() => json(['a', { target: 'b', weight: 2 }]), {
      headers: { 'x-team': 'blue' },
    })
    await pool.ready()

    expect(names()).toEqual(['a', 'b'])
    expect(pool.members[1]).toMatchObject({ weight: 2 })
    expect(asked[0]).toMatchObject({ url: address, headers: { accept: 'application/json', 'x-team': 'blue' } })
    expect(asked[0]?.headers).not.toHaveProperty('if-none-match')
  })

  it('accepts an object with members, valid for its ttl', async () => {
    const { clock, pool, names, times } = made(() =>
      json({ members: ['a'], ttl: 3000 }, { 'cache-control': 'max-age=60' }),
    )
    await pool.ready()
    await clock.advance(7000)

    expect(names()).toEqual(['a'])
    expect(times()).toEqual([0, 3000, 6000])
  })

  it.each([
    ['max-age=3', undefined, 3000],
    ['public, Max-Age=3', undefined, 3000],
    ['public,max-age="3"', undefined, 3000],
    ['max-age=5', '2', 3000],
    ['max-age=5', 'long ago', 5000],
    ['max-age=5', '60', 1000],
    ['max-age=0', undefined, 1000],
    ['s-maxage=3', undefined, 10_000],
    ['no-store', undefined, 10_000],
    ['max-age=31536000', undefined, 3_600_000],
  ])('reuses an answer by its headers: %s, age %s', async (cacheControl, age, expected) => {
    const headers = { 'cache-control': cacheControl, ...(age === undefined ? {} : { age }) }
    const { clock, pool, times } = made(() => json(['a'], headers))
    await pool.ready()
    await clock.advance(expected)

    expect(times()).toEqual([0, expected])
  })

  it('sends the ETag back, and on 304 keeps the list, as long as its first answer said', async () => {
    const { clock, pool, asked, names, faults, times } = made(
      inTurn(
        () => json({ members: ['a'], ttl: 2000 }, { etag: '"1"' }),
        () => new Response(null, { status: 304 }),
        () => json(['b'], { etag: 'W/"2"' }),
        () => new Response(null, { status: 304, headers: { 'cache-control': 'max-age=4' } }),
        () => json(['c']),
        () => json(['d']),
      ),
    )
    await pool.ready()
    await clock.advance(28_000)

    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([
      undefined,
      '"1"',
      '"1"',
      'W/"2"',
      'W/"2"',
      undefined,
    ])
    expect(times()).toEqual([0, 2000, 4000, 14_000, 18_000, 28_000])
    expect(names()).toEqual(['d'])
    expect(faults()).toEqual([])
  })

  it('keeps an ETag for each pool, so that a 304 always meets a list', async () => {
    const fetch = async (_: string | URL, { headers }: { headers: Record<string, string> }) =>
      headers['if-none-match'] === undefined ? json(['a'], { etag: '"1"' }) : new Response(null, { status: 304 })
    const source = httpMembers(address, { fetch })
    const pools = [failoverPool(source, { clock: virtualClock() }), failoverPool(source, { clock: virtualClock() })]
    await Promise.all(pools.map((pool) => pool.ready()))
    expect(pools.map(({ members }) => members.length)).toEqual([1, 1])
  })

  it('reads another shape with `read`, which may be async', async () => {
    const read = async (body: unknown) => (body as { hosts: { ip: string }[] }).hosts.map(({ ip }) => `http://${ip}`)
    const { pool, names } = made(() => json({ hosts: [{ ip: '10.0.0.1' }] }), { read })
    await pool.ready()
    expect(names()).toEqual(['http://10.0.0.1'])
  })

  it('uses the members of `initial` until the first answer', async () => {
    const { pool, names } = made(() => json(['b']), { initial: ['a'] })
    expect(names()).toEqual(['a'])
    await pool.ready()
    expect(names()).toEqual(['b'])
  })
})

describe('a failed answer', () => {
  const bad: [string, () => Response, string][] = [
    ['an error', () => json(['x'], {}, 503), 'Error: httpMembers: http://registry.test/members answered 503'],
    [
      'an error without a body',
      () => new Response(null, { status: 404 }),
      'Error: httpMembers: http://registry.test/members answered 404',
    ],
    ['no JSON', () => new Response('<html>'), 'SyntaxError: Unexpected token'],
    ['half of a JSON', () => new Response('["a", "b'), 'SyntaxError: Unterminated string'],
    ['nothing', () => new Response(null), 'SyntaxError: Unexpected end of JSON input'],
    [
      'another shape',
      () => json({ hosts: [] }),
      'TypeError: httpMembers: the body has no array of members, got undefined',
    ],
    ['null', () => json(null), 'TypeError: httpMembers: the body has no array of members, got null'],
    ['text', () => json('a,b'), 'TypeError: httpMembers: the body has no array of members, got "a,b"'],
  ]

  it.each(bad)('keeps the list, is reported, and is followed by a sooner request: %s', async (_, answer, message) => {
    const { clock, pool, names, faults, times } = made(
      inTurn(
        () => json(['a']),
        answer,
        answer,
        () => json(['b']),
      ),
    )
    await pool.ready()
    await clock.advance(12_000)
    expect(names()).toEqual(['a'])
    expect(times()).toEqual([0, 10_000, 11_000])
    expect(faults()).toHaveLength(2)
    expect(faults()[0]).toContain(message)
    await clock.advance(2000)
    expect(names()).toEqual(['b'])
  })

  it('is a 304 before there is a list', async () => {
    const { pool, faults } = made(() => new Response(null, { status: 304 }))
    await pool.ready()
    expect(faults()).toEqual(['Error: httpMembers: http://registry.test/members answered 304'])
  })

  it('keeps the list when the answer is empty', async () => {
    const { clock, pool, names, faults, times } = made(
      inTurn(
        () => json(['a']),
        () => json([]),
      ),
    )
    await pool.ready()
    await clock.advance(20_000)
    expect(names()).toEqual(['a'])
    expect(faults()).toEqual(new Array(2).fill('TypeError: http: gave no member, the last list stays'))
    expect(times()).toEqual([0, 10_000, 20_000])
  })

  it('leaves out invalid entries of a list', async () => {
    const { pool, names, faults } = made(() => json(['a', null, 7, { target: 'b', weight: 'much' }, { target: 'c' }]))
    await pool.ready()
    expect(names()).toEqual(['a', '7', 'c'])
    expect(faults()).toHaveLength(2)
  })

  it('is an error of `read`, or a result of it that is not a list', async () => {
    const thrown = made(() => json([]), {
      read: () => {
        throw new Error('unreadable')
      },
    })
    const wrong = made(() => json([]), { read: () => 'a' as never })
    for (const { pool } of [thrown, wrong]) await pool.ready()
    expect(thrown.faults()).toEqual(['Error: unreadable'])
    expect(wrong.faults()).toEqual(['TypeError: httpMembers: read must return an array, got "a"'])
  })

  it('keeps the ETag of the last good answer', async () => {
    const { clock, pool, asked } = made(
      inTurn(
        () => json(['a'], { etag: '"1"' }),
        () => json({ junk: 1 }, { etag: '"2"' }),
        () => new Response(null, { status: 304 }),
      ),
    )
    await pool.ready()
    await clock.advance(11_000)
    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"'])
  })

  it('is a fetch that rejects, or one that never answers, whose signal is aborted', async () => {
    const refused = made(() => Promise.reject(new TypeError('fetch failed')))
    await refused.pool.ready()
    expect(refused.faults()).toEqual(['TypeError: fetch failed'])

    const silent = made(() => new Promise(() => {}), { timeout: '2s' })
    await silent.clock.settle(silent.pool.ready())
    expect(silent.clock.now()).toBe(2000)
    expect(silent.asked[0]?.signal.aborted).toBe(true)
    await silent.clock.advance(1000)
    expect(silent.times()).toEqual([0, 3000])
    silent.pool.close()
    expect(silent.clock.pending).toBe(0)
    expect(silent.asked[1]?.signal.aborted).toBe(true)
  })
})

describe('options', () => {
  it.each([
    ['localhost:8500', undefined, 'httpMembers: url must be an http or https URL, got "localhost:8500"'],
    ['/members', undefined, 'httpMembers: url must be an http or https URL, got "/members"'],
    [5, undefined, 'httpMembers: url must be an http or https URL, got 5'],
    [address, { headers: { a: 1 } }, 'httpMembers: headers must be a record of strings, got an object'],
    [address, { headers: 'a' }, 'httpMembers: headers must be a record of strings, got "a"'],
    [address, { fetch: 1 }, 'httpMembers: fetch must be a function, got 1'],
    [address, { read: 1 }, 'httpMembers: read must be a function, got 1'],
    [address, { maxBytes: 0 }, 'httpMembers: maxBytes must be an integer >= 1, got 0'],
    [address, { every: 0 }, 'httpMembers: every must be a duration > 0, got 0'],
    [address, { evry: 1 }, 'httpMembers: "evry" is not an option, did you mean every?'],
  ])('are refused if invalid: %s %j', (url, options, message) => {
    expect(() => httpMembers(url as string, options as never)).toThrow(message)
  })

  it('are read once', async () => {
    const headers: Record<string, string> = { a: '1' }
    const url = new URL(address)
    const { pool, asked } = made(() => json(['a']), { headers }, url)
    headers['a'] = '2'
    url.pathname = '/other'
    await pool.ready()
    expect(asked[0]).toMatchObject({ url: address, headers: { a: '1' } })
  })

  it('use the global fetch of the time of the request', async () => {
    const source = httpMembers(address)
    const stub = vi.fn(async () => json(['a']))
    vi.stubGlobal('fetch', stub)
    const pool = failoverPool(source, { clock: virtualClock() })
    await pool.ready()
    pool.close()
    expect(stub).toHaveBeenCalledOnce()
    vi.unstubAllGlobals()
  })
})

describe('over a real connection', () => {
  const open: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of open.splice(0)) await close()
  })

  async function serve(listener: RequestListener, options: HttpMembersOptions = {}) {
    const server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const clock = virtualClock()
    const pool = failoverPool(httpMembers(`http://127.0.0.1:${port}/members`, { jitter: 0, ...options }), { clock })
    open.push(() => {
      pool.close()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    })
    const log = recorder(pool)
    return { clock, pool, server, faults: () => log.of('fault').map(({ error }) => String(error)) }
  }

  const closed = (response: ServerResponse | IncomingMessage) =>
    new Promise<void>((resolve) => response.once('close', () => resolve()))

  it('accepts a list, and 304 for the same list', async () => {
    let asked = 0
    const { clock, pool, faults } = await serve((request, response) => {
      asked++
      response.setHeader('etag', '"x"')
      if (request.headers['if-none-match'] === '"x"') response.writeHead(304).end()
      else response.end(JSON.stringify(['http://a', 'http://ü']))
    })
    await pool.ready()
    const seen = asked
    await clock.advance(30_000)
    await vi.waitFor(() => expect(asked).toBe(seen + 1))
    expect(pool.members.map(({ name }) => name)).toEqual(['http://a', 'http://ü'])
    expect(faults()).toEqual([])
  })

  it('refuses an endless body, and closes the connection', async () => {
    let poured = 0
    let gone: Promise<void> | undefined
    const { pool, faults } = await serve((_, response) => {
      gone = closed(response)
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 32))) poured += 65_536
        if (!response.destroyed) response.once('drain', pour)
      }
      pour()
    })
    await pool.ready()
    await gone

    expect(faults()).toEqual(['RangeError: httpMembers: the body has more than 1048576 bytes'])
    expect(poured).toBeLessThan(50_000_000)
  })

  it('aborts the request when the pool is closed', async () => {
    let asked = (_: ServerResponse): void => {}
    const question = new Promise<ServerResponse>((resolve) => (asked = resolve))
    const { clock, pool, faults } = await serve((_, response) => {
      response.write('["a", ')
      asked(response)
    })
    const ready = pool.ready()
    const response = await question
    pool.close()
    await ready
    await closed(response)

    expect(clock.pending).toBe(0)
    expect(faults()).toEqual([])
    expect(pool.members).toEqual([])
  })

  it('holds no connection for a body that it does not read', async () => {
    let gone: Promise<void> | undefined
    const { pool, faults } = await serve((_, response) => {
      gone = closed(response)
      response.writeHead(500)
      response.write('a page that does not end')
    })
    await pool.ready()
    await gone
    expect(faults()[0]).toMatch(/answered 500$/)
  })

  it('fails for a connection that is refused or reset, and recovers', async () => {
    let broken = true
    const { clock, pool, faults } = await serve((_, response) => {
      if (broken) response.socket?.destroy()
      else response.end('["a"]')
    })
    await pool.ready()
    expect(faults()).toEqual(['TypeError: fetch failed'])
    broken = false
    await clock.advance(1000)
    await vi.waitFor(() => expect(pool.members).toHaveLength(1))
  })
})
