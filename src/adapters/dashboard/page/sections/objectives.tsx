/** Service level objectives: what is left of each error budget, how it went, and which tier fires. */
import { useEffect, useState } from 'preact/hooks'
import type { ObjectiveDetails, ObjectiveFact } from '../../wire.ts'
import { type Line, LineChart } from '../charts/line-chart.tsx'
import { askObjective } from '../live/ask.ts'
import type { Board } from '../live/board.ts'
import { Facts } from '../parts/facts.tsx'
import { Sign } from '../parts/mark.tsx'
import { Panel } from '../parts/panel.tsx'
import { Steady } from '../parts/steady.ts'
import { budgetText, lengthText, percentText, unknown } from '../words/numbers.ts'

/** How often a burn-down is asked for anew. */
const fresh = 15_000

const day = 86_400_000
const dates = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const hours = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

const lines: readonly Line[] = [{ label: 'budget left', colour: 'accent', fill: true, format: budgetText }]

export function Objectives({ board }: { readonly board: Board }) {
  const objectives = board.of('objective')
  if (objectives.length === 0) return null
  return (
    <Panel id="objectives" title="Objectives">
      <ul class="cards">
        {objectives.map(([id, fact]) => (
          <ObjectiveCard key={id} fact={fact} />
        ))}
      </ul>
    </Panel>
  )
}

class ObjectiveCard extends Steady<{ readonly fact: ObjectiveFact }> {
  render() {
    const { fact } = this.props
    const { name, target, sli, remaining, burnRate, exhaustionIn, coverage, period, tiers, unit } = fact
    const firing = tiers.filter((tier) => tier.firing)
    const tone = firing.length > 0 || (remaining ?? 1) <= 0 ? 'bad' : (remaining ?? 1) < 0.25 ? 'weak' : 'good'
    const length = period.calendar ?? lengthText(period.to - period.from)
    return (
      <li class="card" data-objective={name}>
        <h3>{name}</h3>
        <p class="soft">
          {percentText(target)} of {unit === 'ms' ? 'the time' : unit} in{' '}
          {period.calendar === null ? length : `a ${length}`}
        </p>
        <p class="budget">
          <strong class={tone}>{budgetText(remaining)}</strong> of the error budget left
        </p>
        <BurnDown fact={fact} />
        <Facts
          facts={[
            ['service level', percentText(sli)],
            ['burn rate', burnRate === null ? unknown : `${burnRate.toFixed(burnRate < 10 ? 2 : 0)}×`],
            ['lasts', exhaustionIn === 0 ? 'used up' : lengthText(exhaustionIn)],
            ['observed', percentText(coverage)],
          ]}
        />
        <ul class="tiers" aria-label={`Alert tiers of ${name}`}>
          {tiers.map((tier) => (
            <li key={tier.name} class={tier.firing ? 'bad' : 'soft'}>
              <Sign tone={tier.firing ? 'bad' : 'none'} />
              {tier.name} {tier.firing ? 'fires' : 'is quiet'} ({tier.severity}, over {tier.factor}×)
            </li>
          ))}
        </ul>
      </li>
    )
  }
}

function BurnDown({ fact: { name, period, remaining } }: { readonly fact: ObjectiveFact }) {
  const [details, show] = useState<ObjectiveDetails | undefined>(undefined)
  useEffect(() => {
    let gone = false
    const look = (): void => {
      if (document.hidden) return
      askObjective(name)
        .then((found) => !gone && show(found))
        .catch(() => undefined)
    }
    look()
    const timer = window.setInterval(look, fresh)
    return () => {
      gone = true
      window.clearInterval(timer)
    }
  }, [name])
  if (details === undefined || details.burnDown.length === 0) return <div class="chart-room" />
  const times = details.burnDown.map(([at]) => at)
  const values = details.burnDown.map(([, left]) => left)
  return (
    <LineChart
      label={`Error budget of ${name} over its period; ${budgetText(remaining)} are left.`}
      height={130}
      times={period.to - period.from > 2 * day ? dates : hours}
      lines={lines}
      data={[times, values]}
      span={[period.from, period.to]}
      range={(least) => [Math.min(0, least), 1]}
    />
  )
}
