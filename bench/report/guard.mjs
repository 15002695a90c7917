/**
 * The regression guard: what noise cannot explain. A ratio beyond twice the committed one, or half as many bytes again.
 * Committed figures stand by major version of Node, because engines differ more than changes do.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../baseline.json', import.meta.url)
const major = process.versions.node.split('.')[0]

const read = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})

const kept = ({ ratio, bytes }) => ({
  ...(ratio && { ratio: Number(ratio.median.toPrecision(3)) }),
  ...(bytes !== undefined && { bytes }),
})

/** Writes what was found as the figures to hold, beside those of cases that were not run. */
export function update(results) {
  const all = read()
  const own = { ...all[major] }
  for (const { test, found } of results) own[test.name] = kept(found.holdfast)
  writeFileSync(file, `${JSON.stringify({ ...all, [major]: own }, null, 2)}\n`)
}

/** What is wrong with one case, in words; nothing where it holds, or where nothing is committed for it. */
export function worse({ test, found }) {
  const all = read()
  const known = (all[major] ?? all[Object.keys(all).at(-1)])?.[test.name]
  if (known === undefined) return []
  const { ratio, bytes } = found.holdfast
  const wrong = []
  // What costs next to nothing may double by a cache line; calls are never held to less than a tenth of a bare one.
  if (known.ratio !== undefined && ratio.median > Math.max(2 * known.ratio, 0.1)) {
    wrong.push(`${test.name}: ratio ${ratio.median.toPrecision(3)}, committed ${known.ratio}`)
  }
  // Some bytes of slack: code and caches made meanwhile are counted too.
  if (known.bytes !== undefined && bytes > 1.5 * Math.max(0, known.bytes) + 64) {
    wrong.push(`${test.name}: ${bytes} bytes, committed ${known.bytes}`)
  }
  return wrong
}
