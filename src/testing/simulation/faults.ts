/** The faults of a simulated server, and when they are active. */
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { type Check, duration, isRecord, oneOf, optional, positive, ratio, resolveOptions } from '../../core/options.ts'

/** When a fault is active, counted from the start of the simulation. */
export interface FaultWindow {
  /** Default 0. */
  readonly from?: Duration
  /** Later than `from`. Default Infinity. */
  readonly to?: Duration
}

/** A fault of a simulated member. Of several at once the worst counts; factors of slowness multiply. */
export type SimulatedFault = FaultWindow &
  (
    | {
        /** The process is dead: new requests are refused at once (`ECONNREFUSED`), those under way are lost (`ECONNRESET`). */
        readonly kind: 'down'
      }
    | {
        /** The process is frozen: it accepts requests and answers none. Afterwards it continues its work. */
        readonly kind: 'hang'
      }
    | {
        /** Work that begins now ends in an error (`SIM_FAILED`). */
        readonly kind: 'fail'
        /** How long such an answer takes. Default 0: at once. */
        readonly after?: Duration
      }
    | {
        /** Work that begins now takes longer. */
        readonly kind: 'slow'
        /** How many times as long; > 0. */
        readonly factor: number
      }
    | {
        /** It is down for the first part of each period. */
        readonly kind: 'flap'
        /** A duration > 0. */
        readonly period: Duration
        /** The part of a period during which it is down, 0 to 1. Default 0.5. */
        readonly part?: number
      }
    | {
        /** A share of the work takes its usual time and ends in an error (`SIM_FAILED`). */
        readonly kind: 'errorRate'
        /** The share, 0 to 1. */
        readonly rate: number
      }
  )

const kinds = ['down', 'hang', 'fail', 'slow', 'flap', 'errorRate'] as const

export interface ResolvedFault {
  readonly kind: (typeof kinds)[number]
  readonly from: Milliseconds
  readonly to: Milliseconds
  readonly after?: Milliseconds
  readonly factor?: number
  readonly period?: Milliseconds
  readonly part?: number
  readonly rate?: number
}

const extras: Readonly<Record<string, Readonly<Record<string, Check<unknown>>>>> = {
  fail: { after: optional(duration('>= 0'), 0 as number) },
  slow: { factor: positive },
  flap: { period: duration('> 0'), part: optional(ratio, 0.5 as number) },
  errorRate: { rate: ratio },
}

export function resolveFault(given: unknown): ResolvedFault {
  const kind = isRecord(given) ? given['kind'] : undefined
  const own = typeof kind === 'string' && Object.hasOwn(extras, kind) ? extras[kind] : {}
  const fault = resolveOptions('simulate: fault', given, {
    kind: oneOf(...kinds),
    from: optional(duration('>= 0'), 0 as number),
    to: optional(duration('> 0', true), Number.POSITIVE_INFINITY as number),
    ...own,
  }) as ResolvedFault
  if (fault.to <= fault.from) throw new TypeError(`simulate: fault: to must be > from, got ${fault.to}`)
  return fault
}
