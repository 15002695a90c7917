/**
 * Prints what an entry exports: `shape.mjs FORMAT ENTRY [used]`. With `used`, all other entries are used before it is loaded
 * for the first time. It stands in the consumer's folder, so that it finds the package as a program there does.
 */
import { createRequire } from 'node:module'
import { uses } from './use.mjs'

const [format, wanted, used] = process.argv.slice(2)
const require = createRequire(import.meta.url)
const resolved = (entry) => (entry.startsWith('.') ? `holdfast${entry.slice(1)}` : entry)
const load = async (entry) => (format === 'cjs' ? require(resolved(entry)) : import(resolved(entry)))

async function useAllBut(entry) {
  for (const [other, use] of Object.entries(uses)) {
    if (other !== entry) await use(await load(other), load)
  }
}

/** A function by its text, so that another one in its place is seen too. */
const shape = (value) => (typeof value === 'function' ? String(value) : `${typeof value} ${JSON.stringify(value)}`)

if (used !== undefined) await useAllBut(wanted)
const room = await load(wanted)
const names = Object.keys(room).sort()
if (names.length === 0) throw new Error(`${resolved(wanted)} exports nothing`)
process.stdout.write(JSON.stringify(names.map((name) => [name, shape(room[name])])))
