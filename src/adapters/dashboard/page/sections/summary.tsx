/** The first look: how all does, in four figures. */
import type { Board } from '../live/page-state.ts'
import { none, ratesOf, savedIn, sumOf } from '../live/rates.ts'
import { countText, percentText, rateText } from '../text/numbers.ts'
import { summaryOf } from '../text/objective-status.ts'
import { tones, wordOf } from '../text/states.ts'

interface Figure {
  readonly name: string
  readonly value: string
  readonly more: string
  readonly tone?: string
}

export function Summary({ board }: { readonly board: Board }) {
  const calls = board.of('calls').map(([, fact]) => fact)
  return (
    <ul class="figures" aria-label="Summary">
      {[standing(board), ...(calls.length > 0 ? traffic(board) : []), budget(board)]
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

function standing(board: Board): Figure | undefined {
  const states = board.of('component').map(([, { state }]) => state)
  if (states.length === 0) return undefined
  const count = (state: string): number => states.filter((each) => each === state).length
  const others = ['down', 'degraded', 'maintenance', 'unknown'] as const
  const worst = tones.find((tone) => states.some((state) => wordOf(state).tone === tone))
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

function traffic(board: Board): readonly Figure[] {
  const calls = board.of('calls').reduce((sum, [, fact]) => sumOf(sum, fact), none)
  const counted = calls.success + calls.failure
  const rate = ratesOf(board.past.slice(-8), undefined).at(-1)
  const perCall = counted === 0 ? null : calls.attempts / counted
  return [
    {
      name: 'Delivered',
      value: percentText(counted === 0 ? null : calls.success / counted),
      more: `of ${countText(counted)} calls; first tries alone: ${percentText(counted === 0 ? null : calls.first / counted)}`,
    },
    {
      name: 'Calls',
      value: rateText(rate?.calls ?? null),
      more: perCall === null ? 'none so far' : `${perCall.toFixed(2)} attempts each`,
    },
    {
      name: 'Saved calls',
      value: countText(savedIn(calls)),
      more: 'good in the end, not at first',
      ...(savedIn(calls) > 0 ? { tone: 'good' } : {}),
    },
  ]
}

function budget(board: Board): Figure | undefined {
  const objectives = board.of('objective').map(([, fact]) => fact)
  if (objectives.length === 0) return undefined
  const { text, tone, more } = summaryOf(objectives)
  return { name: 'Objectives', value: text, more, tone }
}
