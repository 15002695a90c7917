/** Service level objectives: what is left of each error budget, how it went, and which tier fires. */
import { useEffect, useState } from 'preact/hooks'
import type { ObjectiveDetails, ObjectiveFact } from '../../wire/facts.ts'
import { type Line, LineChart } from '../charts/line-chart.tsx'
import { livedThrough } from '../charts/observed-burn-down.ts'
import type { Board } from '../live/page-state.ts'
import { askObjective } from '../live/requests.ts'
import { budgetText, burnText, coverageText, lengthText, percentText, whenText } from '../text/numbers.ts'
import { statusOf } from '../text/objective-status.ts'
import { Facts } from '../widgets/figure-list.tsx'
import { Sign } from '../widgets/mark.tsx'
import { Panel } from '../widgets/panel.tsx'
import { Steady } from '../widgets/pure-component.ts'

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
    const { name, target, sli, remaining, burnRate, pace, exhaustionIn, coverage, period, tiers, unit } = fact
    const { tone, text } = statusOf(fact)
    const budget = tone === 'good' && (remaining ?? 1) < 0.25 ? 'weak' : tone
    // What was measured was observed, if only for less than is told.
    const seen = `seen ${coverageText(sli === null ? coverage : Math.max(coverage, 0.0005))}`
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
          <small class="soft">{seen}</small>
        </p>
        <BurnDown fact={fact} />
        <Facts
          facts={[
            ['service level', percentText(sli), undefined, seen],
            ['burn rate', burnText(burnRate), 'how many times faster than allowed, over the period so far'],
            ['lately', burnText(pace), 'the same over the long window of the first tier'],
            ['lasts', exhaustionIn === 0 ? 'used up' : lengthText(exhaustionIn), 'at the latest pace'],
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
  const { at, since } = details
  const [times, values] = livedThrough(details.burnDown, since)
  const blank = values.includes(null)
  return (
    <>
      <LineChart
        label={`Error budget of ${name} over its period; ${budgetText(remaining)} are left.`}
        height={130}
        times={period.to - period.from > 2 * day ? dates : hours}
        lines={lines}
        data={[times, values]}
        span={[period.from, period.to]}
        range={(least) => [Math.min(0, least), 1]}
      />
      {blank && <p class="soft note">Nothing was seen before {whenText(since, at)}.</p>}
    </>
  )
}
