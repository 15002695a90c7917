/**
 * Members from a file that a deployment tool, a mounted ConfigMap or a person writes.
 *
 * The file is read when its folder reports a change, and each `every`, since not every file system reports changes. If the file
 * is half written, invalid, empty or missing, the last list stays. A change during a read causes another read. A file whose
 * reading hangs takes one thread of the process, however often it is due.
 */
import { basename, dirname } from 'node:path'
import { type Duration, duration, functionOf, isRecord, optional, resolveOptions, show } from '../../core/options.ts'
import { Alarm } from '../../core/timer.ts'
import { type PollOptions, pollChecks, polled } from '../../failover/sources/polled.ts'
import type { MemberSink, MemberSource, MemberWatch } from '../../failover/sources/source.ts'
import { FolderWatch } from './folder-watch.ts'
import { readAlone } from './one-read.ts'
import { pathOf } from './path-of.ts'

export interface FileMembersOptions<Target = string>
  extends Pick<PollOptions<Target>, 'initial' | 'every' | 'jitter' | 'timeout'> {
  /** How long after the first sign of a change the file is read, so that a write in pieces is read once. Default 50 ms. */
  readonly settle?: Duration
  /** Parses the members, or an object with `members`, from the text. Default: as JSON. */
  readonly parse?: (text: string) => unknown
}

interface ResolvedFileOptions {
  readonly every: number
  readonly jitter: number
  readonly timeout: number
  readonly settle: number
  readonly parse: (text: string) => unknown
}

/**
 * The members that a file lists, followed as it changes.
 *
 * ```ts
 * import { failoverPool } from 'holdfast/failover'
 * import { fileMembers } from 'holdfast/file'
 * const api = failoverPool(fileMembers('/etc/shop/members.json', { initial: ['http://localhost:8001'] }))
 * api.close()
 * ```
 *
 * @throws TypeError if the path or an option is invalid.
 */
export function fileMembers<Target = string>(
  path: string | URL,
  options?: FileMembersOptions<Target>,
): MemberSource<Target> {
  const file = pathOf('fileMembers', path)
  const { initial, ...rules } = resolveOptions('fileMembers', options, {
    initial: pollChecks.initial,
    every: pollChecks.every,
    jitter: pollChecks.jitter,
    timeout: pollChecks.timeout,
    settle: optional(duration('> 0'), 50 as number),
    parse: optional(functionOf<(text: string) => unknown>(), jsonIn),
  })
  return { kind: 'file', initial, watch: (sink) => new FileWatch(file, rules, sink) }
}

class FileWatch implements MemberWatch {
  readonly #file: string
  readonly #rules: ResolvedFileOptions
  readonly #sink: MemberSink
  readonly #folder: FolderWatch
  readonly #poll: MemberWatch
  readonly #settled = new Alarm(() => this.#read(), true)
  /** The signal of the current read. */
  #reading: AbortSignal | undefined = undefined
  /** The folder reported the change that caused this read, so it is watched already. */
  #reported = false
  /** The file changed while it was being read. */
  #again = false
  #closed = false

  constructor(file: string, { parse, settle, ...rules }: ResolvedFileOptions, sink: MemberSink) {
    this.#file = file
    this.#rules = { parse, settle, ...rules }
    this.#sink = sink
    this.#folder = new FolderWatch(dirname(file), basename(file), () => this.#soon())
    this.#poll = polled({
      ...rules,
      refresh: 0,
      kind: 'file',
      ask: async ({ signal }) => {
        this.#reading = signal
        try {
          return await this.#ask(signal)
        } finally {
          if (this.#reading === signal) this.#reading = undefined
          if (this.#again) this.#soon()
        }
      },
    }).watch(sink)
  }

  close(): void {
    this.#closed = true
    this.#sink.clock.cancel(this.#settled)
    this.#folder.close()
    this.#poll.close()
  }

  async #ask(signal: AbortSignal) {
    const text = await readAlone(this.#file, signal, () => {
      // Watches before it reads, so no change in between is missed.
      if (!this.#reported) this.#folder.renew()
      this.#reported = false
    })
    const value = await this.#parsed(text)
    const members = isRecord(value) ? value['members'] : value
    if (!Array.isArray(members)) {
      throw new TypeError(`fileMembers: ${this.#file} has no array of members, got ${show(members)}`)
    }
    const fault = this.#folder.takeFault()
    return { members, faults: fault === undefined ? [] : [fault] }
  }

  async #parsed(text: string): Promise<unknown> {
    try {
      return await this.#rules.parse(text)
    } catch (error) {
      const why = error instanceof Error ? error.message : show(error)
      throw new TypeError(`fileMembers: ${this.#file} cannot be parsed: ${why}`, { cause: error })
    }
  }

  #soon(): void {
    this.#again = false
    if (!this.#closed && this.#settled.list === undefined) this.#sink.clock.schedule(this.#settled, this.#rules.settle)
  }

  #read(): void {
    if (this.#reading?.aborted === false) {
      this.#again = true
      return
    }
    this.#reported = true
    this.#poll.refresh?.()
  }
}

function jsonIn(text: string): unknown {
  // Some editors begin a file with a byte order mark.
  return JSON.parse(text.replace(/^\uFEFF/, ''))
}
