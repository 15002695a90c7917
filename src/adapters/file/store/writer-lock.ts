/**
 * Ensures one writer per file: an empty file beside it, whose name identifies the writing process.
 *
 * The name has the id and start time of the process, so the lock of a process that has ended is recognised even if its id is
 * in use again. A writer creates its lock first and then looks for others: of two concurrent writers, at least one sees the
 * other. Processes on other machines or in other containers cannot be seen.
 */
import { open, readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import node, { kill, pid as ownPid } from 'node:process'
import { StoreError } from '../../../availability/persistence/store-error.ts'
import { realClock } from '../../../core/clock.ts'
import { codeOf, removeFile, writtenOf } from './whole-file.ts'

export class WriterLock {
  readonly #path: string
  #mine: string | undefined = undefined

  constructor(path: string) {
    this.#path = path
  }

  /** @throws StoreError if another process writes. */
  async take(): Promise<void> {
    if (this.#mine !== undefined) return
    const folder = dirname(this.#path)
    const own = `${this.#prefix}${ownPid}-${(await beginningOf(ownPid)) ?? ownBeginning}`
    await make(join(folder, own), this.#path)
    try {
      for (const [name, pid, began] of await this.#locks()) {
        if (name === own) continue
        if (await isAlive(Number(pid), began)) locked(this.#path, pid)
        await removeFile(join(folder, name))
      }
    } catch (error) {
      await removeFile(join(folder, own))
      throw error
    }
    this.#mine = join(folder, own)
  }

  /** Ensures that it still holds the lock, or takes it again if the file was removed. @throws StoreError if another process holds one. */
  async hold(): Promise<void> {
    const mine = this.#mine as string
    if ((await writtenOf(mine)) !== undefined) return
    await make(mine, this.#path)
    const [, other] = (await this.#locks()).find(([name]) => name !== basename(mine)) ?? []
    if (other === undefined) return
    await removeFile(mine)
    locked(this.#path, `${other}, which cannot see this one`)
  }

  async release(): Promise<void> {
    const mine = this.#mine
    this.#mine = undefined
    if (mine !== undefined) await removeFile(mine)
  }

  get #prefix(): string {
    return `${basename(this.#path)}.lock-`
  }

  /** Names of files, with the process that made each and when that began. */
  async #locks(): Promise<readonly (readonly [name: string, pid: string, began: string])[]> {
    const prefix = this.#prefix
    const names = (await readdir(dirname(this.#path))).filter((name) => name.startsWith(prefix))
    return names.flatMap((name) => {
      const [, pid, began] = /^(\d+)-(.+)$/.exec(name.slice(prefix.length)) ?? []
      return pid === undefined || began === undefined ? [] : [[name, pid, began] as const]
    })
  }
}

/** Used if the system does not report start times. Deno exports no `uptime` by name, so it is read from the process. */
const ownBeginning = `t${Math.round(realClock.wall() - node.uptime() * 1000)}`

async function make(name: string, path: string): Promise<void> {
  try {
    await (await open(name, 'wx')).close()
  } catch (error) {
    if (codeOf(error) === 'EEXIST') locked(path, `${ownPid}, this one`)
    throw error
  }
}

async function isAlive(pid: number, began: string): Promise<boolean> {
  if (!exists(pid)) return false
  const known = await beginningOf(pid)
  if (known !== undefined) return known === began
  return pid !== ownPid
}

function exists(pid: number): boolean {
  try {
    kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
  return true
}

/**
 * The start of a process, on Linux: the boot, and the ticks since it. A zombie counts as ended.
 */
async function beginningOf(pid: number): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name of the program is in brackets, and may contain anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? 'gone' : `${boot.slice(0, 8)}.${fields[19]}`
  } catch {
    return undefined
  }
}

function locked(path: string, who: string): never {
  throw new StoreError(`fileStore: ${path} is being written by process ${who}`, 'HF_STORE_LOCKED', { path })
}
