/** The theme: light, dark, or that of the system. The choice is saved if the browser allows it. */
import { useEffect, useState } from 'preact/hooks'

const themes = ['auto', 'light', 'dark'] as const
type ThemeName = (typeof themes)[number]

const key = 'holdfast-theme'

function savedTheme(): ThemeName {
  try {
    return themes.find((theme) => theme === localStorage.getItem(key)) ?? 'auto'
  } catch {
    return 'auto'
  }
}

function saveTheme(theme: ThemeName): void {
  try {
    localStorage.setItem(key, theme)
  } catch {
    // It then applies to this visit only.
  }
}

export function ThemeSelect() {
  const [theme, setTheme] = useState(savedTheme)
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme
    saveTheme(theme)
    dispatchEvent(new Event('holdfast-theme'))
  }, [theme])
  return (
    <label class="theme">
      <span>Theme</span>
      <select value={theme} onChange={({ currentTarget }) => setTheme(currentTarget.value as ThemeName)}>
        {themes.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Calls `changed` when the colours have changed. Returns a function that unsubscribes. */
export function onTheme(changed: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', changed)
  addEventListener('holdfast-theme', changed)
  return () => {
    system.removeEventListener('change', changed)
    removeEventListener('holdfast-theme', changed)
  }
}
