/** workerd, the runtime of Cloudflare Workers, as a server of one worker: everything runs inside requests. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { here } from '../bundle.ts'
import { documents, portable } from '../documents.ts'
import type { FileReport } from '../portable/run-here.ts'
import type { Kind } from './program.ts'

export const workerdKind: Kind = {
  plugins: [documents(portable)],
  // Its own `getEventListeners` knows nothing of signals.
  first: ['node:events', './portable/process.ts'],
  replacements: { 'node:events': `${here}portable/events.ts`, 'node:vm': `${here}portable/vm.ts` },
  start: `export default {
    async fetch(request: Request) {
      return Response.json(await run(new URL(request.url).searchParams.get('file') as string))
    },
  }`,
}

/** A worker as its configuration has it. */
export interface Worker {
  /** Its semantics are those of this date. */
  readonly date: string
  readonly flags: readonly string[]
}

/** A new worker of today has Node's modules. */
export const today: Worker = { date: '2026-11-17', flags: [] }
/** One of before has none, and rejections are told earlier. */
export const bare: Worker = { date: '2025-01-01', flags: [] }
/** As `bare`, with the async contexts alone. */
export const contextsAlone: Worker = { date: '2025-01-01', flags: ['nodejs_als'] }

export interface Served {
  readonly url: string
  /** What it wrote, to show where something failed. */
  said(): string
  close(): Promise<void>
}

/** Serves a worker on a free port of loopback: the text of its main module, and modules that this may import by their names. */
export async function serve(
  binary: string,
  {
    date,
    flags,
    main,
    modules = {},
  }: Worker & { readonly main: string; readonly modules?: Readonly<Record<string, string>> },
): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-workerd-'))
  const all = Object.entries({ main, ...modules })
  for (const [name, text] of all) writeFileSync(join(folder, `${name}.mjs`), text)
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = ["--expose-gc"],
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [${all.map(([name]) => `(name = "${name}", esModule = embed "${name}.mjs")`).join(', ')}],
  compatibilityDate = "${date}",
  compatibilityFlags = ${JSON.stringify(flags)},
);
`
  writeFileSync(join(folder, 'config.capnp'), config)
  const child = spawn(binary, ['serve', '--control-fd=3', join(folder, 'config.capnp')], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk))
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
  })
  const close = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  const port = await Promise.race([portOf(child.stdio[3] as Readable), ended.then(() => undefined)])
  if (port !== undefined) return { url: `http://127.0.0.1:${port}`, said: () => said, close }
  await close()
  throw new Error(said)
}

/** The first line that workerd writes for those who started it names the port. */
function portOf(control: Readable): Promise<number> {
  return new Promise((resolve) => {
    let text = ''
    control.on('data', (chunk) => {
      text += chunk
      const found = /"port":\s*(\d+)/.exec(text)
      if (found !== null) resolve(Number(found[1]))
    })
  })
}

/** Runs each file in a request of its own. */
export async function runInWorkerd(
  binary: string,
  worker: Worker,
  program: string,
  files: readonly string[],
  limit: number,
): Promise<{ readonly reports: readonly FileReport[]; readonly trouble: string }> {
  const server = await serve(binary, { ...worker, main: program })
  const reports: FileReport[] = []
  const troubles: string[] = []
  try {
    for (const file of files) {
      try {
        const answer = await fetch(`${server.url}/?file=${encodeURIComponent(file)}`, {
          signal: AbortSignal.timeout(limit),
        })
        if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
        reports.push((await answer.json()) as FileReport)
      } catch (error) {
        troubles.push(`${file}: ${error}`)
      }
    }
  } finally {
    if (troubles.length > 0) troubles.push(server.said().slice(-2000))
    await server.close()
  }
  return { reports, trouble: troubles.join('\n') }
}
