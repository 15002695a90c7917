/** Service level objectives: the rest of each error budget, its burn-down, and which tiers fire. */
import { useEffect, useState } from 'preact/hooks'
import type { ObjectiveDetails } from '../../wire/details.ts'
import type { ObjectiveFact } from '../../wire/facts.ts'
import { type ChartLine, LineChart } from '../charts/line-chart.tsx'
import { observedBurnDown } from '../charts/observed-burn-down.ts'
import type { PageState } from '../live/page-state.ts'
import { fetchObjective } from '../live/requests.ts'
import { budgetText, burnText, coverageText, lengthText, percentText, whenText } from '../text/numbers.ts'
import { statusOf } from '../text/objective-status.ts'
import { FigureList } from '../widgets/figure-list.tsx'
import { Sign } from '../widgets/mark.tsx'
import { Panel } from '../widgets/panel.tsx'
import { PureComponent } from '../widgets/pure-component.ts'

const refreshEvery = 15_000

const day = 86_400_000
const dates = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const hours = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

const chartLines: readonly ChartLine[] = [{ label: 'budget left', colour: 'accent', fill: true, format: budgetText }]

export function Objectives({ page }: { readonly page: PageState }) {
  const objectives = page.of('objective')
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

class ObjectiveCard extends PureComponent<{ readonly fact: ObjectiveFact }> {
  render() {
    const { fact } = this.props
    const { name, target, sli, remaining, burnRate, pace, exhaustionIn, coverage, period, tiers, unit } = fact
    const { tone, text } = statusOf(fact)
    const budget = tone === 'good' && (remaining ?? 1) < 0.25 ? 'weak' : tone
    // A measured level was observed, even if rounding has made its coverage 0.
    const observed = `observed ${coverageText(sli === null ? coverage : Math.max(coverage, 0.0005))}`
    const length = period.calendar ?? lengthText(period.to - period.from)
    return (
      <li class="card" data-objective={name}>
        <h3>{name}</h3>
        <p class="soft">
          {percentText(target)} of {unit === 'ms' ? 'the time' : unit} in{' '}
          {period.calendar === null ? length : `a ${length}`}
        </p>
        <p class={`mark ${tone}`} data-status={text}>
          <Sign tone={tone} />
          {text}
        </p>
        <p class="budget">
          <strong class={budget}>{budgetText(remaining)}</strong> of the error budget left{' '}
          <small class="soft">{observed}</small>
        </p>
        <BurnDown fact={fact} />
        <FigureList
          figures={[
            ['service level', percentText(sli), undefined, observed],
            [
              'burn rate',
              burnText(burnRate),
              'how many times faster than allowed the budget is spent, over the period so far',
            ],
            ['recent', burnText(pace), 'the burn rate over the long window of the first tier'],
            [
              'lasts',
              exhaustionIn === 0 ? 'used up' : lengthText(exhaustionIn),
              'how long the budget lasts at the recent burn rate',
            ],
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
  const [details, setDetails] = useState<ObjectiveDetails | undefined>(undefined)
  useEffect(() => {
    let left = false
    const load = (): void => {
      if (document.hidden) return
      fetchObjective(name)
        .then((found) => !left && setDetails(found))
        .catch(() => undefined)
    }
    load()
    const timer = window.setInterval(load, refreshEvery)
    return () => {
      left = true
      window.clearInterval(timer)
    }
  }, [name])
  if (details === undefined || details.burnDown.length === 0) return <div class="chart-room" />
  const { at, since } = details
  const [times, values] = observedBurnDown(details.burnDown, since)
  const isPartial = values.includes(null)
  return (
    <>
      <LineChart
        label={`Error budget of ${name} over its period; ${budgetText(remaining)} is left.`}
        height={130}
        times={period.to - period.from > 2 * day ? dates : hours}
        lines={chartLines}
        data={[times, values]}
        span={[period.from, period.to]}
        range={(least) => [Math.min(0, least), 1]}
      />
      {isPartial && <p class="soft note">Nothing was observed before {whenText(since, at)}.</p>}
    </>
  )
}
