/**
 * Packs the package as it would be published and uses it from a folder of its own: every entry alone and after use, by import
 * and by require, its command, the programs of the README and of docs/getting-started.md, and its types from ESM and from CJS,
 * with this TypeScript and with those named on the command line, the oldest first.
 *
 * Run it after `npm run build`.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { faultsOf } from './package/built-files.mjs'
import { command } from './package/command.mjs'
import { entries, folder, install, root } from './package/consumer.mjs'
import { documents } from './package/documents.mjs'
import { identity, load } from './package/loading.mjs'
import { types } from './package/types.mjs'

/** Built files that are not as they must be. What else is packed, test/package/shipped.test.ts looks at. */
function contents() {
  const dist = join(folder, 'node_modules/holdfast/dist')
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const faults = files.flatMap(({ parentPath, name }) => faultsOf(name, readFileSync(join(parentPath, name), 'utf8')))
  if (faults.length > 0) throw new Error(`built files are not as they must be:\n${faults.join('\n')}`)
}

async function check() {
  const packed = install()
  contents()
  await load()
  identity()
  command()
  const programs = await documents()
  const own = ['node', join(root, 'node_modules/typescript/bin/tsc')]
  const others = process.argv.slice(2).map((version) => ['npx', '--yes', '-p', `typescript@${version}`, 'tsc'])
  // This TypeScript, and the oldest.
  await types([own, ...others], { node10: 2 })
  const { filename, entryCount, unpackedSize } = packed
  return `${filename}: ${entries.length} entries, ${programs} programs, ${entryCount} files, ${unpackedSize} bytes`
}

try {
  console.log(await check())
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}
