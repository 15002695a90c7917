/** What an objective measures: time, requests, or slices of time. */
import type { Duration, Milliseconds } from '../core/duration.ts'
import { type Check, duration, oneOf, optional, ratio, resolveOptions, text } from '../core/options.ts'
import type { AnyPolicy, BasePolicy } from '../core/policy.ts'
import { policyOf } from '../core/policy-of.ts'

/** The share of the time a component was up, by the tracker's accounting. */
export interface TimeIndicator {
  readonly kind: 'time'
  readonly component: string
}

/** The source of good and bad requests. */
export interface RequestSource {
  /** The policy whose outermost calls are counted, without aborted ones. Default: none; call `good` and `bad`. */
  readonly policy?: AnyPolicy
  /** While this component is known to be down and no calls come, they count as failed. Default: the policy's name. */
  readonly component?: string
}

/** The share of the requests that were good. OpenSLO calls it Occurrences. */
export interface RequestsIndicator extends RequestSource {
  readonly kind: 'requests'
}

/** What slices measure. */
export interface SliceSource extends RequestSource {
  /** What each slice is judged by. Default `'requests'`; `'time'` needs a component and no policy. */
  readonly of?: 'requests' | 'time'
  /** The length of a slice, by the wall clock. Above 0. Default 1 min. */
  readonly slice?: Duration
}

/** The share of the slices that were good enough. OpenSLO calls it Timeslices. */
export interface SlicesIndicator extends SliceSource {
  readonly kind: 'slices'
  /** The least ratio of a good slice, from 0 to 1. */
  readonly sliceTarget: number
}

/** The mean of the slices' ratios: each has the same weight, however busy it was. OpenSLO calls it RatioTimeslices. */
export interface RatioSlicesIndicator extends SliceSource {
  readonly kind: 'ratioSlices'
}

export type ObjectiveIndicator = TimeIndicator | RequestsIndicator | SlicesIndicator | RatioSlicesIndicator

export interface ResolvedIndicator {
  readonly kind: ObjectiveIndicator['kind']
  readonly of: 'requests' | 'time'
  readonly component: string | undefined
  readonly policy: BasePolicy | undefined
  /** Undefined without slices. */
  readonly slice: Milliseconds | undefined
  /** Undefined if slices keep their ratio. */
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
