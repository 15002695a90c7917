/** Every component: its state, its last ninety days and, when opened, its details. */
import { useState } from 'preact/hooks'
import type { ComponentFact } from '../../wire/facts.ts'
import type { BarCache } from '../live/bar-cache.ts'
import type { PageState } from '../live/page-state.ts'
import { countText } from '../text/numbers.ts'
import { Panel } from '../widgets/panel.tsx'
import { ComponentRow } from './component-row.tsx'

interface ComponentsProps {
  readonly page: PageState
  readonly bars: BarCache
  readonly opened: ReadonlySet<string>
  readonly toggle: (name: string) => void
}

type StateFilter = 'all' | 'not up'

export function Components({ page, bars, opened, toggle }: ComponentsProps) {
  const [text, setText] = useState('')
  const [filter, setFilter] = useState<StateFilter>('all')
  const all = page.of('component').map(([, fact]) => fact)
  if (all.length === 0) return null
  const found = all.filter((fact) => fits(fact, text, filter) || opened.has(fact.name))
  return (
    <Panel id="components" title="Components" aside={<Filter {...{ text, setText, filter, setFilter }} />}>
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
            minute={Math.floor(page.at / 60_000)}
            bars={bars}
            toggle={toggle}
          />
        ))}
      </ul>
    </Panel>
  )
}

function fits({ name, state }: ComponentFact, text: string, filter: StateFilter): boolean {
  return (filter === 'all' || state !== 'up') && name.toLowerCase().includes(text.trim().toLowerCase())
}

interface FilterProps {
  readonly text: string
  readonly setText: (text: string) => void
  readonly filter: StateFilter
  readonly setFilter: (filter: StateFilter) => void
}

function Filter({ text, setText, filter, setFilter }: FilterProps) {
  return (
    <search class="filter">
      <label>
        <span class="unseen">Find a component</span>
        <input
          type="search"
          placeholder="Find…"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <label>
        <span class="unseen">Which components</span>
        <select value={filter} onChange={({ currentTarget }) => setFilter(currentTarget.value as StateFilter)}>
          <option value="all">all</option>
          <option value="not up">not up</option>
        </select>
      </label>
    </search>
  )
}
