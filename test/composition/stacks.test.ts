/** An error thrown after an `await` shows who called, through the usual policies, as it does without them. */
import { bulkhead, circuitBreaker, failoverPool, fallback, pipeline, retry, timeout } from 'holdfast'
import { describe, expect, it } from 'vitest'

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

async function findItem(attempt: number, failing: number): Promise<string> {
  await later()
  if (attempt <= failing) throw new Error(`attempt ${attempt}`)
  return 'item'
}

type Execute = (operation: (call: { readonly attempt: number }) => Promise<string>) => Promise<unknown>

async function serveRequest(execute: Execute, failing: number): Promise<unknown> {
  return await execute(({ attempt }) => findItem(attempt, failing))
}

const usual = (retries: number) =>
  pipeline(
    fallback({ value: 'none', when: () => false }),
    timeout('1m'),
    retry({ retries, backoff: 0 }),
    bulkhead({ limit: 20, queue: 50 }),
    circuitBreaker({ failureRate: 1, minimumCalls: 100, window: '30s' }),
    timeout('30s'),
  )

describe('the stack of an error', () => {
  const signal = new AbortController().signal
  const cases: [string, Execute, number][] = [
    ['no policy', (operation) => operation({ attempt: 1 }), 1],
    ['a retry', (operation) => retry(0).execute(operation), 1],
    ['a plain timeout', (operation) => timeout('1m').execute(operation), 1],
    ['a timeout with the signal of the caller', (operation) => timeout('1m').execute(operation, { signal }), 1],
    ['the usual pipeline', (operation) => usual(0).execute(operation), 1],
    ['the usual pipeline and its retries', (operation) => usual(2).execute(operation), 3],
    ['the usual pipeline with a signal', (operation) => usual(1).execute(operation, { signal }), 2],
    ['a pool', (operation) => failoverPool(['a']).execute(operation), 1],
  ]
  it.each(cases)('shows the caller through %s', async (_, execute, failing) => {
    const error = (await serveRequest(execute, failing).catch((error: unknown) => error)) as Error
    expect(error.message).toBe(`attempt ${failing}`)
    expect(error.stack).toMatch(/findItem[\s\S]*at (?:async )?serveRequest/)
  })

  it('shows the caller of an operation that waited in a queue', async () => {
    const one = pipeline(bulkhead({ limit: 1, queue: 1 }), timeout('1m'))
    const first = one.execute(later)
    const error = (await serveRequest((operation) => one.execute(operation), 1).catch(
      (error: unknown) => error,
    )) as Error
    await first
    expect(error.stack).toMatch(/findItem[\s\S]*at (?:async )?serveRequest/)
  })
})
