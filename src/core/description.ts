/** How a policy describes itself: what it is, and what `explain()` has to know to find the worst case of a pipeline and its mistakes. */
import type { Backoff, BackoffFunction } from './backoff.ts'
import type { Milliseconds } from './duration.ts'
import { isRecord } from './options.ts'

/** How a policy describes itself. */
export interface Description {
  readonly name: string
  readonly kind: string
  /** The resolved options. */
  readonly options: object
  /** The names of its own events. */
  readonly events: readonly string[]
  /** The policies it consists of, outermost first. */
  readonly parts: readonly Description[]
  /** The names of the members it chooses from. */
  readonly members: readonly string[]
  /** The policy itself: two may have the same name. */
  readonly self: { contribution(): Contribution | undefined }
}

/**
 * What a policy does, as far as the order of policies matters. `again`, `beside` and `elsewhere` run what is inside more than once:
 * one after the other with waits, at the same time, or each with another member. `slots` holds a place while a call is inside,
 * `rate` lets calls start at a rate, `circuit` judges a dependency by its calls, `sheds` refuses a share of them. `limits` ends
 * them, `replaces` gives another value, `shares` gives the value of another call, and `injects` plays a dependency.
 */
export type PolicyRole =
  | 'again'
  | 'beside'
  | 'elsewhere'
  | 'slots'
  | 'rate'
  | 'circuit'
  | 'sheds'
  | 'limits'
  | 'replaces'
  | 'shares'
  | 'injects'

/** The waits between runs one after the other. */
export interface WaitsBetween {
  readonly rule: Backoff | BackoffFunction
  /** The longest wait that a failure may ask for. */
  readonly most: Milliseconds
  /** It looks for that in every failure, not only in refusals. */
  readonly asks: boolean
}

/** What one policy adds to the worst case of a call. Nothing that is left out changes it. */
export interface Contribution {
  readonly role?: PolicyRole
  /** How often it runs what is inside, at most, for one call. Default 1. */
  readonly runs?: number
  /** Whether a further run follows a failure, and nothing else. */
  readonly onFailure?: boolean
  /** The longest time that it adds, apart from the waits between runs; Infinity for no bound. Default 0. */
  readonly waits?: Milliseconds
  readonly between?: WaitsBetween
  /** A call takes no longer than this behind it. */
  readonly atMost?: Milliseconds
  /** What it refuses a call with may say when to come again. */
  readonly hints?: boolean
  /** How long it looks back on the calls by which it judges. */
  readonly window?: Milliseconds
  /** Its further runs have no budget. */
  readonly unbudgeted?: boolean
  /** It is not said that what is inside may run twice. */
  readonly unsure?: boolean
  /** Any number of calls may wait in it. */
  readonly endless?: boolean
  /** Each run passes one of these, by the name of a member or a key, before what is further in. */
  readonly oneOf?: readonly (readonly [member: string, policy: Description])[]
  /** It passes policies that it has not made yet. */
  readonly unknown?: boolean
}

/** The longest wait for a value of the user: none, unless it is a function or a promise, which nothing ends. */
export function longestWaitFor(value: unknown): Milliseconds {
  const takesTime = typeof value === 'function' || (isRecord(value) && 'then' in value)
  return takesTime ? Number.POSITIVE_INFINITY : 0
}
