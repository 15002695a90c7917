/**
 * The forms in which headers carry a deadline.
 *
 * Time is rounded down wherever it is written, so that no receiver has more than the sender. What cannot be read is no deadline.
 * Sources: the gRPC specification "gRPC over HTTP2" (`Timeout`), the Connect protocol, the documentation of Envoy's router.
 */
import type { Clock } from '../core/clock.ts'
import type { Milliseconds } from '../core/duration.ts'

/** A header with a time from now, that a caller can write. */
export type DeadlineForm =
  | 'x-request-timeout-ms'
  | 'grpc-timeout'
  | 'connect-timeout-ms'
  | 'x-envoy-upstream-rq-timeout-ms'

/** A header that carries a deadline; the last two have an instant of the sender's wall clock. */
export type DeadlineHeader =
  | DeadlineForm
  | 'x-envoy-expected-rq-timeout-ms'
  | 'x-request-deadline'
  | 'lambda-runtime-deadline-ms'

type Decode = (value: string, clock: Clock) => Milliseconds | undefined
type Encode = (remaining: Milliseconds) => string | undefined

interface Form {
  readonly decode: Decode
  /** Undefined for less than the smallest value that it has. Not called for an unlimited time. */
  readonly encode: Encode
}

const hour = 3_600_000
/** Units of `grpc-timeout`, smallest first; a value has at most eight digits. */
const grpcUnits: readonly (readonly [unit: string, perMs: (ms: Milliseconds) => number])[] = [
  ['n', (ms) => ms * 1e6],
  ['u', (ms) => ms * 1000],
  ['m', (ms) => ms],
  ['S', (ms) => ms / 1000],
  ['M', (ms) => ms / 60_000],
  ['H', (ms) => ms / hour],
]
const grpcLengths: Readonly<Record<string, Milliseconds>> = { n: 1e-6, u: 1e-3, m: 1, S: 1000, M: 60_000, H: hour }
const mostGrpc = 99_999_999

const grpc: Form = {
  decode(value) {
    const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(value) ?? []
    return digits === undefined ? undefined : Number(digits) * (grpcLengths[unit as string] as number)
  },
  encode(remaining) {
    // Whole milliseconds where there are any, otherwise the greatest unit that has some.
    const first = remaining >= 1 ? 2 : remaining >= 1e-3 ? 1 : 0
    for (const [unit, amount] of grpcUnits.slice(first)) {
      const whole = Math.floor(amount(remaining))
      if (whole <= mostGrpc) return whole < 1 ? undefined : `${whole}${unit}`
    }
    return `${mostGrpc}H`
  },
}

function wholeMs(digits: number, zeroIsNone = false): Form {
  const most = 10 ** digits - 1
  const pattern = new RegExp(`^\\d{1,${digits}}$`)
  return {
    decode(value) {
      if (!pattern.test(value)) return undefined
      const ms = Number(value)
      return ms === 0 && zeroIsNone ? undefined : ms
    },
    encode: (remaining) => (remaining < 1 ? undefined : String(Math.min(most, Math.floor(remaining)))),
  }
}

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

const instant: Decode = (value, clock) => {
  const at = /^\d{1,15}$/.test(value) ? Number(value) : rfc3339.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : at - clock.wall()
}

/** The forms that can be written. */
export const writtenForms: Readonly<Record<DeadlineForm, Form>> = {
  'x-request-timeout-ms': wholeMs(15),
  'grpc-timeout': grpc,
  'connect-timeout-ms': wholeMs(10),
  'x-envoy-upstream-rq-timeout-ms': wholeMs(15, true),
}

/** All forms that can be read. */
export const readForms: Readonly<Record<DeadlineHeader, Pick<Form, 'decode'>>> = {
  ...writtenForms,
  'x-envoy-expected-rq-timeout-ms': wholeMs(15, true),
  'x-request-deadline': { decode: instant },
  'lambda-runtime-deadline-ms': { decode: instant },
}
