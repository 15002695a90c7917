/** What can go wrong with a simulated server, and when. */
import type { Duration, Milliseconds } from '../../core/duration.ts'
import { type Check, duration, isRecord, oneOf, optional, positive, ratio, resolveOptions } from '../../core/options.ts'

/** When a fault holds, from the start of the simulation. */
export interface FaultWindow {
  /** Default 0. */
  readonly from?: Duration
  /** Later than `from`. Default Infinity. */
  readonly to?: Duration
}

/** A fault of a simulated member. Where several hold at once the worst decides; factors of slowness multiply. */
export type SimulatedFault = FaultWindow &
  (
    | {
        /** The process is dead: requests are refused at once (`ECONNREFUSED`), what was under way is lost (`ECONNRESET`). */
        readonly kind: 'down'
      }
    | {
        /** The process is frozen: it takes requests in and answers none. Afterwards it goes on where it stood. */
        readonly kind: 'hang'
      }
    | {
        /** Work that begins ends in an error (`SIM_FAILED`) instead. */
        readonly kind: 'fail'
        /** How long such an answer takes. Default 0: at once. */
        readonly after?: Duration
      }
    | {
        /** Work that begins takes longer. */
        readonly kind: 'slow'
        /** How many times as long; > 0. */
        readonly factor: number
      }
    | {
        /** It is down for a part of each period, from its start. */
        readonly kind: 'flap'
        /** A duration > 0. */
        readonly period: Duration
        /** Which part of a period it is down, 0 to 1. Default 0.5. */
        readonly part?: number
      }
    | {
        /** A share of the work takes as long as ever and ends in an error (`SIM_FAILED`). */
        readonly kind: 'errorRate'
        /** Which share, 0 to 1. */
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
