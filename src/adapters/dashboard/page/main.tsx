/** Connects to the process and renders the page when something has changed. */
import { render } from 'preact'
import 'uplot/dist/uPlot.min.css'
import './style/theme.css'
import './style/elements.css'
import './style/header.css'
import './style/panels.css'
import './style/tables.css'
import './style/charts.css'
import './style/objectives.css'
import './style/paths.css'
import './style/components.css'
import './style/controls.css'
import { App } from './app.tsx'
import { BarCache } from './live/bar-cache.ts'
import { type ConnectionState, connect } from './live/connection.ts'
import { PageState } from './live/page-state.ts'

const page = new PageState()
const root = document.getElementById('page') as HTMLElement
let connection: ConnectionState = 'connecting'
let scheduled = false

function update(): void {
  // All changes between two animation frames need one rendering. A hidden page renders when it becomes visible.
  if (scheduled) return
  scheduled = true
  requestAnimationFrame(() => {
    scheduled = false
    render(<App page={page} connection={connection} bars={bars} at={page.at} />, root)
  })
}

const bars = new BarCache(update)

connect({
  hello(hello) {
    const started = page.start(hello)
    if (started) document.title = `${hello.title} – holdfast`
    update()
    return started
  },
  frame(frame) {
    for (const [id, fact] of Object.entries(frame.set ?? {})) {
      const known = page.facts.get(id)
      const isChange = fact.kind === 'component' && known?.kind === 'component' && known.state !== fact.state
      if (isChange) bars.invalidate(fact.name)
    }
    page.apply(frame)
    update()
  },
  state(now) {
    connection = now
    update()
  },
})
