/** The components that are not up, each with a button that opens it. */
import type { ComponentFact } from '../../wire/facts.ts'
import { labelOf, tones } from '../text/states.ts'
import { Sign } from '../widgets/mark.tsx'

const maxShown = 24

interface ProblemsProps {
  readonly components: readonly ComponentFact[]
  readonly open: (name: string) => void
}

export function Problems({ components, open }: ProblemsProps) {
  const rank = ({ state }: ComponentFact): number => tones.indexOf(labelOf(state).tone)
  const bad = components
    .filter(({ state }) => state === 'down' || state === 'degraded' || state === 'maintenance')
    .sort((a, b) => rank(a) - rank(b))
  if (bad.length === 0) return null
  return (
    <section class="problems" aria-label="Not up now">
      <ul>
        {bad.slice(0, maxShown).map(({ name, state }) => (
          <li key={name}>
            <button type="button" class={`chip ${labelOf(state).tone}`} onClick={() => open(name)}>
              <Sign tone={labelOf(state).tone} />
              {name}
              <span class="unseen"> is {labelOf(state).text}</span>
            </button>
          </li>
        ))}
        {bad.length > maxShown && <li class="soft">and {bad.length - maxShown} more</li>}
      </ul>
    </section>
  )
}
