/** What an objective measures: time, requests, or slices of time. */
import type { Duration, Milliseconds } from '../core/duration.ts'
import { type Check, duration, oneOf, optional, ratio, resolveOptions, text } from '../core/options.ts'
import { type AnyPolicy, type BasePolicy, policyOf } from '../core/policy.ts'

/** The part of the time a component was up, as the tracker's accounting has it. */
export interface TimeIndicator {
  readonly kind: 'time'
  readonly component: string
}

/** Where good and bad requests come from. */
export interface RequestSource {
  /** Its whole calls are counted, but those their caller gave up. Default: none, feed it by `good` and `bad`. */
  readonly policy?: AnyPolicy
  /** Known to be down while no calls come, it counts as if they came and failed. Default: the policy's name. */
  readonly component?: string
}

/** The part of the requests that were good. OpenSLO calls it Occurrences. */
export interface RequestsIndicator extends RequestSource {
  readonly kind: 'requests'
}

/** What is inside the slices. */
export interface SliceSource extends RequestSource {
  /** What each slice is judged by. Default `'requests'`; `'time'` needs a component and takes no policy. */
  readonly of?: 'requests' | 'time'
  /** The length of a slice, by the wall clock. Above 0. Default 1 min. */
  readonly slice?: Duration
}

/** The part of the slices that were good enough. OpenSLO calls it Timeslices. */
export interface SlicesIndicator extends SliceSource {
  readonly kind: 'slices'
  /** The ratio from which on a slice is good, from 0 to 1. */
  readonly sliceTarget: number
}

/** The mean of the slices' ratios: each counts the same, however busy it was. OpenSLO calls it RatioTimeslices. */
export interface RatioSlicesIndicator extends SliceSource {
  readonly kind: 'ratioSlices'
}

export type ObjectiveIndicator = TimeIndicator | RequestsIndicator | SlicesIndicator | RatioSlicesIndicator

export interface ResolvedIndicator {
  readonly kind: ObjectiveIndicator['kind']
  readonly of: 'requests' | 'time'
  readonly component: string | undefined
  readonly policy: BasePolicy | undefined
  /** Undefined where there are no slices. */
  readonly slice: Milliseconds | undefined
  /** Undefined where slices keep their ratio. */
  readonly sliceTarget: number | undefined
}

const policyCheck: Check<BasePolicy | undefined> = (value, fail) => policyOf(value) ?? fail('a policy')

const where = 'objective: indicator'

const source = { policy: optional(policyCheck, undefined), component: optional(text, undefined) }
const slices = {
  ...source,
  kind: (value: unknown) => value,
  of: optional(oneOf('requests', 'time'), 'requests'),
  slice: optional(duration('> 0'), 60_000 as number),
}

export const indicatorCheck: Check<ResolvedIndicator> = (value, fail) => {
  const kind = (value as { kind?: unknown } | null | undefined)?.kind
  const kindCheck = (): unknown => kind
  const whole = { slice: undefined, sliceTarget: undefined }
  if (kind === 'time') {
    const { component } = resolveOptions(where, value, { kind: kindCheck, component: text })
    return { ...whole, kind, of: 'time', component, policy: undefined }
  }
  if (kind === 'requests') {
    const { policy, component = policy?.name } = resolveOptions(where, value, { kind: kindCheck, ...source })
    return { ...whole, kind, of: 'requests', component, policy }
  }
  if (kind === 'slices') {
    const given = resolveOptions(where, value, { ...slices, sliceTarget: ratio })
    return { ...slicesOf(given), kind, sliceTarget: given.sliceTarget }
  }
  if (kind === 'ratioSlices') return { ...slicesOf(resolveOptions(where, value, slices)), kind, sliceTarget: undefined }
  return fail("of kind 'time', 'requests', 'slices' or 'ratioSlices'")
}

type Sliced = Pick<ResolvedIndicator, 'of' | 'component' | 'policy'> & { readonly slice: Milliseconds }

function slicesOf({ of, policy, component, slice }: Sliced): Sliced {
  if (of === 'time' && (component === undefined || policy !== undefined)) {
    throw new TypeError(`${where}: slices of time need a component, and take no policy`)
  }
  return { of, policy, component: component ?? policy?.name, slice }
}
