/**
 * Keeps an `upstream` of Nginx in step with a failover pool: writes a file that Nginx includes, and has it read again.
 *
 * A reload starts new workers, so changes are gathered: one write and one reload in `every` at most, and none where the text
 * is the same. A reload that failed is owed, and made up for at the next turn. Nginx keeps serving by its last good
 * configuration whatever happens here; nothing that fails is thrown but to who called `flush`.
 */

import { TimedCheck } from '../../core/checks/timed-check.ts'
import { type Clock, realClock } from '../../core/clock.ts'
import { Events, type FaultEvent, type Listener } from '../../core/events.ts'
import { boolean, duration, functionOf, optional, ratio, resolveOptions, show, text } from '../../core/options.ts'
import { type BasePolicy, policyChecks, policyOf } from '../../core/policy.ts'
import { Alarm } from '../../core/timer.ts'
import type { MemberStatus } from '../../failover/member.ts'
import { hangUp } from './reload.ts'
import { serversOf } from './servers.ts'
import { ruleChecks, upstreamBlock } from './upstream-block.ts'
import type { AnyPool, Reload, UpstreamFile, UpstreamFileOptions } from './upstream-follower.ts'
import { writeWhole } from './written-file.ts'
import { type WrittenMembers, writtenMembers } from './written-members.ts'

const followed = ['membersChanged', 'eject', 'restore', 'admin'] as const
/** Events come in bursts; one turn does for all of them. */
const settleFor = 10
/** How often is looked at a slow start, which no event accompanies. */
const step = 1000
const heading = '# Kept by holdfast: what is changed here by hand is overwritten.\n'

/**
 * Writes a pool's members to a file that Nginx includes, and reloads Nginx when it has changed.
 *
 * ```ts
 * import { failoverPool } from 'holdfast/failover'
 * import { upstreamFile } from 'holdfast/nginx'
 * const pool = failoverPool(['10.0.0.1:8000', '10.0.0.2:8000'])
 * const start = () =>
 *   upstreamFile(pool, { upstream: 'api', path: '/etc/nginx/conf.d/api.conf', pidFile: '/run/nginx.pid' })
 * ```
 *
 * @throws TypeError where an argument is wrong.
 */
export function upstreamFile(pool: AnyPool, options: UpstreamFileOptions): UpstreamFile {
  return new Follower(pool, options)
}

class Follower implements UpstreamFile {
  readonly #pool: AnyPool
  readonly #policy: BasePolicy
  readonly #options: ReturnType<typeof resolve>
  readonly #reload: Reload
  readonly #clock: Clock
  readonly #events: Events
  readonly #look: TimedCheck
  readonly #next = new Alarm(() => this.#turn(), true)
  readonly #soon = (): void => this.#rest(settleFor)
  /** From when on it may be written again. */
  #freeAt = Number.NEGATIVE_INFINITY
  #owed = false
  #running: Promise<boolean> | undefined = undefined
  /** Ends the wait for a reload. */
  #giveUp: ((error: unknown) => void) | undefined = undefined
  #closed = false
  /** Members that were told to be left out. */
  #leftOut: ReadonlySet<string> = new Set()

  constructor(pool: AnyPool, given: unknown) {
    const policy = policyOf(pool)
    if (policy?.kind !== 'failoverPool') throw new TypeError(`${kind}: pool must be a failover pool, got ${show(pool)}`)
    const options = resolve(given)
    this.#pool = pool
    this.#policy = policy
    this.#options = options
    const { reload, pidFile, name, clock, onFault } = options
    if ((reload === undefined) === (pidFile === undefined)) {
      throw new TypeError(`${kind}: pidFile must be given, or reload, and not both, got ${show(pidFile)}`)
    }
    this.#reload = reload ?? (() => hangUp(pidFile as string))
    this.#clock = clock ?? policy.knownClock ?? realClock
    this.#look = new TimedCheck(this.#clock, options.timeout, 'reload')
    this.#events = new Events({ name: name ?? kind, kind, clock: this.#clock })
    if (onFault !== undefined) this.#events.on('fault', onFault)
    for (const event of followed) policy.events.on(event, this.#soon)
    this.#schedule(0)
  }

  get text(): string {
    return this.#textOf(this.#written())
  }

  #written(): WrittenMembers {
    return writtenMembers(this.#pool.members, this.#options.target, this.#options.names)
  }

  #textOf({ written }: WrittenMembers): string {
    const { upstream, directives, maxFails, failTimeout, panic } = this.#options
    const servers = serversOf(written, panic)
    return heading + upstreamBlock({ upstream, directives, maxFails, failTimeout, servers })
  }

  flush(): Promise<boolean> {
    // A turn under way may have read the pool already.
    const before = this.#running?.catch(() => {}) ?? Promise.resolve()
    const running = before.then(() => this.#write())
    this.#running = running
    const rest = (): void => {
      if (this.#running === running) this.#running = undefined
    }
    running.then(rest, rest)
    return running
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const event of followed) this.#policy.events.off(event, this.#soon)
    this.#clock.cancel(this.#next)
    this.#look.stop()
    this.#giveUp?.(ended())
    await this.#running?.catch(() => {})
  }

  #schedule(after: number): void {
    const now = this.#clock.now()
    if (this.#next.list !== undefined) {
      if (this.#next.at <= now + after) return
      this.#clock.cancel(this.#next)
    }
    this.#clock.schedule(this.#next, after, now)
  }

  #turn(): void {
    const { refresh } = this.#options
    this.flush().then(
      () => this.#rest(this.#pool.members.some(({ warmth }) => warmth < 1) ? Math.min(step, refresh) : refresh),
      (error) => {
        if (!this.#closed) this.#events.fault('nginx', error)
        this.#rest(refresh)
      },
    )
  }

  /** The next turn comes after so long, or when it may be written again. */
  #rest(after: number): void {
    if (!this.#closed) this.#schedule(Math.max(after, this.#freeAt - this.#clock.now()))
  }

  async #write(): Promise<boolean> {
    if (this.#closed) throw ended()
    const found = this.#written()
    for (const [name, error] of found.leftOut) if (!this.#leftOut.has(name)) this.#events.fault('nginx', error)
    this.#leftOut = new Set(found.leftOut.keys())
    // Nobody is known yet, or no more; Nginx would refuse an upstream of nobody.
    if (found.written.length === 0) return false
    const changed = await writeWhole(this.#options.path, this.#textOf(found))
    if (changed) {
      this.#freeAt = this.#clock.now() + this.#options.every
      this.#owed = true
    }
    if (this.#owed && !this.#closed) await this.#tell()
    return changed
  }

  #tell(): Promise<void> {
    if (this.#look.running) return Promise.reject(new Error(`${kind}: the reload before has not ended`))
    return new Promise((resolve, reject) => {
      this.#giveUp = reject
      this.#look.begin(
        (signal) => this.#reload({ signal }),
        (good, error) => {
          if (!good) {
            reject(error)
            return
          }
          this.#owed = false
          resolve()
        },
      )
    })
  }
}

const kind = 'upstreamFile'

function ended(): Error {
  return new Error(`${kind}: it is closed`)
}

function resolve(given: unknown) {
  return resolveOptions(kind, given, {
    ...ruleChecks,
    path: text,
    pidFile: optional(text, undefined),
    reload: optional(functionOf<Reload>(), undefined),
    target: optional(
      functionOf<(member: MemberStatus<unknown>) => unknown>(),
      ({ target }: MemberStatus<unknown>) => target,
    ),
    names: optional(boolean, false as boolean),
    every: optional(duration('>= 0'), 1000 as number),
    refresh: optional(duration('> 0'), 5000 as number),
    timeout: optional(duration('> 0'), 10_000 as number),
    panic: optional(ratio, 0.5 as number),
    onFault: optional(functionOf<Listener<FaultEvent>>(), undefined),
    name: policyChecks.name,
    clock: policyChecks.clock,
  })
}
