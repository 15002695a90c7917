/** The whole page. */
import { Component } from 'preact'
import type { Fact } from '../wire/facts.ts'
import type { BarBook } from './live/bar-cache.ts'
import type { Link } from './live/connection.ts'
import type { Board } from './live/page-state.ts'
import { Breakers } from './sections/breakers.tsx'
import { Calls } from './sections/calls.tsx'
import { Components } from './sections/components.tsx'
import { Header, type Place } from './sections/header.tsx'
import { Objectives } from './sections/objectives.tsx'
import { Paths } from './sections/paths.tsx'
import { Pools } from './sections/pools.tsx'
import { Problems } from './sections/problems.tsx'
import { Summary } from './sections/summary.tsx'
import { Announcer } from './widgets/announcer.tsx'

const places: readonly (Place & { readonly kind: Fact['kind'] })[] = [
  { id: 'calls', title: 'Calls', kind: 'calls' },
  { id: 'objectives', title: 'Objectives', kind: 'objective' },
  { id: 'paths', title: 'Way of a call', kind: 'policy' },
  { id: 'pools', title: 'Pools', kind: 'pool' },
  { id: 'breakers', title: 'Breakers', kind: 'breaker' },
  { id: 'components', title: 'Components', kind: 'component' },
]

interface Properties {
  readonly board: Board
  readonly bars: BarBook
  readonly link: Link
  /** Another one at each frame. */
  readonly at: number
}

export class App extends Component<Properties, { readonly opened: ReadonlySet<string> }> {
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
    const { board, bars, link } = this.props
    const { opened } = this.state
    const components = board.of('component').map(([, fact]) => fact)
    const there = new Set([...board.facts.values()].map(({ kind }) => kind))
    return (
      <>
        <Header
          title={board.hello?.title ?? 'holdfast'}
          link={link}
          places={places.filter(({ kind }) => there.has(kind))}
        />
        <main id="main" tabIndex={-1}>
          {board.hello !== undefined && there.size === 0 && <Nothing />}
          <Summary board={board} />
          {board.hello?.kept === false && <Unkept />}
          <Problems components={components} open={this.#show} />
          <Calls board={board} />
          <Objectives board={board} />
          <Paths board={board} />
          <Pools board={board} />
          <Breakers board={board} />
          <Components board={board} bars={bars} opened={opened} toggle={this.#toggle} />
        </main>
        <Announcer components={components} />
      </>
    )
  }
}

function Unkept() {
  return (
    <p class="soft note" data-note="unkept">
      No store keeps this history: it began with this process, and ends with it.
    </p>
  )
}

function Nothing() {
  return (
    <p class="panel">
      Nothing to show yet: hand a tracker or policies over, as in <code>dashboard({'{ tracker, policies }'})</code>.
    </p>
  )
}
