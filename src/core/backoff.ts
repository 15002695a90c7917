/**
 * How long to wait before the next try: constant, linear or exponential, with jitter.
 *
 * Formulas: capped exponential `min(max, base * factor^(n-1))`; full jitter U(0, d), equal jitter d/2 + U(0, d/2) and
 * decorrelated jitter `min(max, U(base, 3 * previous))` after M. Brooker, "Exponential Backoff And Jitter" (AWS, 2015).
 * Invariant: a delay is never negative, never NaN and never above `max`, whatever the attempt number.
 */

import type { Duration, Milliseconds } from './duration.ts'
import type { Events } from './events.ts'
import { ignoreRejection } from './ignore-rejection.ts'
import { type Check, duration, finite, isRecord, oneOf, optional, ratio, resolveOptions, show } from './options.ts'
import { type Random, systemRandom } from './random.ts'

export interface BackoffState {
  /** Which wait this is, from 1: the number of tries that have failed. */
  readonly attempt: number
  /** The wait before this one, if there was one. */
  readonly previous: Milliseconds | undefined
  readonly random: Random
}

/** A rule for waits. Made by `constant`, `linear`, `exponential` and `delays`. */
export interface Backoff {
  readonly kind: 'constant' | 'linear' | 'exponential' | 'delays'
  /** The resolved options, as `explain()` shows them. */
  readonly options: object
  delay(state: BackoffState): Milliseconds
}

/**
 * `full` draws from 0 to the delay, `equal` from half the delay to the delay, `none` takes the delay itself. A ratio from 0 to 1
 * is the spread to both sides: 0.1 draws from ±10 %.
 */
export type Jitter = 'none' | 'full' | 'equal' | number

/** The longest wait: an overflow to Infinity would become NaN in the jitter. */
const finiteMost = Number.MAX_VALUE

function jitterOf<const Name extends string>(...names: readonly Name[]): Check<Name | number> {
  const known = oneOf(...names)
  return (value, fail) => {
    const neither = (expected: string): never => fail(`${expected} or a number from 0 to 1`)
    return typeof value === 'string' ? known(value, neither) : ratio(value, () => known(value, neither) as never)
  }
}

/** `delay`, which is at most `max`, with jitter. */
function jittered(
  delay: Milliseconds,
  max: Milliseconds,
  jitter: Jitter | 'decorrelated',
  random: Random,
): Milliseconds {
  if (typeof jitter === 'number') return Math.min(max, finiteMost, delay * (1 + jitter * (2 * random() - 1)))
  if (jitter === 'full') return delay * random()
  if (jitter === 'equal') return delay / 2 + (delay / 2) * random()
  return delay
}

/** Always the same wait. */
export function constant(delay: Duration): Backoff {
  const options = resolveOptions('constant', { delay }, { delay: duration('>= 0') })
  return { kind: 'constant', options, delay: () => options.delay }
}

export interface LinearOptions {
  /** The first wait. Default 100 ms. */
  readonly base?: Duration
  /** What each further wait adds. Default: `base`. */
  readonly step?: Duration
  /** No wait is longer; `Infinity` for no limit. Default 30 s. */
  readonly max?: Duration
  /** Default `'none'`. */
  readonly jitter?: Jitter
}

/** Waits that grow by the same step: `base`, `base + step`, `base + 2 * step`, … */
export function linear(given?: LinearOptions): Backoff {
  const resolved = resolveOptions('linear', given, {
    base: optional(duration('>= 0'), 100),
    step: optional(duration('>= 0'), undefined),
    max: optional(duration('>= 0', true), 30_000),
    jitter: optional(jitterOf('none', 'full', 'equal'), 'none'),
  })
  const { base, step = base, max, jitter } = resolved
  return {
    kind: 'linear',
    options: Object.freeze({ base, step, max, jitter }),
    delay: ({ attempt, random }) =>
      jittered(Math.min(max, finiteMost, base + step * (attempt - 1)), max, jitter, random),
  }
}

export interface ExponentialOptions {
  /** The first wait. Default 100 ms. */
  readonly base?: Duration
  /** What each wait is multiplied by, at least 1. Default 2. */
  readonly factor?: number
  /** No wait is longer; `Infinity` for no limit. Default 30 s. */
  readonly max?: Duration
  /** Default `'full'`. `'decorrelated'` draws from `base` to three times the previous wait; it replaces the factor. */
  readonly jitter?: Jitter | 'decorrelated'
}

/** Waits that multiply: `base`, `base * factor`, `base * factor²`, …, spread by jitter. */
export function exponential(given?: ExponentialOptions): Backoff {
  const options = resolveOptions('exponential', given, {
    base: optional(duration('>= 0'), 100),
    factor: optional(finite(1), 2),
    max: optional(duration('>= 0', true), 30_000),
    jitter: optional(jitterOf('none', 'full', 'equal', 'decorrelated'), 'full'),
  })
  const { base, factor, max, jitter } = options
  return {
    kind: 'exponential',
    options,
    delay({ attempt, previous, random }) {
      if (jitter === 'decorrelated') {
        const span = Math.min(finiteMost, Math.max(base, 3 * (previous ?? base)))
        return Math.min(max, base + (span - base) * random())
      }
      // 0 times an overflow to Infinity would be NaN.
      const grown = base === 0 ? 0 : base * factor ** (attempt - 1)
      return jittered(Math.min(max, finiteMost, grown), max, jitter, random)
    },
  }
}

/** The waits of a list, in order; the last one repeats. */
export function delays(list: readonly Duration[]): Backoff {
  const options = resolveOptions(
    'delays',
    { list },
    {
      list: (value, fail) => {
        if (!Array.isArray(value) || value.length === 0) return fail('a non-empty array of durations')
        return Object.freeze(value.map((item: unknown) => duration('>= 0')(item, fail)))
      },
    },
  )
  const waits = options.list
  return {
    kind: 'delays',
    options,
    delay: ({ attempt }) => waits[Math.min(attempt, waits.length) - 1] as number,
  }
}

/** The argument of a backoff function of the user. */
export interface BackoffContext {
  /** Which wait this is, from 1: the number of tries that have failed. */
  readonly attempt: number
  /** What the latest try failed with. */
  readonly error: unknown
  /** The wait before this one, if there was one. */
  readonly previous: Milliseconds | undefined
}

/** Returns the wait in ms; `Infinity` to stop. */
export type BackoffFunction = (context: BackoffContext) => Milliseconds

/** Given without a call, these would be taken for functions of the user. */
const factories: readonly unknown[] = [constant, linear, exponential, delays]

/** A duration (always the same wait), a `Backoff`, or a function. */
export const backoff: Check<Backoff | BackoffFunction> = (value, fail) => {
  if (factories.includes(value)) return fail('a duration >= 0 or a backoff')
  if (typeof value === 'function') return value as BackoffFunction
  if (isBackoff(value)) return value
  return constant(duration('>= 0')(value, () => fail('a duration >= 0, a backoff or a function')))
}

/** Whether a value was made by `constant`, `linear`, `exponential` or `delays`. */
export function isBackoff(value: unknown): value is Backoff {
  return (
    isRecord(value) &&
    typeof value['delay'] === 'function' &&
    typeof value['kind'] === 'string' &&
    isRecord(value['options'])
  )
}

/** The wait by `rule`. If that throws or gives no valid wait: emits a fault, and uses `otherwise`. */
export function delayBy(
  rule: Backoff | BackoffFunction,
  state: BackoffState & BackoffContext,
  source: string,
  events: Events,
  otherwise: Backoff,
): Milliseconds {
  try {
    const { attempt, error, previous } = state
    const delay: unknown = typeof rule === 'function' ? rule({ attempt, error, previous }) : rule.delay(state)
    if (typeof delay === 'number' && delay >= 0) return delay
    ignoreRejection(delay)
    events.fault(source, new TypeError(`${source} must give a number of ms >= 0, got ${show(delay)}`))
  } catch (error) {
    events.fault(source, error)
  }
  return otherwise.delay({ ...state, random: systemRandom })
}
