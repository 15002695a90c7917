/** Recognizes a policy without the code that runs calls, which who only watches policies does not need. */
import type { BasePolicy } from './policy.ts'

const brand = Symbol.for('holdfast.policy')

/** The policy behind what users hand over, also one of another copy of this library; undefined for anything else. */
export function policyOf(value: unknown): BasePolicy | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as { [brand]?: unknown })[brand] === true ? (value as BasePolicy) : undefined
}
