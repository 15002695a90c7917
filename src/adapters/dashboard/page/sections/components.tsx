/** Every component: its state, its last ninety days, and all about it for who opens it. */
import { useState } from 'preact/hooks'
import type { ComponentFact } from '../../wire/facts.ts'
import type { BarBook } from '../live/bar-cache.ts'
import type { Board } from '../live/page-state.ts'
import { countText } from '../text/numbers.ts'
import { Panel } from '../widgets/panel.tsx'
import { ComponentRow } from './component-row.tsx'

interface Properties {
  readonly board: Board
  readonly bars: BarBook
  readonly opened: ReadonlySet<string>
  readonly toggle: (name: string) => void
}

type Which = 'all' | 'not up'

export function Components({ board, bars, opened, toggle }: Properties) {
  const [text, search] = useState('')
  const [which, choose] = useState<Which>('all')
  const all = board.of('component').map(([, fact]) => fact)
  if (all.length === 0) return null
  const found = all.filter((fact) => fits(fact, text, which) || opened.has(fact.name))
  return (
    <Panel id="components" title="Components" aside={<Filter {...{ text, search, which, choose }} />}>
      <p class="soft" role="status">
        {found.length === all.length
          ? `${countText(all.length)} components`
          : `${countText(found.length)} of ${countText(all.length)} components`}
        , the last 90 days, today on the right
      </p>
      <ul class="components">
        {found.map((fact) => (
          <ComponentRow
            key={fact.name}
            fact={fact}
            slices={bars.get(fact.name)}
            open={opened.has(fact.name)}
            minute={Math.floor(board.at / 60_000)}
            bars={bars}
            toggle={toggle}
          />
        ))}
      </ul>
    </Panel>
  )
}

function fits({ name, state }: ComponentFact, text: string, which: Which): boolean {
  return (which === 'all' || state !== 'up') && name.toLowerCase().includes(text.trim().toLowerCase())
}

interface FilterProperties {
  readonly text: string
  readonly search: (text: string) => void
  readonly which: Which
  readonly choose: (which: Which) => void
}

function Filter({ text, search, which, choose }: FilterProperties) {
  return (
    <search class="filter">
      <label>
        <span class="unseen">Find a component</span>
        <input
          type="search"
          placeholder="Find…"
          value={text}
          onInput={({ currentTarget }) => search(currentTarget.value)}
        />
      </label>
      <label>
        <span class="unseen">Which components</span>
        <select value={which} onChange={({ currentTarget }) => choose(currentTarget.value as Which)}>
          <option value="all">all</option>
          <option value="not up">not up</option>
        </select>
      </label>
    </search>
  )
}
