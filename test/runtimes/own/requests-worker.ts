/**
 * A worker that answers each request through policies that all requests share. A runtime that binds timers and promises to
 * the request that made them fails, or never answers, where a call waits on what another request armed.
 *
 * The right answer is always the name that the request asked with, as user code finds it in the context it runs in. Where a
 * worker has no contexts, user code knows it from the call.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  bulkhead,
  circuitBreaker,
  exponential,
  failoverPool,
  fallback,
  isHoldfastError,
  ordered,
  pipeline,
  policy,
  protect,
  retry,
  timeout,
} from 'holdfast'

/** Undefined in a worker without Node's modules. */
const context = (AsyncLocalStorage as typeof AsyncLocalStorage | undefined) && new AsyncLocalStorage<string>()
const hang = (): Promise<never> => new Promise(() => {})
const after = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
const nameIn = (asked: string): string => (context === undefined ? asked : (context.getStore() ?? 'nobody'))

type Work = (call: { readonly attempt: number; readonly signal: AbortSignal }) => Promise<string> | string

/** Fails at first, then says the name. */
const second =
  (asked: string): Work =>
  async ({ attempt }) => {
    await after(2)
    if (attempt === 1) throw new Error('down')
    return nameIn(asked)
  }
/** Hangs at first, until it has to stop, then says the name: work that never ends would keep its slot in a bulkhead. */
const slowFirst =
  (asked: string): Work =>
  ({ attempt, signal }) =>
    attempt > 1
      ? nameIn(asked)
      : new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        })
const soon =
  (ms: number, asked: string): Work =>
  () =>
    after(ms).then(() => nameIn(asked))

const again = retry({ retries: 2, backoff: 10 })
const jittered = retry({ retries: 2, backoff: exponential({ base: 5 }) })
const limit = timeout(40)
const few = bulkhead({ limit: 1, queue: 20 })
const impatient = bulkhead({ limit: 1, queue: 20, maxWait: 15 })
const name = fallback({ value: ({ call }) => nameIn(call.key ?? 'unknown') })
const own = policy('own', (_call, next) => next().catch(() => next()))
const pool = failoverPool(['a', 'b', 'c'], { selection: ordered(), outlier: false, guard: () => timeout(20) })
const stack = (): ReturnType<typeof pipeline> =>
  pipeline(
    timeout(2000),
    retry({ retries: 2, backoff: exponential({ base: 5 }) }),
    bulkhead({ limit: 2, queue: 20 }),
    circuitBreaker({ consecutiveFailures: 100 }),
    timeout(30),
  )
const all = stack()
const inTurn = pipeline(timeout(2000), few)
const protectedName = protect(async (asked: string) => {
  await after(3)
  return nameIn(asked)
}, inTurn)

/** By a name, a call of a request. */
export const scenarios: Readonly<Record<string, (asked: string) => Promise<unknown>>> = {
  'a shared retry': (asked) => again.execute(second(asked)),
  'a shared retry with jitter': (asked) => jittered.execute(second(asked)),
  'a shared timeout that does not fire': (asked) => limit.execute(soon(5, asked)),
  'a shared timeout of an operation that ends at once': (asked) => limit.execute(() => nameIn(asked)),
  'a shared timeout that fires': async (asked) => {
    const error = await limit.execute(hang).catch((reason: unknown) => reason)
    return isHoldfastError(error) && error.code === 'HF_TIMEOUT' ? nameIn(asked) : error
  },
  'a retry after a shared timeout': (asked) =>
    pipeline(retry({ retries: 1, backoff: 1 }), limit).execute(slowFirst(asked)),
  'a fallback after a shared timeout': (key) => pipeline(name, limit).execute(hang, { key }),
  'a queue': (asked) => few.execute(soon(5, asked)),
  'a queue of operations that end at once': (asked) => few.execute(() => nameIn(asked)),
  'a queue that gives up': (key) => pipeline(name, impatient).execute(soon(10, key), { key }),
  'a deadline in a queue': (key) => pipeline(name, few).execute(soon(10, key), { key, deadline: 15 }),
  'an abort in a wait': async (asked) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort('aborted'), 10)
    const { signal } = controller
    const reason = await retry({ retries: 1, backoff: '10s' })
      .execute(() => Promise.reject(new Error('down')), { signal })
      .catch((given: unknown) => given)
    return reason === 'aborted' ? nameIn(asked) : reason
  },
  'a policy of one’s own': (asked) => own.execute(second(asked)),
  'a shared pool': (asked) =>
    pool.execute(({ target }) => {
      if (target === 'a') return hang()
      if (target === 'b') throw new Error('down')
      return nameIn(asked)
    }),
  'a shared pipeline': (asked) => all.execute(second(asked)),
  'a shared pipeline whose attempts time out': (asked) => all.execute(slowFirst(asked)),
  'a protected function': (asked) => protectedName(asked),
  'a pipeline made in each request': (asked) => stack().execute(second(asked)),
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url)
    const asked = searchParams.get('name') as string
    const scenario = scenarios[searchParams.get('scenario') as string]
    const answer = async (): Promise<Response> => new Response(String(await scenario?.(asked)))
    return context === undefined ? answer() : context.run(asked, answer)
  },
}
