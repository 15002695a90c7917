/** The time window of a report on timelines, by the wall clock only. */
import { type Duration, type Milliseconds, milliseconds } from '../core/duration.ts'
import { type Check, isRecord } from '../core/options.ts'

/** A duration counts back from the end of the timelines; instants are [from, to), each a Date or ms since the epoch. */
export type WallWindowOption = Duration | { readonly from: Milliseconds | Date; readonly to: Milliseconds | Date }

/** In ms since the epoch. */
export interface WallWindow {
  readonly fromAt: Milliseconds
  readonly toAt: Milliseconds
  readonly duration: Milliseconds
}

type WallSpan = readonly [from: number, to: number]

/** Resolves the option against the time the timelines cover, from `from` to `to`. */
export const wallWindowCheck: Check<(from: number, to: number) => WallWindow> = (value, fail) => {
  if (value === undefined) return (from, to) => shown([from, to])
  if (isRecord(value)) {
    const [from, to] = [value['from'], value['to']].map((end) => (end instanceof Date ? end.getTime() : end))
    const isWindow = Number.isFinite(from) && Number.isFinite(to) && (to as number) >= (from as number)
    return isWindow ? () => shown([from as number, to as number]) : fail(expectation)
  }
  const length = milliseconds(value)
  return length > 0 && length < Number.POSITIVE_INFINITY ? (_, to) => shown([to - length, to]) : fail(expectation)
}

const expectation = 'a duration > 0, or { from, to } in order, each a Date or milliseconds since the epoch'

function shown([fromAt, toAt]: WallSpan): WallWindow {
  return { fromAt, toAt, duration: toAt - fromAt }
}
