/** Recognizes a policy without the call engine, which code that only watches policies does not need. */
import type { BasePolicy } from './policy.ts'
import { policyBrand } from './policy-brand.ts'

/** `value` if it is a policy, also one of another copy of this library; otherwise undefined. */
export function policyOf(value: unknown): BasePolicy | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as { [policyBrand]?: unknown })[policyBrand] === true ? (value as BasePolicy) : undefined
}
