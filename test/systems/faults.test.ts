/** Faults over real processes: whatever one member of a pool does, no idempotent call of its users fails. */
import * as failover from 'holdfast/failover'
import { pipeline } from 'holdfast/pipeline'
import { timeout } from 'holdfast/timeout'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogueOf } from '../../bench/selections/catalogue.mjs'
import { type Backend, backends } from './support/backend.ts'
import { Client } from './support/client.ts'
import { pause } from './support/system.ts'

const { dynamic, failoverPool, peakEwma, roundRobin, twoChoices } = failover
type Selection = failover.Selection

const selections = Object.fromEntries(catalogueOf(failover).map(({ id, make }) => [id, () => make(0, true)]))

/** How long one try may take. */
const attempt = 250

/** A client of its own: a pool with a selection, its calls and where they went. */
class User {
  readonly #client = new Client()
  readonly #pool
  readonly #calls
  readonly failed: unknown[] = []
  made = 0
  /** Calls begun since the faulty member was first put out, and those that went to it first. */
  after = 0
  stray = 0
  #faulty: string | undefined = undefined
  #detected = false

  constructor(members: readonly Backend[], selection: () => Selection, options: failover.FailoverOptions<string> = {}) {
    const list = members.map(({ name, url }) => ({ name, target: url }))
    this.#pool = failoverPool(list, { selection, ...options })
    this.#calls = pipeline(timeout('5s'), this.#pool, timeout(attempt))
    this.#pool.on('eject', ({ member }) => {
      if (member === this.#faulty) this.#detected = true
    })
  }

  watch(faulty: string): void {
    this.#faulty = faulty
    this.#detected = this.#pool.members.some(({ name, state }) => name === faulty && state === 'ejected')
    this.after = 0
    this.stray = 0
  }

  async call(path = '/'): Promise<void> {
    this.made++
    const counts = this.#detected
    if (counts) this.after++
    let first = true
    try {
      await this.#calls.execute(
        ({ target, member, signal, fresh }) => {
          if (first && counts && member === this.#faulty) this.stray++
          first = false
          return this.#client.get(target + path, signal, fresh)
        },
        { key: String(this.made % 50) },
      )
    } catch (error) {
      this.failed.push(error)
    }
  }

  get members() {
    return this.#pool.members
  }

  close(): void {
    this.#pool.close()
    this.#client.close()
  }
}

/** Calls of all users, evenly spread over `ms`. */
async function load(users: readonly User[], ms: number, every = 20): Promise<void> {
  const calls: Promise<void>[] = []
  const end = performance.now() + ms
  while (performance.now() < end) {
    for (const user of users) calls.push(user.call())
    await pause(every)
  }
  await Promise.all(calls)
}

const faults: Readonly<Record<string, { begin(b: Backend): unknown; end(b: Backend): unknown; detected: boolean }>> = {
  'dead (SIGKILL)': { begin: (b) => b.stop('SIGKILL'), end: (b) => b.start(), detected: true },
  'hung (SIGSTOP)': { begin: (b) => b.signal('SIGSTOP'), end: (b) => b.signal('SIGCONT'), detected: true },
  'answering 500': { begin: (b) => b.mode('fail'), end: (b) => b.mode('ok'), detected: true },
  'five times slower': { begin: (b) => b.mode('slow 50'), end: (b) => b.mode('ok'), detected: false },
  flapping: { begin: (b) => b.mode('flap 150'), end: (b) => b.mode('ok'), detected: false },
  'resetting connections': { begin: (b) => b.mode('reset'), end: (b) => b.mode('ok'), detected: true },
}

describe('one of three members', () => {
  let three: readonly Backend[] = []
  beforeAll(async () => {
    three = await backends('a', 'b', 'c')
  }, 30_000)
  afterAll(() => Promise.all(three.map((backend) => backend.stop('SIGKILL'))))

  it.each(Object.entries(faults))(
    '%s: no call fails, under any selection',
    async (_name, { begin, end, detected }) => {
      const users = Object.values(selections).map((selection) => new User(three, selection))
      const faulty = three[0] as Backend
      await load(users, 300)
      for (const user of users) user.watch(faulty.name)
      await begin(faulty)
      const aware = () => users.filter(({ after }) => after > 0).length > users.length / 2
      await load(users, 1600)
      // A busy machine needs longer.
      for (let more = 0; detected && !aware() && more < 10; more++) await load(users, 800)
      await end(faulty)
      for (const user of users) user.close()

      const names = Object.keys(selections)
      const failed = users.flatMap((user, i) => user.failed.map((error) => `${names[i]}: ${error}`))
      expect(failed).toEqual([])
      if (!detected) return
      const stray = users.map((user, i) => [names[i], user.after === 0 ? 0 : user.stray / user.after] as const)
      expect(stray.filter(([, share]) => share >= 0.03)).toEqual([])
      // Under most selections the member was asked at all, and found out.
      expect(aware()).toBe(true)
    },
    40_000,
  )

  it.each([0, 1, 2])(
    'all down, then the one at place %i back: found at once, and until then calls fail without waiting',
    async (index) => {
      const user = new User(three, roundRobin, { outlier: { consecutiveFailures: 1 } })
      await load([user], 100)
      await Promise.all(three.map((backend) => backend.stop('SIGKILL')))
      const start = performance.now()
      for (let i = 0; i < 20; i++) await user.call()
      expect((performance.now() - start) / 20).toBeLessThan(100)
      expect(user.failed.length).toBe(20)
      expect(user.failed.at(-1)).toMatchObject({ code: 'HF_FAILOVER' })
      user.failed.length = 0
      await (three[index] as Backend).start()
      for (let i = 0; i < 5; i++) await user.call()
      expect(user.failed).toEqual([])
      user.close()
      await Promise.all(three.map((backend, i) => (i === index ? undefined : backend.start())))
    },
    20_000,
  )

  it('that hangs is found by checks within timeout times fall, without a failed call', async () => {
    const client = new Client()
    const user = new User(three, roundRobin, {
      check: {
        run: ({ target, signal }) => client.get(`${target}/health`, signal),
        every: 100,
        fast: 100,
        timeout: 100,
        fall: 3,
        rise: 2,
        sameOperation: true,
      },
    })
    await load([user], 300)
    const faulty = three[1] as Backend
    faulty.signal('SIGSTOP')
    const start = performance.now()
    while (!user.members.some(({ state }) => state === 'ejected')) await pause(5)
    expect(performance.now() - start).toBeLessThan(100 + 3 * 100 + 300)
    user.watch('b')
    await load([user], 700)
    expect([user.stray, user.failed]).toEqual([0, []])
    faulty.signal('SIGCONT')
    const back = performance.now()
    while (user.members.some(({ state }) => state === 'ejected')) await pause(5)
    expect(performance.now() - back).toBeLessThan(1500)
    user.close()
    client.close()
  }, 20_000)
})

describe('one of ten members', () => {
  let ten: readonly Backend[] = []
  beforeAll(async () => {
    ten = await backends(...'abcdefghij')
  }, 30_000)
  afterAll(() => Promise.all(ten.map((backend) => backend.stop('SIGKILL'))))

  it('that is five times slower gets less than 4 % of calls from selections by load or latency', async () => {
    await Promise.all(ten.map((backend, i) => backend.mode(i === 0 ? 'slow 200' : 'slow 40')))
    const chosen = { twoChoices, peakEwma, dynamic: () => dynamic({ blackout: 0, every: 200 }) }
    for (const [name, selection] of Object.entries(chosen)) {
      const user = new User(ten, selection)
      const client = new Client()
      const run = async (ms: number): Promise<void> => {
        const end = performance.now() + ms
        const caller = async (): Promise<void> => {
          while (performance.now() < end) await user.call()
        }
        await Promise.all(Array.from({ length: 60 }, caller))
      }
      await run(800)
      await Promise.all(ten.map(({ url }) => client.post(`${url}/count`, '')))
      await run(1500)
      const counts = await Promise.all(ten.map(async ({ url }) => Number(await client.get(`${url}/count`))))
      const total = counts.reduce((sum, count) => sum + count, 0)
      expect((counts[0] as number) / total, name).toBeLessThan(0.04)
      expect(user.failed).toEqual([])
      user.close()
      client.close()
    }
  }, 30_000)
})
