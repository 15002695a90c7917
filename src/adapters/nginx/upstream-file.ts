/**
 * Keeps an `upstream` of Nginx in step with a failover pool: writes a file that Nginx includes, and reloads Nginx.
 *
 * A reload starts new workers, so changes are batched: at most one write and one reload in `every`, and none if the text is
 * the same. A reload that failed is tried again at the next run. Nginx keeps its last good configuration whatever happens
 * here. Failures are reported as faults; only `flush` rejects.
 */

import { TimedCheck } from '../../core/checks/timed-check.ts'
import { type Clock, realClock } from '../../core/clock.ts'
import type { Milliseconds } from '../../core/duration.ts'
import { Events, type FaultEvent, type Listener } from '../../core/events.ts'
import { boolean, duration, functionOf, optional, ratio, resolveOptions, show, text } from '../../core/options.ts'
import { policyChecks } from '../../core/policy-checks.ts'
import type { MemberStatus } from '../../failover/members/member-status.ts'
import { type AnyPool, onPoolChange, poolPolicy } from '../../reconcile/followed-pool.ts'
import { ReconcileLoop } from '../../reconcile/reconcile-loop.ts'
import { hangUp } from './reload.ts'
import { serversOf } from './servers.ts'
import { ruleChecks, upstreamBlock } from './upstream-block.ts'
import type { Reload, UpstreamFile, UpstreamFileOptions } from './upstream-file-types.ts'
import { writeWhole } from './written-file.ts'
import { type WrittenMembers, writtenMembers } from './written-members.ts'

const kind = 'upstreamFile'
/** How often the weights of a slow start are read, in ms: no event reports them. */
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
 * @throws TypeError if an argument is invalid.
 */
export function upstreamFile(pool: AnyPool, options: UpstreamFileOptions): UpstreamFile {
  return new FollowingFile(pool, options)
}

class FollowingFile implements UpstreamFile {
  readonly #pool: AnyPool
  readonly #options: ReturnType<typeof resolve>
  readonly #reload: Reload
  readonly #clock: Clock
  readonly #events: Events
  readonly #reloading: TimedCheck
  readonly #loop: ReconcileLoop<boolean>
  readonly #unfollow: () => void
  /** The file has changed since the last reload that succeeded. */
  #owed = false
  /** Ends the wait for a reload. */
  #giveUp: ((error: unknown) => void) | undefined = undefined
  /** Names of the members whose omission has been reported. */
  #leftOut: ReadonlySet<string> = new Set()

  constructor(pool: AnyPool, given: unknown) {
    const policy = poolPolicy(kind, pool)
    const options = resolve(given)
    this.#pool = pool
    this.#options = options
    const { reload, pidFile, name, clock, onFault } = options
    if ((reload === undefined) === (pidFile === undefined)) {
      throw new TypeError(`${kind}: exactly one of pidFile and reload must be given, got ${show(pidFile)}`)
    }
    this.#reload = reload ?? (() => hangUp(pidFile as string))
    this.#clock = clock ?? policy.knownClock ?? realClock
    this.#reloading = new TimedCheck(this.#clock, options.timeout, 'reload')
    this.#events = new Events({ name: name ?? kind, kind, clock: this.#clock })
    if (onFault !== undefined) this.#events.on('fault', onFault)
    this.#loop = new ReconcileLoop(kind, this.#clock, {
      run: () => this.#run(),
      pauseAfter: (outcome) => this.#pauseAfter(outcome),
    })
    this.#unfollow = onPoolChange(policy, () => this.#loop.changed())
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
    return this.#loop.flush()
  }

  async close(): Promise<void> {
    this.#unfollow()
    const closed = this.#loop.close()
    this.#reloading.stop()
    this.#giveUp?.(this.#loop.closedError())
    await closed
  }

  #pauseAfter(outcome: PromiseSettledResult<boolean>): Milliseconds {
    const { refresh } = this.#options
    if (outcome.status === 'fulfilled') {
      return this.#pool.members.some(({ warmth }) => warmth < 1) ? Math.min(step, refresh) : refresh
    }
    if (!this.#loop.closed) this.#events.fault('nginx', outcome.reason)
    return refresh
  }

  async #run(): Promise<boolean> {
    const found = this.#written()
    for (const [name, error] of found.leftOut) if (!this.#leftOut.has(name)) this.#events.fault('nginx', error)
    this.#leftOut = new Set(found.leftOut.keys())
    // Nginx refuses an upstream without servers.
    if (found.written.length === 0) return false
    const changed = await writeWhole(this.#options.path, this.#textOf(found))
    if (changed) {
      this.#loop.postpone(this.#options.every)
      this.#owed = true
    }
    if (this.#owed && !this.#loop.closed) await this.#reloadOnce()
    return changed
  }

  #reloadOnce(): Promise<void> {
    if (this.#reloading.running) return Promise.reject(new Error(`${kind}: the previous reload is still running`))
    return new Promise((resolve, reject) => {
      this.#giveUp = reject
      this.#reloading.begin(
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
