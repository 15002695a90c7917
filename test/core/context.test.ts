/** Whose async context code runs in: that of the caller of its call, whatever set it going. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { execFileSync } from 'node:child_process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { buildSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { bulkhead } from '../../src/bulkhead/index.ts'
import { circuitBreaker } from '../../src/circuit-breaker/index.ts'
import { failoverPool, type MemberSink } from '../../src/failover/index.ts'
import { fallback } from '../../src/fallback/index.ts'
import { pipeline, policy } from '../../src/pipeline/index.ts'
import { retry } from '../../src/retry/index.ts'
import { virtualClock } from '../../src/testing/index.ts'
import { timeout } from '../../src/timeout/index.ts'

const tenant = new AsyncLocalStorage<string>()
const here = (): string => tenant.getStore() ?? 'nobody'
const untilAborted = ({ signal }: { readonly signal: AbortSignal }): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
const hang = (): Promise<never> => new Promise(() => {})

/** Notes who code ran for. */
function notes() {
  const seen: string[] = []
  const note = (what: string): void => {
    seen.push(`${what} for ${here()}`)
  }
  return { seen, note }
}

describe('the context of a call', () => {
  it('is its caller’s in all that a timeout sets going', async () => {
    const clock = virtualClock()
    const { seen, note } = notes()
    const upstream = pipeline(
      { name: 'upstream', clock },
      fallback({
        value: () => {
          note('value')
          return 'fallback'
        },
        when: ({ ok }) => {
          note('fallback when')
          return !ok
        },
      }),
      retry({
        retries: 1,
        backoff: () => {
          note('backoff')
          return 10
        },
        before: () => note('before'),
        retryAfter: () => {
          note('retryAfter')
          return 0
        },
        when: ({ ok }) => {
          note('retry when')
          return !ok
        },
      }),
      circuitBreaker({
        failureRate: 1,
        minimumCalls: 100,
        window: '1m',
        when: ({ ok }) => {
          note('breaker when')
          return !ok
        },
      }),
      timeout(50),
    )
    for (const event of ['timeout', 'retry', 'giveUp', 'fallback', 'call', 'failure'] as const) {
      upstream.on(event as 'call', () => note(event))
    }
    const call = (name: string) =>
      tenant.run(name, () =>
        upstream.execute(({ attempt, signal }) => {
          note(`attempt ${attempt}`)
          signal.addEventListener('abort', () => note(`abort ${attempt}`))
          return hang()
        }),
      )
    // One after the other and at once: each shares timers with the others.
    const alice = call('alice')
    await clock.advance(20)
    const both = [call('bob'), call('carol')]
    await clock.settle(Promise.all([alice, ...both]))
    const of = (name: string): string[] => seen.filter((line) => line.endsWith(` for ${name}`))
    expect(of('alice').length + of('bob').length + of('carol').length).toBe(seen.length)
    expect(of('alice').map((line) => line.replace('alice', 'bob'))).toEqual(of('bob'))
    expect(of('carol').map((line) => line.replace('carol', 'bob'))).toEqual(of('bob'))
    for (const what of ['value', 'fallback when', 'backoff', 'before', 'retryAfter', 'retry when', 'breaker when']) {
      expect(seen).toContain(`${what} for alice`)
    }
    for (const what of [
      'timeout',
      'retry',
      'giveUp',
      'fallback',
      'call',
      'failure',
      'abort 1',
      'abort 2',
      'attempt 2',
    ]) {
      expect(seen).toContain(`${what} for alice`)
    }
  })

  it('is its caller’s where only a listener or a signal is there', async () => {
    for (const plain of [true, false]) {
      const clock = virtualClock()
      const { seen, note } = notes()
      const limited = timeout({ after: 50, clock })
      const options = plain ? undefined : { key: 'k' }
      const ended = tenant.run('alice', () =>
        limited
          .execute(({ signal }) => {
            signal.addEventListener('abort', () => note('abort'))
            return hang()
          }, options)
          .catch(() => {}),
      )
      await clock.settle(ended)
      limited.on('timeout', () => note('timeout'))
      await clock.settle(tenant.run('bob', () => limited.execute(hang, options).catch(() => {})))
      expect(seen).toEqual(['abort for alice', 'timeout for bob'])
    }
  })

  it('is its caller’s where a call waits in a queue', async () => {
    const clock = virtualClock()
    const { seen, note } = notes()
    const one = bulkhead({ limit: 1, queue: 3, maxWait: 100, clock })
    for (const event of ['enqueue', 'dequeue', 'reject'] as const) one.on(event, () => note(event))
    let free = (): void => {}
    const first = tenant.run('alice', () => one.execute(() => new Promise<void>((resolve) => (free = resolve))))
    const second = tenant.run('bob', () =>
      one.execute(
        () => {
          note('started')
          return hang()
        },
        { signal: new AbortController().signal },
      ),
    )
    const third = tenant.run('carol', () => one.execute(hang).catch(() => {}))
    free()
    await first
    await clock.settle(third)
    expect(seen).toEqual([
      'enqueue for bob',
      'enqueue for carol',
      'dequeue for bob',
      'started for bob',
      'reject for carol',
    ])
    void second
  })

  it('is its caller’s where a signal that many share gives it up', async () => {
    const { seen, note } = notes()
    const shutdown = new AbortController()
    const all = pipeline(
      'all',
      policy('own', (_, next) => next()),
      retry(1),
    )
    all.on('call', () => note('call'))
    const calls = ['alice', 'bob'].map((name) =>
      tenant.run(name, () =>
        all
          .execute(
            ({ signal }) => {
              signal.addEventListener('abort', () => note('abort'))
              return hang()
            },
            { signal: shutdown.signal },
          )
          .catch(() => {}),
      ),
    )
    tenant.run('operator', () => shutdown.abort())
    await Promise.all(calls)
    expect(seen).toEqual(['abort for alice', 'call for alice', 'abort for bob', 'call for bob'])
  })

  it('is its caller’s where a policy gives a try a signal of its own', async () => {
    const { seen, note } = notes()
    const own = new AbortController()
    const mine = pipeline(
      'mine',
      policy('own', async (call, next) => next(call.with({ signal: own.signal })).catch(() => 'ended')),
      timeout('1h'),
    )
    const call = tenant.run('alice', () =>
      mine.execute(({ signal }) => {
        signal.addEventListener('abort', () => note('abort'))
        return hang()
      }),
    )
    tenant.run('bob', () => own.abort())
    expect(await call).toBe('ended')
    expect(seen).toEqual(['abort for alice'])
  })

  it('is its caller’s where a call waits for the members of a pool', async () => {
    const clock = virtualClock()
    let tell = (_: readonly string[]): void => {}
    const source = {
      kind: 'source',
      watch: (sink: MemberSink) => {
        tell = (members) => sink.update(members)
        return { close: () => {} }
      },
    }
    const pool = failoverPool(source, { clock })
    const calls = ['alice', 'bob'].map((name) => tenant.run(name, () => pool.execute(() => here())))
    tenant.run('operator', () => tell(['a']))
    await clock.advance(1)
    expect(await Promise.all(calls.map((call) => clock.settle(call)))).toEqual(['alice', 'bob'])
  })
})

describe('background work', () => {
  it('runs in no caller’s context, though a call set it going', async () => {
    const clock = virtualClock()
    const seen = new Set<string>()
    const source = {
      kind: 'source',
      watch: (sink: MemberSink) => {
        seen.add(`watch for ${here()}`)
        sink.update(['a', 'b'])
        return { close: () => {}, refresh: () => seen.add(`refresh for ${here()}`) }
      },
    }
    const pool = failoverPool(source, {
      clock,
      check: { run: () => void seen.add(`check for ${here()}`), every: '1s' },
    })
    const call = tenant.run('alice', () => pool.execute(() => Promise.reject(new Error('down'))).catch(() => {}))
    await clock.settle(call)
    await tenant.run('bob', () => clock.advance('10s'))
    expect([...seen].sort()).toEqual(['check for nobody', 'refresh for nobody', 'watch for nobody'])
    pool.close()
  })

  it('runs in no caller’s context where the library was loaded within a call', () => {
    const built = new URL('../../src/core/context.ts', import.meta.url).pathname
    const { outputFiles } = buildSync({ entryPoints: [built], bundle: true, format: 'cjs', write: false })
    const program = `
      const { AsyncLocalStorage } = require('node:async_hooks')
      const tenant = new AsyncLocalStorage()
      tenant.run('alice', () => {
        const module = { exports: {} }
        new Function('module', 'exports', ${JSON.stringify(outputFiles[0]?.text)})(module, module.exports)
        module.exports.outside(() => console.log(tenant.getStore()))
      })`
    expect(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' })).toBe('undefined\n')
  })

  it('keeps no caller’s context once the call has ended', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const upstream = pipeline(
      'upstream',
      retry({ retries: 1, backoff: 1 }),
      bulkhead({ limit: 1, queue: 9 }),
      timeout(20),
    )
    const store = new AsyncLocalStorage<object>()
    const serve = async (): Promise<WeakRef<object>[]> => {
      const requests = [{}, {}, {}]
      await Promise.all(
        requests.map((request) => store.run(request, () => upstream.execute(untilAborted).catch(() => {}))),
      )
      return requests.map((request) => new WeakRef(request))
    }
    const references = await serve()
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setImmediate(resolve))
      collect()
    }
    expect(references.map((reference) => reference.deref())).toEqual([undefined, undefined, undefined])
  })
})
