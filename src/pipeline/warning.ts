/** What a warning of `explain()` consists of. */
import type { StackedPolicy } from './stacks.ts'

export type ExplainWarningCode =
  | 'attempt>=total'
  | 'backoff>deadline'
  | 'window<2×attempt'
  | 'retry-inside-breaker'
  | 'fallback-inside-retry'
  | 'repeats-inside-bulkhead'
  | 'hedge-without-idempotent'
  | 'hedges×delay>total'
  | 'unbounded-queue'
  | 'no-timeout'
  | 'retry-without-budget'
  | 'two-retries'
  | 'chaos-not-innermost'
  | 'cache-inside-retry'
  | 'throttle-inside-retry'
  | 'shared-in-two-names'

/** A policy that a warning is about. */
export interface ExplainedPlace {
  /** Its number in `policies`, from 1; for the policy of a member: that of the pool. */
  readonly position: number
  readonly name: string
  /** The member or key whose policy it is. */
  readonly member: string | undefined
}

export interface ExplainWarning {
  readonly code: ExplainWarningCode
  /** The policies it is about, outermost first; none where it is about the whole pipeline. */
  readonly where: readonly ExplainedPlace[]
  /** What goes wrong. */
  readonly why: string
  /** What to do. */
  readonly fix: string
  /** All of it. */
  readonly text: string
}

/** A warning as a rule gives it. */
export type Finding = readonly [code: ExplainWarningCode, where: readonly StackedPolicy[], why: string, fix: string]
