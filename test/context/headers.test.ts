import type { IncomingHttpHeaders } from 'node:http'
import { type DeadlineForm, type DeadlineHeader, pipeline, readDeadline, runWithCall, writeDeadline } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import vectors from '../data/policies/deadline-headers.json'

const codeOf = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return (error as { readonly code?: unknown }).code ?? (error as Error).message
  }
}
/** The value that is written for what is left; null if the request is refused. */
function written(remaining: number, as: DeadlineForm, options: object = {}): unknown {
  const clock = virtualClock()
  const value = codeOf(
    () => writeDeadline<Record<string, unknown>>({}, { deadline: remaining }, { as, clock, ...options })[as],
  )
  return value === 'HF_DEADLINE' ? null : value
}
const read = (header: DeadlineHeader, value: string, options: object = {}): number | null =>
  readDeadline({ [header]: value }, { from: [header], maxDeadline: Number.POSITIVE_INFINITY, ...options }) ?? null
const fields = (texts: readonly string[]): DeadlineHeader[] => texts.map((text) => text.split(' ')[0] as DeadlineHeader)

describe('grpc-timeout', () => {
  it.each(vectors['grpc-timeout'].encode)('of $remainingMs ms left is $value', ({ remainingMs, value }) => {
    expect(written(remainingMs, 'grpc-timeout')).toBe(value)
  })

  it.each(vectors['grpc-timeout'].decode)('$value means $ms ms', ({ value, ms }) => {
    expect(read('grpc-timeout', value)).toBe(ms)
  })

  it.each([
    ['2n', 2e-6],
    ['3S', 3000],
    ['2M', 120_000],
    ['123456789m', null],
    ['5s', null],
  ])('%s means %s ms', (value, ms) => {
    expect(read('grpc-timeout', value)).toBe(ms)
  })

  it.each([
    [100_000_000, '100000S'],
    [100_000_999.9, '100000S'],
    [1.9, '1m'],
    [0.0005, '500n'],
    [1e-7, null],
    [-5, null],
  ])('never gains time: %s ms is %s', (remaining, value) => {
    expect(written(remaining, 'grpc-timeout')).toBe(value)
  })

  it('has a greatest value', () => {
    const far = { attempt: 1e15 }
    expect(writeDeadline({}, undefined, { as: 'grpc-timeout', ...far })).toEqual({ 'grpc-timeout': '99999999H' })
  })
})

describe('headers with milliseconds', () => {
  it.each(vectors['connect-timeout-ms'].decode)('connect-timeout-ms $value means $ms ms', ({ value, ms }) => {
    expect(read('connect-timeout-ms', value)).toBe(ms)
  })

  it.each(
    fields(vectors.milliseconds.fields).flatMap((field) =>
      vectors.milliseconds.cases.map((one) => ({ field, ...one })),
    ),
  )('$field $value means $ms ms', ({ field, value, ms }) => {
    expect(read(field, value)).toBe(ms)
  })

  it.each(['connect-timeout-ms', 'x-request-timeout-ms', 'x-envoy-upstream-rq-timeout-ms'] as const)(
    '%s is written in whole milliseconds, rounded down, and nothing below one',
    (header) => {
      expect(written(1500.9, header)).toBe('1500')
      expect(written(1, header)).toBe('1')
      expect(written(0.9, header)).toBeNull()
      expect(written(0, header)).toBeNull()
    },
  )

  it('has ten digits in the form of Connect', () => {
    expect(written(99_999_999_999, 'connect-timeout-ms')).toBe('9999999999')
  })

  it('takes 0 for no time left, and in the forms of Envoy for no limit', () => {
    expect(read('x-request-timeout-ms', '0')).toBe(0)
    expect(read('connect-timeout-ms', '0')).toBe(0)
    expect(read('x-envoy-expected-rq-timeout-ms', '0')).toBeNull()
  })
})

describe('headers with an instant', () => {
  const clock = virtualClock({ wall: vectors.absolute.now_ms })

  it.each(fields(vectors.absolute.fields).flatMap((field) => vectors.absolute.cases.map((one) => ({ field, ...one }))))(
    '$field $value means $ms ms',
    ({ field, value, ms }) => {
      expect(read(field, value, { clock })).toBe(ms)
    },
  )

  it('have no time left once the instant has passed, and are none if they cannot be read', () => {
    expect(read('x-request-deadline', '2026-11-28T11:59:59+00:00', { clock })).toBe(0)
    expect(read('x-request-deadline', '28 Nov 2026', { clock })).toBeNull()
    expect(read('x-request-deadline', '2026-13-41T25:61:61Z', { clock })).toBeNull()
  })

  it('are compared with the machine’s clock by default, and only where they are asked for', () => {
    const headers = { 'x-request-deadline': new Date(Date.now() + 60_000).toISOString() }
    const left = readDeadline(headers, { from: ['x-request-deadline'] })
    expect(left).toBeGreaterThan(50_000)
    expect(left).toBeLessThanOrEqual(60_000)
    expect(readDeadline(headers)).toBeUndefined()
  })
})

describe('a request to the next service', () => {
  it.each(vectors.hop.cases)('carries $sent with $remaining ms left of $attempt', ({ remaining, attempt, sent }) => {
    expect(written(remaining, 'grpc-timeout', { attempt })).toBe(sent)
  })

  it('carries less by the margin, and is refused where that takes all', () => {
    expect(written(1200, 'grpc-timeout', { attempt: 800, margin: 50 })).toBe('750m')
    expect(written(50, 'grpc-timeout', { margin: 50 })).toBeNull()
  })

  it('is refused by an error that is a rejection', () => {
    expect(() => writeDeadline({}, { deadline: -1 })).toThrow(
      expect.objectContaining({ name: 'DeadlineError', code: 'HF_DEADLINE', policy: 'writeDeadline' }),
    )
  })

  it('carries what its call has left, not what it had', async () => {
    const clock = virtualClock()
    const stock = pipeline({ clock })
    const sent = await stock.execute(
      async (call) => {
        await clock.advance(300.5)
        return writeDeadline(new Headers(), call).get('x-request-timeout-ms')
      },
      { deadline: '1s' },
    )
    expect(sent).toBe('699')
  })

  it('carries what the current call has left, if none is named', () => {
    const clock = virtualClock()
    const sent = runWithCall({ deadline: 250, clock }, () => writeDeadline({}))
    expect(sent).toEqual({ 'x-request-timeout-ms': '250' })
  })

  it('carries what is left until a date', () => {
    const clock = virtualClock({ wall: 1000 })
    expect(writeDeadline({}, { deadline: new Date(1400) }, { clock })).toEqual({ 'x-request-timeout-ms': '400' })
  })

  it('carries nothing without a deadline', async () => {
    expect(writeDeadline({})).toEqual({})
    expect(writeDeadline({}, {})).toEqual({})
    expect(writeDeadline({}, { deadline: Number.POSITIVE_INFINITY })).toEqual({})
    expect(writeDeadline({}, { deadline: new Date(8.64e15) })).toEqual({})
    await pipeline({ inherit: true }).execute((call) => expect(writeDeadline({}, call)).toEqual({}))
    await pipeline().execute((call) => expect(writeDeadline({}, call)).toEqual({}), {
      deadline: Number.POSITIVE_INFINITY,
    })
  })
})

describe('every form of headers', () => {
  const plain: Record<string, unknown> = { 'X-Request-Timeout-Ms': '250', accept: '*/*' }
  const incoming: IncomingHttpHeaders = { 'x-request-timeout-ms': '250' }
  const metadata = {
    values: new Map<string, unknown[]>([['x-request-timeout-ms', ['250', new Uint8Array(1)]]]),
    get(name: string): unknown[] {
      return this.values.get(name) ?? []
    },
    set(name: string, value: string): void {
      this.values.set(name, [value])
    },
  }

  it('is read', () => {
    expect(readDeadline(new Headers([['x-request-timeout-ms', '250']]))).toBe(250)
    expect(readDeadline(plain)).toBe(250)
    expect(readDeadline(incoming)).toBe(250)
    expect(readDeadline([['X-Request-Timeout-Ms', '250']])).toBe(250)
    expect(readDeadline(new Map([['x-request-timeout-ms', '250']]))).toBe(250)
    expect(readDeadline(metadata)).toBe(250)
  })

  it('is written, in place of what it had', () => {
    const left = { deadline: 100 }
    const clock = virtualClock()
    expect([...writeDeadline(new Headers([['x-request-timeout-ms', '250']]), left, { clock })]).toEqual([
      ['x-request-timeout-ms', '100'],
    ])
    expect(writeDeadline({ ...plain }, left, { clock })).toEqual({ accept: '*/*', 'x-request-timeout-ms': '100' })
    expect(writeDeadline({ ...incoming }, left, { clock })).toEqual({ 'x-request-timeout-ms': '100' })
    const pairs: [string, string][] = [
      ['X-Request-Timeout-Ms', '250'],
      ['accept', '*/*'],
    ]
    expect(writeDeadline(pairs, left, { clock })).toBe(pairs)
    expect(pairs).toEqual([
      ['accept', '*/*'],
      ['x-request-timeout-ms', '100'],
    ])
    expect(readDeadline(writeDeadline(metadata, left, { clock }))).toBe(100)
  })

  it('gives the shortest time of several, and at most the longest that is allowed', () => {
    expect(readDeadline({ 'x-request-timeout-ms': ['300', '200, 400'], 'grpc-timeout': '1S' })).toBe(200)
    expect(readDeadline({ 'grpc-timeout': '5H' })).toBe(3_600_000)
    expect(readDeadline({ 'grpc-timeout': '5H' }, { maxDeadline: '10s' })).toBe(10_000)
    expect(readDeadline({ 'grpc-timeout': 'soon' })).toBeUndefined()
  })
})

describe('what is wrong', () => {
  it.each([
    [
      () => readDeadline(null as never),
      'readDeadline: headers must be a Headers object, an object or a list of entries, got null',
    ],
    [
      () => writeDeadline('a' as never),
      'writeDeadline: headers must be a Headers object, an object or a list of entries, got "a"',
    ],
    [() => writeDeadline({}, 5 as never), 'writeDeadline: call must be a call, got 5'],
    [
      () => writeDeadline({}, { deadline: 'soon' as never }),
      "writeDeadline: deadline must be a duration or a valid Date, got \"soon\"; durations are ms, or like '250ms', '2s', '5m', '1h', '30d'",
    ],
    [
      () => readDeadline({}, { from: ['date' as never] }),
      expect.stringMatching(/^readDeadline: from must be an array of 'x-request-timeout-ms', .+, got an array$/),
    ],
    [() => writeDeadline({}, {}, { as: 'date' as never }), expect.stringMatching(/^writeDeadline: as must be one of /)],
    [() => writeDeadline({}, {}, { margin: -1 }), 'writeDeadline: margin must be a duration >= 0, got -1'],
  ])('is refused: %s', (work, message) => {
    expect(codeOf(work)).toEqual(message)
  })
})
