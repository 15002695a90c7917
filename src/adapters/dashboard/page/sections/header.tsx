/** The top of the page: its title, the state of the connection, and links to the sections. */
import type { ConnectionState } from '../live/connection.ts'
import type { Tone } from '../text/states.ts'
import { Sign } from '../widgets/mark.tsx'
import { ThemeSelect } from '../widgets/theme.tsx'

const stateTexts: Readonly<Record<ConnectionState, readonly [tone: Tone, text: string]>> = {
  connecting: ['none', 'connecting'],
  live: ['good', 'live'],
  paused: ['none', 'paused while hidden'],
  lost: ['bad', 'connection lost, reconnecting'],
  full: ['weak', 'too many open pages, reconnecting'],
  outdated: ['bad', 'the process was updated: reload the page'],
}

export interface PageSection {
  readonly id: string
  readonly title: string
}

interface HeaderProps {
  readonly title: string
  readonly connection: ConnectionState
  readonly sections: readonly PageSection[]
}

export function Header({ title, connection, sections }: HeaderProps) {
  const [tone, text] = stateTexts[connection]
  return (
    <header class="top">
      <a class="skip" href="#main">
        Skip to content
      </a>
      <h1>{title}</h1>
      <p class={`link ${tone}`} role="status">
        <Sign tone={tone} />
        {text}
      </p>
      <nav aria-label="Sections">
        {sections.map(({ id, title: name }) => (
          <a key={id} href={`#${id}`}>
            {name}
          </a>
        ))}
      </nav>
      <ThemeSelect />
    </header>
  )
}
