/** Draws the pictures of docs/simulations.md with Chromium, from the `picture` of each example: `npm run pictures`. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { transformSync } from 'esbuild'
import { chromium } from 'playwright-core'
import { webp } from './webp.mjs'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const examples = ['retry-storm', 'cached-outage', 'slow-tail', 'overload']
const root = new URL('../../', import.meta.url)
// Inside the package, so that `holdfast` means this package as its users see it.
const made = new URL('.examples/', root)
const library = (file) => readFileSync(new URL(`node_modules/uplot/dist/${file}`, root), 'utf8')

mkdirSync(made, { recursive: true })
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
try {
  for (const name of examples) {
    const text = readFileSync(new URL(`examples/${name}.ts`, root), 'utf8')
    const script = new URL(`${name}.mjs`, made)
    writeFileSync(script, transformSync(text, { loader: 'ts', target: 'es2022' }).code)
    const { picture } = await import(script.href)
    const page = await browser.newPage({ viewport: { width: 760, height: 380 }, deviceScaleFactor: 1.5 })
    await page.setContent(
      '<body style="margin:12px;background:#fff;font:13px system-ui,sans-serif;color:#222"><div id="chart"></div></body>',
    )
    await page.addStyleTag({
      content: `${library('uPlot.min.css')} .u-title { font: 600 15px system-ui } .u-value { display: none }`,
    })
    await page.addScriptTag({ content: library('uPlot.iife.min.js') })
    await page.evaluate(draw, picture)
    writeFileSync(new URL(`docs/pictures/${name}.webp`, root), await webp(browser, await page.screenshot()))
    await page.close()
    console.log(`${name}.webp`)
  }
} finally {
  await browser.close()
  rmSync(made, { recursive: true, force: true })
}

/** In the page. */
function draw({ title, lines, x }) {
  // The colours of Okabe and Ito, which differ for the colour-blind too.
  const colours = ['#d55e00', '#0072b2', '#009e73', '#cc79a7']
  const names = Object.keys(lines)
  const longest = Math.max(...names.map((name) => lines[name].length))
  const dashes = [[], [], [8, 4], [2, 3]]
  const axis = { labelSize: 20, grid: { show: false } }
  const seconds = { ...axis, label: 'seconds' }
  const quantiles = { ...axis, label: 'quantile', splits: () => x.map((_, i) => i), values: () => x }
  const options = {
    title,
    width: 736,
    height: 300,
    scales: { x: { time: false }, y: { range: (_, __, max) => [0, max * 1.08] } },
    axes: [x === undefined ? seconds : quantiles, { size: 60 }],
    series: [
      { label: '' },
      ...names.map((label, i) => ({
        label,
        stroke: colours[i],
        width: 2,
        dash: dashes[i],
        points: { show: x !== undefined },
      })),
    ],
    legend: { live: false, markers: { width: 3 } },
  }
  const places = Array.from({ length: longest }, (_, place) => place)
  new globalThis.uPlot(options, [places, ...names.map((name) => lines[name])], document.getElementById('chart'))
}
