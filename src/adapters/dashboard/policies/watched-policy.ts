/** A policy that was given to the dashboard: the path of a call through it, and how its calls end. */
import type { BasePolicy } from '../../../core/policy.ts'
import { CallCount } from '../../../metrics/call-count.ts'
import { written } from '../../../pipeline/written.ts'
import type { FactEntry, FactSource } from '../facts/fact-store.ts'
import type { CallCounts, PathStage, PolicyFact } from '../wire/facts.ts'
import type { PolicyView } from './policy-view.ts'
import type { LeafViews, PolicyViews } from './policy-views.ts'

export class WatchedPolicy implements FactSource {
  readonly source = 'policies'
  readonly #leaves: LeafViews
  readonly #fact: PolicyFact
  readonly #count: CallCount

  constructor(policy: BasePolicy, views: PolicyViews) {
    const { name, kind: policyKind } = policy
    this.#leaves = views.hold(policy, { policy: name, pool: null, member: null })
    this.#fact = { kind: 'policy', name, policyKind, stages: this.#leaves.views.map(stageOf) }
    this.#count = new CallCount(policy)
  }

  get counts(): CallCounts {
    const { success, failure, ignored, attempts, first, saved } = this.#count
    return { success, failure, ignored, attempts, first, saved: Object.fromEntries(saved) }
  }

  facts(): readonly FactEntry[] {
    const { name } = this.#fact
    return [
      [`policy:${name}`, this.#fact],
      [`calls:${name}`, { kind: 'calls', policy: name, ...this.counts }],
    ]
  }

  stop(): void {
    this.#count.stop()
    this.#leaves.release()
  }
}

function stageOf({ context: { policy, name, id } }: PolicyView): PathStage {
  const { kind: policyKind, options } = policy.describe()
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { name, policyKind, options: given.map(([option, value]) => [option, written(value)] as const), fact: id }
}
