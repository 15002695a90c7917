/** Traffic through a proxy: who is behind it, and who answers how often. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { failoverPool } from 'holdfast/failover'
import { afterAll, expect } from 'vitest'
import { Client } from './support/client.ts'

/** A server in this process, until the tests of this file have ended. Gives its port. */
export async function serving(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing.splice(0)) close()
})

/** A server that answers its name. */
export function named(name: string): Promise<number> {
  return serving((_request, response) => response.end(name))
}

/**
 * Requests over kept connections, eight at a time; the share of each answer. They go through a pool, for a proxy that is
 * read again closes connections whenever it likes.
 */
export async function shares(url: string, count = 2000): Promise<Readonly<Record<string, number>>> {
  const client = new Client()
  const pool = failoverPool([url])
  const found: Record<string, number> = {}
  let left = count
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const name = await pool.execute(({ target, fresh }) => client.get(target, undefined, fresh === true))
      found[name] = (found[name] ?? 0) + 1 / count
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  client.close()
  return found
}

/** Within three percentage points each, and nobody else. */
export function expectShares(found: Readonly<Record<string, number>>, wanted: Readonly<Record<string, number>>): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort())
  for (const [name, share] of Object.entries(wanted)) {
    expect(Math.abs((found[name] as number) - share), `${name} ${found[name]} is not ${share}`).toBeLessThan(0.03)
  }
}
