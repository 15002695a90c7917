/**
 * The status of an objective in a few words. It is "on track" only if something was measured and the budget burns no faster than
 * allowed. Tiers fire only after minutes or hours, so a budget that burns too fast is reported before.
 */
import type { ObjectiveFact } from '../../wire/facts.ts'
import { burnText } from './numbers.ts'
import type { Tone } from './states.ts'

export interface ObjectiveStatus {
  readonly kind: 'alerting' | 'missed' | 'burning' | 'unknown' | 'on track'
  readonly tone: Tone
  readonly text: string
}

export function statusOf({ tiers, remaining, sli, burnRate, pace }: ObjectiveFact): ObjectiveStatus {
  const burn = Math.max(pace ?? 0, burnRate ?? 0)
  const burning = (pace ?? 0) > 1 ? `burning at ${burnText(pace)}` : `burnt at ${burnText(burnRate)} so far`
  const spent = remaining !== null && remaining <= 0
  const firing = tiers.some((tier) => tier.firing)
  if (spent)
    return { kind: firing ? 'alerting' : 'missed', tone: 'bad', text: burn > 1 ? `missed, ${burning}` : 'missed' }
  if (firing) return { kind: 'alerting', tone: 'bad', text: `alerting, ${burning}` }
  if (burn > 1) {
    const pages = tiers.filter(({ severity }) => severity === 'page').map(({ factor }) => factor)
    return { kind: 'burning', tone: burn >= Math.min(...pages) ? 'bad' : 'weak', text: burning }
  }
  if (sli === null) return { kind: 'unknown', tone: 'none', text: 'nothing measured yet' }
  return { kind: 'on track', tone: 'good', text: 'on track' }
}

/** The status of all objectives in a few words, the worst first. */
export function summaryOf(facts: readonly ObjectiveFact[]): Omit<ObjectiveStatus, 'kind'> & { readonly more: string } {
  const found = facts.map((fact) => ({ fact, ...statusOf(fact) }))
  const of = (kind: ObjectiveStatus['kind']) => found.filter((each) => each.kind === kind)
  const counts = (['alerting', 'missed', 'burning'] as const).map((kind) => [kind, of(kind)] as const)
  const [worst] = counts.filter(([, those]) => those.length > 0)
  const unmeasured = of('unknown').length
  const all = `${facts.length} in all${unmeasured > 0 ? `, ${unmeasured} not measured yet` : ''}`
  if (worst === undefined) {
    return unmeasured === facts.length
      ? { tone: 'none', text: 'not measured', more: all }
      : { tone: 'good', text: 'on track', more: all }
  }
  const [kind, those] = worst
  const [first] = those.toSorted(
    (a, b) => (b.fact.pace ?? b.fact.burnRate ?? 0) - (a.fact.pace ?? a.fact.burnRate ?? 0),
  )
  const tone = those.some((each) => each.tone === 'bad') ? 'bad' : 'weak'
  return { tone, text: `${those.length} ${kind}`, more: `of ${facts.length}; ${first?.fact.name}: ${first?.text}` }
}
