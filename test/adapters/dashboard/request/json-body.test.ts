import { EventEmitter } from 'node:events'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { ask } from '../client.ts'
import { answerOf, breakerId, made } from '../control/controlled.ts'

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
