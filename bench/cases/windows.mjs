/** One record into a sliding window. Windows are no public entry, so they come from the sources, bundled on the way. */
import { buildSync } from 'esbuild'
import { LimitCountWindow } from '../limits/window.mjs'

const kinds = {
  count: { file: 'count-window', make: ({ CountWindow }) => new CountWindow(100) },
  time: { file: 'time-window', make: ({ TimeWindow }) => new TimeWindow(30_000) },
}

async function fromSource(file) {
  const entry = new URL(`../../src/stats/${file}.ts`, import.meta.url).pathname
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)
}

export const windows = Object.entries(kinds).map(([kind, { file, make }]) => ({
  name: `window-${kind}`,
  group: 'picks',
  title: `a record into a ${kind} window`,
  shape: 'sync',
  bareShape: 'await',
  by: kind === 'count' ? ['limit'] : [],
  async subject(who) {
    const window = who === 'limit' ? new LimitCountWindow() : make(await fromSource(file))
    let now = 0
    return () => {
      now += 0.25
      window.record((now & 31) === 0, now, now)
    }
  },
}))
