/** Runtimes that are a program for a terminal: Node, Bun, Deno. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { documents } from '../documents.ts'
import type { FileReport } from '../portable/run-here.ts'
import type { Kind } from './program.ts'

const mark = '#report '

export const processKind: Kind = {
  node: true,
  plugins: [documents(() => true)],
  // The runner's own timers hold no process, and a test that waits for nothing has to be seen to hang.
  start: `setInterval(() => {}, 1000)
for (const file of Object.keys(files)) console.log('${mark}' + JSON.stringify(await run(file)))
globalThis.process.exit(0)`,
}

/** Runs a program of this kind; files it did not come to have no report. */
export async function runInProcess(
  command: readonly string[],
  program: string,
  limit: number,
): Promise<{ readonly reports: readonly FileReport[]; readonly trouble: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-runtimes-'))
  const file = join(folder, 'program.mjs')
  writeFileSync(file, program)
  try {
    const { stdout, stderr, code } = await run(command, [file], limit)
    const lines = stdout.split('\n')
    const reports = lines.filter((line) => line.startsWith(mark)).map((line) => JSON.parse(line.slice(mark.length)))
    return { reports, trouble: code === 0 ? '' : `ended with ${code}: ${stderr.slice(-2000)}` }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Runs a command to its end, or kills it at the limit, in ms. */
export async function run(
  [command = '', ...first]: readonly string[],
  args: readonly string[],
  limit: number,
  cwd?: string,
): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number | null }> {
  const child = spawn(command, [...first, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limit,
    killSignal: 'SIGKILL',
    env: { ...process.env, NO_COLOR: '1' },
    ...(cwd === undefined ? {} : { cwd }),
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk) => out.push(chunk))
  child.stderr.on('data', (chunk) => err.push(chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  return { stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), code }
}
