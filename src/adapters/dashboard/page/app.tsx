/** The whole page. */
import { Component } from 'preact'
import type { Fact } from '../wire/facts.ts'
import type { BarCache } from './live/bar-cache.ts'
import type { ConnectionState } from './live/connection.ts'
import type { PageState } from './live/page-state.ts'
import { Breakers } from './sections/breakers.tsx'
import { Calls } from './sections/calls.tsx'
import { Components } from './sections/components.tsx'
import { Guards } from './sections/guards.tsx'
import { Header, type PageSection } from './sections/header.tsx'
import { Objectives } from './sections/objectives.tsx'
import { Paths } from './sections/paths.tsx'
import { Pools } from './sections/pools.tsx'
import { Problems } from './sections/problems.tsx'
import { Summary } from './sections/summary.tsx'
import { Announcer } from './widgets/announcer.tsx'

const pageSections: readonly (PageSection & { readonly kind: Fact['kind'] })[] = [
  { id: 'calls', title: 'Calls', kind: 'calls' },
  { id: 'objectives', title: 'Objectives', kind: 'objective' },
  { id: 'paths', title: 'Call paths', kind: 'policy' },
  { id: 'pools', title: 'Pools', kind: 'pool' },
  { id: 'breakers', title: 'Breakers', kind: 'breaker' },
  { id: 'components', title: 'Components', kind: 'component' },
]

interface AppProps {
  readonly page: PageState
  readonly bars: BarCache
  readonly connection: ConnectionState
  /** Differs in each frame, so that the app renders again although `page` is the same object. */
  readonly at: number
}

export class App extends Component<AppProps, { readonly opened: ReadonlySet<string> }> {
  override state = { opened: new Set<string>() }

  readonly #toggle = (name: string): void => {
    this.setState(({ opened }) => {
      const now = new Set(opened)
      if (!now.delete(name)) now.add(name)
      return { opened: now }
    })
  }

  readonly #show = (name: string): void => {
    this.setState(
      ({ opened }) => ({ opened: new Set(opened).add(name) }),
      () => {
        const row = document.querySelector(`[data-component="${CSS.escape(name)}"]`)
        row?.scrollIntoView({ block: 'center' })
        row?.querySelector('button')?.focus({ preventScroll: true })
      },
    )
  }

  render() {
    const { page, bars, connection } = this.props
    const { opened } = this.state
    const { hello } = page
    const components = page.of('component').map(([, fact]) => fact)
    const kinds = new Set([...page.facts.values()].map(({ kind }) => kind))
    return (
      <>
        <Header
          title={hello?.title ?? 'holdfast'}
          connection={connection}
          sections={pageSections.filter(({ kind }) => kinds.has(kind))}
        />
        <main id="main" tabIndex={-1}>
          {hello !== undefined && kinds.size === 0 && <NothingToShow />}
          <Summary page={page} />
          {hello?.persisted === false && <NotPersisted />}
          <Problems components={components} open={this.#show} />
          <Calls page={page} />
          <Objectives page={page} />
          <Paths page={page} />
          <Pools page={page} />
          <Breakers page={page} />
          <Guards page={page} />
          <Components page={page} bars={bars} opened={opened} toggle={this.#toggle} />
        </main>
        <Announcer components={components} />
      </>
    )
  }
}

function NotPersisted() {
  return (
    <p class="soft note" data-note="not-persisted">
      No store saves this history: it starts and ends with this process.
    </p>
  )
}

function NothingToShow() {
  return (
    <p class="panel">
      Nothing to show yet. Pass a tracker or policies, as in <code>dashboard({'{ tracker, policies }'})</code>.
    </p>
  )
}
