/** The overall state in a few figures. */
import type { PageState } from '../live/page-state.ts'
import { noCalls, ratesOf, savedIn, sumOf } from '../live/rates.ts'
import { countText, percentText, rateText } from '../text/numbers.ts'
import { summaryOf } from '../text/objective-status.ts'
import { labelOf, tones } from '../text/states.ts'

interface SummaryFigure {
  readonly name: string
  readonly value: string
  readonly more: string
  readonly tone?: string
}

export function Summary({ page }: { readonly page: PageState }) {
  const calls = page.of('calls').map(([, fact]) => fact)
  return (
    <ul class="figures" aria-label="Summary">
      {[componentsUp(page), ...(calls.length > 0 ? traffic(page) : []), budget(page)]
        .filter((figure) => figure !== undefined)
        .map(({ name, value, more, tone = '' }) => (
          <li key={name} class="figure">
            <span class="figure-name">{name}</span>
            <strong class={`figure-value ${tone}`}>{value}</strong>
            <span class="soft">{more}</span>
          </li>
        ))}
    </ul>
  )
}

function componentsUp(page: PageState): SummaryFigure | undefined {
  const states = page.of('component').map(([, { state }]) => state)
  if (states.length === 0) return undefined
  const count = (state: string): number => states.filter((each) => each === state).length
  const others = ['down', 'degraded', 'maintenance', 'unknown'] as const
  const worst = tones.find((tone) => states.some((state) => labelOf(state).tone === tone))
  return {
    name: 'Components up',
    value: `${countText(count('up'))} of ${countText(states.length)}`,
    more:
      others
        .filter((state) => count(state) > 0)
        .map((state) => `${count(state)} ${state}`)
        .join(', ') || 'all of them',
    ...(worst === undefined ? {} : { tone: worst }),
  }
}

function traffic(page: PageState): readonly SummaryFigure[] {
  const calls = page.of('calls').reduce((sum, [, fact]) => sumOf(sum, fact), noCalls)
  const counted = calls.success + calls.failure
  const rate = ratesOf(page.samples.slice(-8), undefined).at(-1)
  const perCall = counted === 0 ? null : calls.attempts / counted
  return [
    {
      name: 'Delivered',
      value: percentText(counted === 0 ? null : calls.success / counted),
      more: `of ${countText(counted)} calls; first attempts alone: ${percentText(counted === 0 ? null : calls.first / counted)}`,
    },
    {
      name: 'Calls',
      value: rateText(rate?.calls ?? null),
      more: perCall === null ? 'none so far' : `${perCall.toFixed(2)} attempts each`,
    },
    {
      name: 'Saved calls',
      value: countText(savedIn(calls)),
      more: 'succeeded after a failed attempt',
      ...(savedIn(calls) > 0 ? { tone: 'good' } : {}),
    },
  ]
}

function budget(page: PageState): SummaryFigure | undefined {
  const objectives = page.of('objective').map(([, fact]) => fact)
  if (objectives.length === 0) return undefined
  const { text, tone, more } = summaryOf(objectives)
  return { name: 'Objectives', value: text, more, tone }
}
