// Output during the run: a table redrawn in place in a terminal, otherwise a plain line a second.
import { percent, table } from './format.mjs'

const bar = (share, width = 30) => '█'.repeat(Math.round(share * width)).padEnd(width, '░')

export class Screen {
  #drawn = 0
  #lastLine = 0
  #served = new Map()
  #servedAt = performance.now()

  constructor(stream, state) {
    this.stream = stream
    this.state = state
  }

  update() {
    if (this.stream.isTTY) this.#draw()
    else if (performance.now() - this.#lastLine >= 1000) this.#line()
  }

  /** Prints a line that stays above the table. */
  say(text) {
    this.clear()
    this.stream.write(`${text}\n`)
    if (this.stream.isTTY) this.#draw()
  }

  clear() {
    if (this.#drawn > 0) this.stream.write(`\x1b[${this.#drawn}A\x1b[J`)
    this.#drawn = 0
  }

  #draw() {
    const { total, elapsed } = this.state()
    const share = Math.min(1, elapsed / total)
    const lines = ['', `${bar(share)} ${(elapsed / 1000).toFixed(1)} of ${(total / 1000).toFixed(0)} s`, '']
    lines.push(...this.#members(), '', this.#summary(), '')
    this.clear()
    this.stream.write(`${lines.join('\n')}\n`)
    this.#drawn = lines.length
  }

  #line() {
    this.#lastLine = performance.now()
    const { elapsed, members } = this.state()
    const states = members.map(({ name, state, injury }) => `${name}:${state}${injury === '' ? '' : `(${injury})`}`)
    this.stream.write(`${(elapsed / 1000).toFixed(1).padStart(5)} s  ${states.join('  ')}  ${this.#summary()}\n`)
  }

  #members() {
    const { members } = this.state()
    const now = performance.now()
    const passed = (now - this.#servedAt) / 1000
    const rows = members.map(({ name, weight, state, injury, breaker, served, pending, latency, availability }) => [
      name,
      weight,
      injury === '' ? 'fine' : injury,
      state,
      breaker,
      passed > 0 ? `${((served - (this.#served.get(name) ?? 0)) / passed).toFixed(0)}/s` : '–',
      pending,
      latency === undefined ? '–' : `${latency.toFixed(1)} ms`,
      percent(availability),
    ])
    if (passed >= 1) {
      this.#served = new Map(members.map(({ name, served }) => [name, served]))
      this.#servedAt = now
    }
    return table([
      ['member', 'weight', 'server', 'in pool', 'breaker', 'rate', 'pending', 'latency', 'available'],
      ...rows,
    ])
  }

  #summary() {
    const { delivered, raw, control } = this.state()
    return `delivered ${percent(delivered)}   first tries ${percent(raw)}   unprotected ${percent(control)}`
  }
}
