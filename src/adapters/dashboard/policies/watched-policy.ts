/** A policy that was handed over: the way of a call through it, and what its calls come to. */
import type { BasePolicy } from '../../../core/policy.ts'
import { CallCount } from '../../../metrics/call-count.ts'
import { leavesOf } from '../../../metrics/leaves.ts'
import { written } from '../../../pipeline/explain.ts'
import type { FactSource, Told } from '../facts/fact-store.ts'
import type { CallCounts, PolicyFact, Stage } from '../wire/facts.ts'
import type { PartBook } from './policy-views.ts'

export class Root implements FactSource {
  readonly source = 'policies'
  readonly #book: PartBook
  readonly #leaves: readonly BasePolicy[]
  readonly #fact: PolicyFact
  readonly #count: CallCount

  constructor(policy: BasePolicy, book: PartBook) {
    this.#book = book
    this.#leaves = leavesOf(policy)
    const stages = this.#leaves.map((leaf) => {
      const part = book.take(leaf, { policy: policy.name, pool: null, member: null })
      return stageOf(leaf, part?.place.name ?? leaf.name, part?.place.id ?? null)
    })
    this.#fact = { kind: 'policy', name: policy.name, policyKind: policy.kind, stages }
    this.#count = new CallCount(policy)
  }

  get counts(): CallCounts {
    const { success, failure, ignored, attempts, first, saved } = this.#count
    return { success, failure, ignored, attempts, first, saved: Object.fromEntries(saved) }
  }

  facts(): readonly Told[] {
    const { name } = this.#fact
    return [
      [`policy:${name}`, this.#fact],
      [`calls:${name}`, { kind: 'calls', policy: name, ...this.counts }],
    ]
  }

  stop(): void {
    this.#count.stop()
    for (const leaf of this.#leaves) this.#book.leave(leaf)
  }
}

function stageOf(policy: BasePolicy, name: string, fact: string | null): Stage {
  const { kind: policyKind, options } = policy.describe()
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { name, policyKind, options: given.map(([option, value]) => [option, written(value)] as const), fact }
}
