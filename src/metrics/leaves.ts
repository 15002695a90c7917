/** The policies a policy is made of, outermost first; the policy itself unless it is a pipeline. */
import type { BasePolicy } from '../core/policy.ts'
import { telemetryOfKind } from './kinds.ts'

export function leavesOf(policy: BasePolicy): readonly BasePolicy[] {
  return telemetryOfKind(policy.kind)?.composite ? policy.parts.flatMap(leavesOf) : [policy]
}

export interface NamedLeaf {
  readonly policy: BasePolicy
  /** Its own name, or `timeout#2` for the second policy of its kind and name. */
  readonly name: string
}

/** The leaves with names that tell policies of one kind and name apart. The same policy twice has the same name twice. */
export function namedLeavesOf(policy: BasePolicy): readonly NamedLeaf[] {
  const names = new Map<BasePolicy, string>()
  const counts = new Map<string, number>()
  return leavesOf(policy).map((leaf) => {
    let name = names.get(leaf)
    if (name === undefined) {
      const key = `${leaf.kind}\n${leaf.name}`
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      name = count === 1 ? leaf.name : `${leaf.name}#${count}`
      names.set(leaf, name)
    }
    return { policy: leaf, name }
  })
}
