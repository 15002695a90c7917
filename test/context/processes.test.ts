/** A deadline through three processes, on the loopback: front asks middle by HTTP, middle asks last in the form of gRPC. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-context-'))
const program = join(folder, 'service.mjs')
const children: ChildProcess[] = []
let front = ''
let middle = ''
let last = ''

function start(env: Readonly<Record<string, string>>): Promise<string> {
  const child = fork(program, [], { env: { ATTEMPT: '5000', ...env }, execArgv: [] })
  children.push(child)
  return new Promise((resolve, reject) => {
    child.once('message', (url) => resolve(String(url)))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the service ended with ${code}`)))
  })
}

const begun = async (): Promise<readonly number[]> =>
  Promise.all([front, middle, last].map(async (url) => Number(await (await fetch(`${url}begun`)).text())))

/** The answer, and how many requests each of the three began to work on for it. */
async function ask(url: string, headers: Readonly<Record<string, string>>) {
  const before = await begun()
  const response = await fetch(url, { headers })
  const text = await response.text()
  const after = await begun()
  return { status: response.status, text, begun: after.map((count, i) => count - (before[i] ?? 0)) }
}

beforeAll(async () => {
  const entry = new URL('processes/service.ts', import.meta.url).pathname
  buildSync({ entryPoints: [entry], outfile: program, bundle: true, format: 'esm', platform: 'node' })
  last = await start({ WORK: '2' })
  middle = await start({ NEXT: last, FORM: 'grpc-timeout', WORK: '40' })
  front = await start({ NEXT: middle, FORM: 'x-request-timeout-ms', WORK: '40' })
}, 30_000)

afterAll(() => {
  for (const child of children) child.disconnect()
  rmSync(folder, { recursive: true })
})

describe('a deadline through three processes', () => {
  it('gives each of them less than the one before', async () => {
    const { status, text, begun } = await ask(front, { 'x-request-timeout-ms': '4000' })
    const [first = 0, second = 0, third = 0] = JSON.parse(text) as number[]

    expect([status, begun]).toEqual([200, [1, 1, 1]])
    expect(first).toBeLessThanOrEqual(4000)
    expect(second).toBeLessThanOrEqual(first - 40)
    expect(third).toBeLessThanOrEqual(second - 40)
    expect(third).toBeGreaterThan(0)
  })

  it('is never longer than the attempt that the caller allows', async () => {
    const { text } = await ask(front, { 'grpc-timeout': '1H' })
    const [, second = 0, third = 0] = JSON.parse(text) as number[]

    expect(second).toBeLessThanOrEqual(5000)
    expect(third).toBeLessThanOrEqual(second - 40)
  })

  it('is none where no header has one', async () => {
    const { status, text } = await ask(last, {})

    expect([status, text]).toEqual([200, '[null]'])
  })

  it('that is over by the time of the next request keeps that from being sent', async () => {
    const { status, text, begun } = await ask(front, { 'x-request-timeout-ms': '20' })

    expect([status, text]).toEqual([504, 'HF_DEADLINE'])
    expect(begun).toEqual([1, 0, 0])
  })

  it('that is over on arrival is refused before work starts', async () => {
    for (const headers of [{ 'grpc-timeout': '0m' }, { 'x-request-timeout-ms': '0' }]) {
      const { status, text, begun } = await ask(last, headers)

      expect([status, text]).toEqual([504, 'HF_DEADLINE'])
      expect(begun).toEqual([0, 0, 0])
    }
  })
})
