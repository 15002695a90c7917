/**
 * A source that is polled: the base of DNS, of a registry behind HTTP, and of any list of your own.
 *
 * One request runs at a time. A request that takes too long is abandoned, so that a promise that never settles does not end
 * the polling. Once `hanging` abandoned requests are still pending, further ones are made ever more rarely (see
 * `core/checks/timed-check.ts`), as each may hold a connection or a thread. The wait after an answer is the answer's `ttl`, at
 * most `ceiling`, or `every`; never below `floor`, and with jitter, so that a fleet of clients does not poll in step. After
 * a failure the last list stays and the waits grow. A hint that the list may be old polls sooner, at most once in `refresh`.
 *
 * Invariant: until it is closed, either a request is under way or the next one is scheduled.
 */
import { exponential } from '../../core/backoff.ts'
import { patience, TimedCheck } from '../../core/checks/timed-check.ts'
import type { Duration, Milliseconds } from '../../core/duration.ts'
import {
  duration,
  type Fail,
  functionOf,
  isRecord,
  optional,
  ratio,
  resolveOptions,
  show,
  text,
} from '../../core/options.ts'
import { Alarm } from '../../core/timer.ts'
import type { MemberOptions } from '../options.ts'
import type { MemberSink, MemberSource, MemberWatch } from './source.ts'

/** How many abandoned requests may hang before further ones are made more rarely. */
const hanging = 4

/** An answer: the list, and how long it is valid, where that is known. */
export interface Polled<Target> {
  readonly members: readonly (Target | MemberOptions<Target>)[]
  /** In ms. A value that is not a number >= 0 is ignored. */
  readonly ttl?: Milliseconds | undefined
  /** Errors that occurred although there is an answer; each is reported as a `fault`. */
  readonly faults?: readonly unknown[] | undefined
}

export interface PollOptions<Target = unknown> {
  /** Members until the first answer. Default: none. */
  readonly initial?: readonly (Target | MemberOptions<Target>)[]
  /** How long an answer without a `ttl` is valid. Default 30 s. */
  readonly every?: Duration
  /** The least time an answer is valid. Default: 1 s, or `every` where that is less. */
  readonly floor?: Duration | undefined
  /** The longest `ttl` that is followed. Default 1 h. */
  readonly ceiling?: Duration
  /** The share by which waits are spread in both directions, 0 to 1. Default 0.1. */
  readonly jitter?: number
  /** How long a request may take; then its signal is aborted. Default 5 s. */
  readonly timeout?: Duration
  /** The least time between two requests made because the list may be old. Default 30 s. */
  readonly refresh?: Duration
}

export interface PolledOptions<Target> extends PollOptions<Target> {
  /** Requests the list once. It may be async; if it throws or rejects, the last list stays. */
  readonly ask: (question: {
    readonly signal: AbortSignal
  }) =>
    | Polled<Target>
    | readonly (Target | MemberOptions<Target>)[]
    | PromiseLike<Polled<Target> | readonly (Target | MemberOptions<Target>)[]>
  /** Default `'polled'`. */
  readonly kind?: string
}

export const pollChecks = {
  initial: (value: unknown, fail: Fail) =>
    value === undefined || Array.isArray(value) ? (value as readonly unknown[] | undefined) : fail('an array'),
  every: optional(duration('> 0'), 30_000 as number),
  floor: optional(duration('> 0'), undefined),
  ceiling: optional(duration('> 0'), 3_600_000 as number),
  jitter: optional(ratio, 0.1 as number),
  timeout: optional(duration('> 0'), 5000 as number),
  refresh: optional(duration('>= 0'), 30_000 as number),
}

/**
 * Makes a source from a function that returns the list.
 *
 * ```ts
 * import { failoverPool, polled } from 'holdfast/failover'
 * const pool = failoverPool(polled({ ask: async () => ['http://localhost:8001'], every: '10s' }))
 * await pool.ready()
 * pool.members.map(({ name }) => name) // => ['http://localhost:8001']
 * pool.close()
 * ```
 */
export function polled<Target>(options: PolledOptions<Target>): MemberSource<Target> {
  const { ask, kind, initial, ...settings } = resolveOptions('polled', options, {
    ask: functionOf<(question: { readonly signal: AbortSignal }) => unknown>(),
    kind: optional(text, 'polled'),
    ...pollChecks,
  })
  const { floor = Math.min(1000, settings.every) } = settings
  return { kind, initial, watch: (sink) => new Poll(sink, kind, ask, { ...settings, floor }) }
}

type PollSettings = { readonly [K in keyof Omit<typeof pollChecks, 'initial'>]: number }

class Poll implements MemberWatch {
  readonly #sink: MemberSink
  readonly #kind: string
  readonly #ask: (question: { readonly signal: AbortSignal }) => unknown
  readonly #settings: PollSettings
  readonly #request: TimedCheck
  readonly #next = new Alarm(() => this.#poll(), true)
  #failures = 0
  #askedAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(
    sink: MemberSink,
    kind: string,
    ask: (question: { readonly signal: AbortSignal }) => unknown,
    settings: PollSettings,
  ) {
    this.#sink = sink
    this.#kind = kind
    this.#ask = ask
    this.#settings = settings
    this.#request = new TimedCheck(sink.clock, settings.timeout, 'check', { most: hanging, patience })
    this.#poll()
  }

  close(): void {
    this.#closed = true
    this.#sink.clock.cancel(this.#next)
    this.#request.stop()
  }

  refresh(): void {
    const { clock } = this.#sink
    const asking = this.#request.running && !this.#request.overdue
    if (this.#closed || asking || clock.now() - this.#askedAt < this.#settings.refresh) return
    clock.cancel(this.#next)
    this.#poll()
  }

  #poll(): void {
    this.#askedAt = this.#sink.clock.now()
    if (this.#request.overdue) {
      this.#schedule(this.#failed(new Error(`${this.#kind}: ${hanging} questions or more have not been answered`)))
      return
    }
    let answer: unknown
    this.#request.begin(
      async (signal) => {
        answer = await this.#ask({ signal })
      },
      (good, error) => this.#schedule(good ? this.#answered(answer) : this.#failed(error)),
    )
  }

  /** Passes an answer on, and returns how long it is valid. */
  #answered(answer: unknown): Milliseconds {
    const given = Array.isArray(answer) ? { members: answer } : answer
    if (!isRecord(given) || !Array.isArray(given['members'])) {
      const what = isRecord(given) ? `members that are ${show(given['members'])}` : show(given)
      return this.#failed(new TypeError(`${this.#kind}: the answer must be an array of members, got ${what}`))
    }
    const { ttl, faults } = given
    try {
      this.#sink.update(given['members'])
    } catch (error) {
      return this.#failed(error)
    }
    this.#failures = 0
    if (Array.isArray(faults)) for (const fault of faults) this.#sink.failed(fault)
    const { every, ceiling } = this.#settings
    return typeof ttl === 'number' && ttl >= 0 ? Math.min(ttl, ceiling) : every
  }

  #failed(error: unknown): Milliseconds {
    this.#failures++
    this.#sink.failed(error)
    const { floor, every } = this.#settings
    const growing = exponential({ base: floor, max: Math.max(floor, every), jitter: 'none' })
    return growing.delay({ attempt: this.#failures, previous: undefined, random: this.#sink.random })
  }

  #schedule(valid: Milliseconds): void {
    if (this.#closed) return
    const { floor, jitter } = this.#settings
    const spread = 1 + jitter * (2 * this.#sink.random() - 1)
    this.#sink.clock.schedule(this.#next, Math.max(floor, valid * spread))
  }
}
