/** The policies a policy is made of, outermost first; itself where it is no pipeline. */
import type { BasePolicy } from '../core/policy.ts'

export function leavesOf(policy: BasePolicy): readonly BasePolicy[] {
  return policy.kind === 'pipeline' ? policy.parts.flatMap(leavesOf) : [policy]
}
