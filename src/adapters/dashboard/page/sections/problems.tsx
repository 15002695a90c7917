/** What is not well now, with a way to it. */
import type { ComponentFact } from '../../wire/facts.ts'
import { tones, wordOf } from '../text/states.ts'
import { Sign } from '../widgets/mark.tsx'

const most = 24

interface Properties {
  readonly components: readonly ComponentFact[]
  readonly open: (name: string) => void
}

export function Problems({ components, open }: Properties) {
  const rank = ({ state }: ComponentFact): number => tones.indexOf(wordOf(state).tone)
  const bad = components
    .filter(({ state }) => state === 'down' || state === 'degraded' || state === 'maintenance')
    .sort((a, b) => rank(a) - rank(b))
  if (bad.length === 0) return null
  return (
    <section class="problems" aria-label="Not up now">
      <ul>
        {bad.slice(0, most).map(({ name, state }) => (
          <li key={name}>
            <button type="button" class={`chip ${wordOf(state).tone}`} onClick={() => open(name)}>
              <Sign tone={wordOf(state).tone} />
              {name}
              <span class="unseen"> is {wordOf(state).text}</span>
            </button>
          </li>
        ))}
        {bad.length > most && <li class="soft">and {bad.length - most} more</li>}
      </ul>
    </section>
  )
}
