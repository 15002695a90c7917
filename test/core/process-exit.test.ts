/** What holds a process and what does not, seen from outside: each case is a process of its own. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-clock-'))
  const core = new URL('../../src/core/', import.meta.url).pathname
  buildSync({
    stdin: {
      contents: "export * from '../../src/core/clock.ts'; export * from '../../src/core/timer.ts'",
      resolveDir: core,
    },
    bundle: true,
    format: 'esm',
    outfile: join(folder, 'clock.mjs'),
  })
})

afterAll(() => rmSync(folder, { recursive: true }))

/** How long the process lived after its script had run, and what it printed. */
function run(script: string): { readonly lived: number; readonly printed: string } {
  const file = join(folder, `case-${Math.random().toString(36).slice(2)}.mjs`)
  writeFileSync(
    file,
    `import { Alarm, realClock } from './clock.mjs'
    const start = performance.now()
    process.on('exit', () => console.log('lived', performance.now() - start))
    ${script}`,
  )
  const { stdout, status, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', timeout: 15_000 })
  if (status !== 0) throw new Error(`exit ${status}: ${stderr}`)
  return { lived: Number(/lived ([\d.]+)/.exec(stdout)?.[1]), printed: stdout }
}

describe('a process', () => {
  it('ends while only idle lists and background timers remain', () => {
    const { lived, printed } = run(`
      const call = new Alarm(() => console.log('call'))
      realClock.schedule(call, 10_000)
      realClock.cancel(call)
      realClock.schedule(new Alarm(() => console.log('background'), true), 10_000)
      realClock.schedule(call, 40 * 86_400_000)
      realClock.cancel(call)`)
    expect(lived).toBeLessThan(5000)
    expect(printed).not.toMatch(/call|background/)
  })

  it('waits for a call, also one whose list was idle, and fires it on time', () => {
    const { lived, printed } = run(`
      const call = new Alarm(() => console.log('fired', performance.now() >= call.at))
      realClock.schedule(call, 60)
      realClock.cancel(call)
      realClock.schedule(call, 60)`)
    expect(printed).toMatch(/fired true/)
    expect(lived).toBeGreaterThanOrEqual(59)
  })

  it('does not fire a wait above 2^31-1 ms at once', () => {
    const { printed } = run(`
      const warnings = []
      process.on('warning', (warning) => console.log(warning.name))
      const long = new Alarm(() => console.log('fired'))
      realClock.schedule(long, 30 * 86_400_000)
      setTimeout(() => { console.log('still waiting'); realClock.cancel(long) }, 30)`)
    expect(printed).toMatch(/still waiting/)
    expect(printed).not.toMatch(/fired|Warning/)
  })

  it('sees real timers fire in order, none early', () => {
    const { printed } = run(`
      const fired = []
      for (const [i, after] of [20, 5, 20, 1, 5, 0].entries()) {
        const alarm = new Alarm(() => fired.push([i, performance.now() >= alarm.at]))
        realClock.schedule(alarm, after)
      }
      setTimeout(() => console.log('order', JSON.stringify(fired)), 60)`)
    const fired = JSON.parse(/order (.*)/.exec(printed)?.[1] ?? '[]') as [number, boolean][]
    expect(fired.every(([, onTime]) => onTime)).toBe(true)
    expect(fired.length).toBe(6)
    const order = fired.map(([i]) => i)
    expect(order.indexOf(0)).toBeLessThan(order.indexOf(2))
    expect(order.indexOf(1)).toBeLessThan(order.indexOf(4))
  })
})
