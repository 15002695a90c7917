/** The page: connects, and draws again what has changed. */
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
import { BarBook } from './live/bar-cache.ts'
import { connect, type Link } from './live/connection.ts'
import { Board } from './live/page-state.ts'

const board = new Board()
const place = document.getElementById('page') as HTMLElement
let link: Link = 'connecting'
let drawing = false

function draw(): void {
  // Of all that comes between two pictures one drawing is enough; a page nobody sees draws when it is seen.
  if (drawing) return
  drawing = true
  requestAnimationFrame(() => {
    drawing = false
    render(<App board={board} link={link} bars={bars} at={board.at} />, place)
  })
}

const bars = new BarBook(draw)

connect({
  hello(hello) {
    const fits = board.begin(hello)
    if (fits) document.title = `${hello.title} – holdfast`
    draw()
    return fits
  },
  frame(frame) {
    for (const [id, fact] of Object.entries(frame.set ?? {})) {
      const known = board.facts.get(id)
      if (fact.kind === 'component' && known?.kind === 'component' && known.state !== fact.state) bars.stale(fact.name)
    }
    board.take(frame)
    draw()
  },
  link(now) {
    link = now
    draw()
  },
})
