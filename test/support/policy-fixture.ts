/** What the tests of all policies need to know of one module: `test/<module>/fixture.ts` has it. */
import type { AnyPolicy } from 'holdfast'
import type { VirtualClock } from 'holdfast/testing'
import type { Values } from './refused-values.ts'

/** The options of one factory, or one group of them, for test/options.test.ts. */
export interface OptionCases {
  readonly make: (options: never) => unknown
  /** Options without which it cannot be made. */
  readonly needs?: object
  /** Values that each option refuses. */
  readonly refused: Readonly<Record<string, Values>>
  /** The option that may be given alone, in place of the object. */
  readonly alone?: string
  /** Something else may be given in place of these options. */
  readonly orElse?: true
  /** Any first argument is a policy or a name, so none is refused as options. */
  readonly takesPolicies?: true
}

/** One policy in the random pipelines of test/models/any-pipeline.ts. */
export interface ModelPolicy {
  readonly policy: AnyPolicy
  /** The most attempts it makes of one call. Default 1. */
  readonly attempts?: number
  /** It makes several attempts even of a call that is not idempotent. */
  readonly repeatsAlways?: true
  /** The values it gives in place of the operation's. */
  readonly gives?: readonly unknown[]
  /** Expects what holds at every moment. */
  during?(): void
  /** Expects what holds when all calls are over. */
  after?(clock: VirtualClock): void | Promise<void>
}

export interface ModelSettings {
  readonly limit: number
  readonly queue: number
}

export interface PolicyFixture {
  /** The policy with all defaults. */
  readonly bare: AnyPolicy
  /** By the beginning of their messages: the kind, or the kind and a group of options. */
  readonly options: Readonly<Record<string, OptionCases>>
  /** By a name of their own. A module without any needs a model of its own, `test/models/<module>.test.ts`. */
  readonly models: Readonly<Record<string, (settings: ModelSettings) => ModelPolicy>>
}
