/** A look at a server: what it gives is read or let go, so that no connection stays. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { virtualClock } from 'holdfast/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { TimedCheck } from '../../../src/core/checks/timed-check.ts'

describe('a check of a real server', () => {
  let server: Server | undefined

  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
  })

  it.each([200, 503])('keeps no connection for bodies that are not read: %i', async (status) => {
    const body = 'x'.repeat(1_000_000)
    const own = createServer((_, response) => response.writeHead(status).end(body))
    server = own
    await new Promise<void>((listening) => own.listen(0, '127.0.0.1', listening))
    const url = `http://127.0.0.1:${(own.address() as AddressInfo).port}/`
    const look = new TimedCheck(virtualClock(), 1000)
    for (let i = 0; i < 10; i++) {
      const good = await new Promise<boolean>((seen) => look.begin((signal) => fetch(url, { signal }), seen))
      expect(good).toBe(status === 200)
    }

    await vi.waitFor(async () => {
      const open = await new Promise<number>((count) => own.getConnections((_, connections) => count(connections)))
      expect(open).toBeLessThanOrEqual(3)
    })
  })
})
