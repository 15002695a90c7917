/** The top of the page: whose it is, whether it is live, where to go. */
import type { Link } from '../live/connection.ts'
import type { Tone } from '../text/states.ts'
import { Sign } from '../widgets/mark.tsx'
import { ThemeChoice } from '../widgets/theme.tsx'

const links: Readonly<Record<Link, readonly [tone: Tone, text: string]>> = {
  connecting: ['none', 'connecting'],
  live: ['good', 'live'],
  paused: ['none', 'paused while nobody looks'],
  lost: ['bad', 'connection lost, trying again'],
  full: ['weak', 'too many viewers, trying again'],
  closed: ['bad', 'the process was updated: load the page anew'],
}

export interface Place {
  readonly id: string
  readonly title: string
}

interface Properties {
  readonly title: string
  readonly link: Link
  readonly places: readonly Place[]
}

export function Header({ title, link, places }: Properties) {
  const [tone, text] = links[link]
  return (
    <header class="top">
      <a class="skip" href="#main">
        To the content
      </a>
      <h1>{title}</h1>
      <p class={`link ${tone}`} role="status">
        <Sign tone={tone} />
        {text}
      </p>
      <nav aria-label="Parts of this page">
        {places.map(({ id, title: name }) => (
          <a key={id} href={`#${id}`}>
            {name}
          </a>
        ))}
      </nav>
      <ThemeChoice />
    </header>
  )
}
