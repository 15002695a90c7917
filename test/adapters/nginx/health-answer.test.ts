import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type HealthAnswerOptions, healthAnswer } from 'holdfast/nginx'
import { afterEach, describe, expect, it, vi } from 'vitest'

async function answer(options?: HealthAnswerOptions) {
  const server = createServer(healthAnswer(options))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/health`)
  const body = await response.text()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  return { status: response.status, body, wait: response.headers.get('retry-after') }
}

const fail = () => {
  throw new Error('no idea')
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('healthAnswer', () => {
  it('is 200 by default', async () => {
    expect(await answer()).toEqual({ status: 200, body: 'ok\n', wait: null })
    expect(await answer({ draining: () => false, overloaded: () => false })).toMatchObject({ status: 200 })
  })

  it('is 503 while draining or overloaded, with Retry-After in whole seconds', async () => {
    expect(await answer({ draining: () => true, overloaded: () => true })).toEqual({
      status: 503,
      body: 'draining\n',
      wait: '1',
    })
    expect(await answer({ overloaded: () => true, retryAfter: '1500ms' })).toEqual({
      status: 503,
      body: 'overloaded\n',
      wait: '2',
    })
  })

  it('is 503 when a function fails or is async, and reports a fault', async () => {
    const faults: string[] = []
    const onFault: NonNullable<HealthAnswerOptions['onFault']> = ({ source, error }) =>
      faults.push(`${source}: ${(error as Error).message}`)

    expect(await answer({ draining: fail, onFault })).toMatchObject({ status: 503, body: 'draining\n' })
    const late = (() => Promise.reject(new Error('late'))) as never
    expect(await answer({ overloaded: late, onFault })).toMatchObject({ status: 503, body: 'overloaded\n' })
    expect(faults).toEqual([
      'draining: no idea',
      'overloaded: healthAnswer: overloaded must give a boolean, got a promise',
    ])
  })

  it('warns without a listener', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()

    expect(await answer({ draining: fail })).toMatchObject({ status: 503 })
    expect(warn).toHaveBeenCalledTimes(1)
  })

  it('refuses invalid options', () => {
    expect(() => healthAnswer({ retryAfter: 0 })).toThrow('healthAnswer: retryAfter must be a duration > 0, got 0')
    expect(() => healthAnswer({ drain: () => true } as never)).toThrow('did you mean draining?')
  })
})
