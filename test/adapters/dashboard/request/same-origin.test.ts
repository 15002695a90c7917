import { describe, expect, it } from 'vitest'
import { ask, control, url } from '../client.ts'
import { breakerId, made } from '../control/controlled.ts'

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
