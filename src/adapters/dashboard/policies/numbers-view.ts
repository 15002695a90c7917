/** The numbers of a policy of any kind: the gauges that its telemetry reads, and the counts of the events that it names. */
import { PolicySubscriptions } from '../../../core/policy-subscriptions.ts'
import type { PolicyTelemetry } from '../../../core/telemetry.ts'
import type { FactEntry } from '../facts/fact-store.ts'
import type { NumbersFact } from '../wire/facts.ts'
import type { PolicyView, ViewContext } from './policy-view.ts'

export class NumbersView implements PolicyView {
  readonly source = 'policies'
  readonly context: ViewContext
  readonly #gauges: NonNullable<PolicyTelemetry['gauges']>
  readonly #counts = new Map<string, number>()
  readonly #subscriptions: PolicySubscriptions

  constructor(context: ViewContext) {
    this.context = context
    const { gauges = {}, dashboard } = context.telemetry
    this.#gauges = gauges
    this.#subscriptions = new PolicySubscriptions(context.policy)
    for (const [name, event] of Object.entries(dashboard.counts)) {
      this.#counts.set(name, 0)
      this.#subscriptions.onOwn(event, () => this.#counts.set(name, (this.#counts.get(name) as number) + 1))
    }
  }

  facts(): readonly FactEntry[] {
    const { id, name, location, policy } = this.context
    const gauges = Object.entries(this.#gauges).map(([gauge, { read }]) => [gauge, known(read(policy))] as const)
    const fact: NumbersFact = {
      kind: 'numbers',
      ...location,
      name,
      policyKind: policy.kind,
      gauges: Object.fromEntries(gauges),
      counts: Object.fromEntries(this.#counts),
    }
    return [[id, fact]]
  }

  stop(): void {
    this.#subscriptions.close()
  }
}

/** Null if the number is not known or has no limit: JSON has no infinity. */
function known(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null
}
