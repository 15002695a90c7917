import { dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ask } from '../client.ts'
import { untyped } from '../untyped.ts'

describe('the option `hosts`', () => {
  const from = async (hosts: readonly string[] | undefined, headers: Record<string, string>, of = '/x') => {
    const board = dashboard({ clock: virtualClock(), ...(hosts && { hosts }) })
    const given = { method: 'GET', url: of, headers }
    return ((await untyped(board.handler)(given)) as Response).status
  }

  it.each([
    ['localhost', 'localhost', 200],
    ['localhost', 'localhost:3000', 200],
    ['localhost', 'LocalHost:3000', 200],
    ['localhost', 'evil.example', 403],
    ['localhost', 'localhost.evil.example', 403],
    ['localhost', 'localhost@evil.example', 403],
    ['localhost', 'evil.example#localhost', 403],
    ['localhost', '', 403],
    ['Status.Example:8443', 'status.example:8443', 200],
    ['status.example:8443', 'status.example', 403],
    ['status.example:8443', 'status.example:8444', 403],
    ['status.example:80', 'status.example', 200],
    ['status.example:80', 'status.example:8080', 403],
    ['127.0.0.1', '127.0.0.1:3000', 200],
    ['[::1]', '[::1]:3000', 200],
    ['[::1]:3000', '[::1]:3001', 403],
  ])('with %s, asked by %s, answers %s', async (host, said, status) => {
    expect(await from(['other.example', host], { host: said })).toBe(status)
    expect(await from(['other.example', host], { ':authority': said })).toBe(status)
    for (const query of ['?events', '?component=a']) {
      if (status === 403) expect(await from([host], { host: said }, query)).toBe(403)
    }
  })

  it('allows any host by default, and rejects a request without one otherwise', async () => {
    expect(await from(undefined, { host: 'evil.example' })).toBe(200)
    expect(await from(['localhost'], {})).toBe(403)
    expect(await from(undefined, {})).toBe(200)
    const none = (await untyped(dashboard({ hosts: ['localhost'] }).handler)(undefined)) as Response
    expect(none.status).toBe(403)
  })

  it('is compared with the URL if there is no header', async () => {
    const board = dashboard({ clock: virtualClock(), hosts: ['service'] })

    expect((await ask(board)).status).toBe(200)
    expect((await board.handler(new Request('http://evil.example/board'))).status).toBe(403)
  })
})
