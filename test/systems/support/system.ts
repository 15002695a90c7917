/**
 * Real servers for tests: found, started on free ports of loopback, waited for, and stopped.
 *
 * Where a program is not installed its tests are skipped with the reason in their name; with `HOLDFAST_REQUIRE_SYSTEMS=1`,
 * as in CI, that is a failure instead.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, it } from 'vitest'

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']

/** Where a program lies, or undefined. */
export function pathOf(program: string): string | undefined {
  return folders
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/** Tests that need real programs (or files, by absolute path). */
export function describeSystem(name: string, needs: readonly string[], body: () => void): void {
  const missing = needs.filter((need) => pathOf(need) === undefined && !present(need))
  if (missing.length === 0) describe(name, body)
  else if (process.env['HOLDFAST_REQUIRE_SYSTEMS'] === '1') {
    describe(name, () => {
      it(`needs ${missing.join(', ')}`, () => {
        throw new Error(`not installed: ${missing.join(', ')}`)
      })
    })
  } else describe.skip(`${name} (not installed: ${missing.join(', ')})`, body)
}

function present(path: string): boolean {
  if (!path.startsWith('/')) return false
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export async function freePorts(count: number): Promise<readonly number[]> {
  // Held together, so that none is given twice.
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** A folder that goes when the tests of this file have ended. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

export interface Running {
  readonly child: ChildProcess
  readonly pid: number
  /** What it has printed. */
  readonly output: () => string
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
  /** Ends it, whatever state it is in, and waits for that. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

const alive = new Set<Running>()

/** Starts a program, and waits until `ready` says so. Whatever is left at the end of the file is killed. */
export async function launch(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly ready?: () => Promise<unknown>; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Running> {
  const child = spawn(pathOf(program) ?? program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (output += data.toString()))
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', (error) => {
      output += String(error)
      resolve()
    })
  })
  const running: Running = {
    child,
    pid: child.pid ?? -1,
    output: () => output,
    ended,
    async stop(signal = 'SIGTERM') {
      // One that was stopped hears nothing else.
      child.kill('SIGCONT')
      child.kill(signal)
      const late = setTimeout(() => child.kill('SIGKILL'), 5000)
      await ended
      clearTimeout(late)
      alive.delete(running)
    },
  }
  alive.add(running)
  void ended.then(() => alive.delete(running))
  if (options.ready !== undefined) {
    const gone = ended.then(() => {
      throw new Error(`${program} ended before it was ready:\n${output}`)
    })
    await Promise.race([options.ready(), gone])
  }
  return running
}

// Registered for the file that imports this; a worker of the test runner does not tell its end otherwise.
afterAll(async () => {
  await Promise.all([...alive].map((running) => running.stop('SIGKILL')))
})

/** Asks until it is so; a refusal or `false` means not yet. */
export async function until(what: () => unknown, within = 15_000, every = 20): Promise<void> {
  const end = performance.now() + within
  let last: unknown
  for (;;) {
    try {
      if ((await what()) !== false) return
    } catch (error) {
      last = error
    }
    if (performance.now() > end) throw new Error(`not so within ${within} ms`, { cause: last })
    await pause(every)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Whether something listens on a port of loopback. */
export function listens(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
    socket.once('error', reject)
  })
}
