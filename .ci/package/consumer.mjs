/** A folder as a user has it, with the packed package installed in it, and what can be run there. */
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const root = new URL('../..', import.meta.url).pathname
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
export const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json')
export const folder = mkdtempSync(join(tmpdir(), 'holdfast-pack-'))
export const named = (entry) => `holdfast${entry.slice(1)}`

/** Optional peers of adapters, and what these need. */
const optional = [
  'node-zookeeper-client',
  'async',
  'underscore',
  '@types/node-zookeeper-client',
  'prom-client',
  'tdigest',
  'bintrees',
  '@opentelemetry/api',
]

// A program that hangs is a fault like others.
const settings = { timeout: 180_000, cwd: folder, encoding: 'utf8', stdio: 'pipe', maxBuffer: 2 ** 26 }
const failed = (command, args, error) =>
  new Error(`${command} ${args.join(' ')} failed:\n${error.stdout}${error.stderr}`)

/** What a command in the folder wrote. */
export function run(command, args) {
  try {
    return execFileSync(command, args, settings)
  } catch (error) {
    throw failed(command, args, error)
  }
}

/** The same for many at once, as many as there are cores; what they wrote, in order. */
export async function runAll(commands) {
  const written = new Array(commands.length)
  const rest = commands.entries()
  const worker = async () => {
    for (const [index, [command, ...args]] of rest) {
      const done = promisify(execFile)(command, args, settings)
      written[index] = (await done.catch((error) => Promise.reject(failed(command, args, error)))).stdout
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return written
}

/** Packs the package, and puts it and what it needs into the folder. */
export function install() {
  const [packed] = JSON.parse(run('npm', ['pack', root, '--ignore-scripts', '--json', '--loglevel', 'error']))
  run('tar', ['xzf', packed.filename])
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
  renameSync(join(folder, 'package'), join(folder, 'node_modules/holdfast'))
  const needed = [...Object.keys(manifest.dependencies), 'is-network-error', '@types/node', 'undici-types', ...optional]
  for (const name of needed) {
    cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true })
  }
  return packed
}
