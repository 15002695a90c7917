/** Runs the command inside the test: with a log of its own, a terminal or none, and a clock that stands still. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { run } from '../../../src/command/run.ts'

export interface Around {
  readonly stdin?: string | readonly Uint8Array[]
  /** The columns of a terminal; none where it is piped. */
  readonly terminal?: number
  readonly env?: Readonly<Record<string, string>>
  readonly now?: string
}

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

export const folder = mkdtempSync(join(tmpdir(), 'holdfast-command-'))

export function removeFolder(): void {
  rmSync(folder, { recursive: true, force: true })
}

/** Writes a log; gives its path. */
export function logOf(name: string, text: string | Uint8Array): string {
  const path = join(folder, name)
  // Another file that shares the process may have removed it.
  mkdirSync(folder, { recursive: true })
  writeFileSync(path, text)
  return path
}

export async function command(argv: readonly string[], around: Around = {}): Promise<Ran> {
  const { stdin = '', terminal, env = {}, now = '2026-02-01T00:00:00Z' } = around
  const said = { out: '', err: '' }
  const to = (stream: 'out' | 'err') => ({
    write: (text: string) => {
      said[stream] += text
    },
    ...(terminal !== undefined && { isTTY: true, columns: terminal }),
  })
  const chunks = typeof stdin === 'string' ? [Buffer.from(stdin)] : stdin
  const host = { stdin: Readable.from(chunks), stdout: to('out'), stderr: to('err'), env }
  const code = await run(argv, host, Date.parse(now))
  return { code, ...said }
}

/** A report on a CSV, or on NDJSON where it begins with a brace. */
export function report(text: string, argv: readonly string[] = [], around: Around = {}): Promise<Ran> {
  return command(['report', '-', ...argv], { ...around, stdin: text })
}

/** The report as JSON, by component. */
export async function reportsOf(text: string, argv: readonly string[] = [], around: Around = {}) {
  const { code, out, err } = await report(text, [...argv, '--format', 'json'], around)
  if (code !== 0) throw new Error(err)
  return (JSON.parse(out) as { components: Record<string, Record<string, never>> }).components
}
