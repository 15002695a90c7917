/** Light, dark, or as the system has it; remembered where the browser lets a page remember. */
import { useEffect, useState } from 'preact/hooks'

const choices = ['auto', 'light', 'dark'] as const
type Choice = (typeof choices)[number]

const key = 'holdfast-theme'

function remembered(): Choice {
  try {
    return choices.find((choice) => choice === localStorage.getItem(key)) ?? 'auto'
  } catch {
    return 'auto'
  }
}

function remember(choice: Choice): void {
  try {
    localStorage.setItem(key, choice)
  } catch {
    // Then it holds for this visit.
  }
}

export function ThemeChoice() {
  const [choice, choose] = useState(remembered)
  useEffect(() => {
    document.documentElement.dataset['theme'] = choice
    remember(choice)
    dispatchEvent(new Event('holdfast-theme'))
  }, [choice])
  return (
    <label class="theme">
      <span>Theme</span>
      <select value={choice} onChange={({ currentTarget }) => choose(currentTarget.value as Choice)}>
        {choices.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Calls `changed` when colours are others, until the result is called. */
export function onTheme(changed: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', changed)
  addEventListener('holdfast-theme', changed)
  return () => {
    system.removeEventListener('change', changed)
    removeEventListener('holdfast-theme', changed)
  }
}
