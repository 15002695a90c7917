/**
 * Applies what a failover pool measures to HAProxy, so that traffic outside the pool follows it too.
 *
 * Health becomes weight, and the administrative state becomes HAProxy's state: the two are independent, and changes that an
 * operator makes in HAProxy itself are left alone. An ejected member gets weight 0, not a drain: the next process overwrites
 * a weight, while a drain left by a process that died would stay for ever. Each run reads the current settings and changes
 * only what differs, so a restarted HAProxy is corrected. Failures are reported as faults, never thrown.
 */
import { type Clock, realClock } from '../../core/clock.ts'
import { Events, type FaultEvent, type Listener } from '../../core/events.ts'
import { boolean, duration, functionOf, isRecord, optional, ratio, resolveOptions, show } from '../../core/options.ts'
import { policyChecks } from '../../core/policy-checks.ts'
import { type AnyPool, onPoolChange, poolPolicy } from '../../reconcile/followed-pool.ts'
import { ReconcileLoop } from '../../reconcile/reconcile-loop.ts'
import { nameCheck } from './arguments.ts'
import { type DesiredServer, DesiredState } from './desired-state.ts'
import type { HaproxyRuntime } from './haproxy-runtime.ts'
import type { ServerState } from './servers-state.ts'
import type { SteerHaproxyOptions, Steering } from './steering.ts'

/**
 * Sets the weights and states of a backend of HAProxy from the members of a failover pool.
 *
 * ```ts
 * import { failoverPool } from 'holdfast/failover'
 * import { haproxyRuntime, steerHaproxy } from 'holdfast/haproxy'
 * const pool = failoverPool([{ target: 'http://10.0.0.1', name: 'a' }, { target: 'http://10.0.0.2', name: 'b' }])
 * const start = () => steerHaproxy(pool, haproxyRuntime({ path: '/run/haproxy/admin.sock' }), { backend: 'api' })
 * ```
 *
 * @throws TypeError if an argument is invalid.
 */
export function steerHaproxy(pool: AnyPool, runtime: HaproxyRuntime, options: SteerHaproxyOptions): Steering {
  return new HaproxySteering(pool, runtime, options)
}

class HaproxySteering implements Steering {
  readonly #pool: AnyPool
  readonly #runtime: HaproxyRuntime
  readonly #backend: string
  readonly #server: (member: string) => string
  readonly #every: number
  readonly #clock: Clock
  readonly #events: Events
  readonly #desired: DesiredState
  readonly #loop: ReconcileLoop<void>
  readonly #unfollow: () => void
  readonly #ended = new AbortController()
  /** Servers whose weight was set, and those whose state was set to other than ready. */
  readonly #weighed = new Set<string>()
  readonly #held = new Set<string>()
  #learntAt = Number.NEGATIVE_INFINITY
  #closed: Promise<void> | undefined = undefined

  constructor(pool: AnyPool, runtime: HaproxyRuntime, given: unknown) {
    const kind = 'steerHaproxy'
    const policy = poolPolicy(kind, pool)
    if (!isRecord(runtime) || typeof runtime['serversState'] !== 'function') {
      throw new TypeError(`${kind}: runtime must be the result of haproxyRuntime, got ${show(runtime)}`)
    }
    const { name, clock, backend, server, every, panic, onFault } = resolveOptions(kind, given, {
      backend: nameCheck,
      server: optional(functionOf<(member: string) => string>(), (member: string) => member),
      every: optional(duration('> 0'), 1000 as number),
      panic: optional(ratio, 0.5 as number),
      onFault: optional(functionOf<Listener<FaultEvent>>(), undefined),
      name: policyChecks.name,
      clock: policyChecks.clock,
    })
    this.#pool = pool
    this.#runtime = runtime
    this.#backend = backend
    this.#server = server
    this.#every = every
    this.#clock = clock ?? policy.knownClock ?? realClock
    this.#desired = new DesiredState(panic)
    this.#events = new Events({ name: name ?? kind, kind, clock: this.#clock })
    if (onFault !== undefined) this.#events.on('fault', onFault)
    this.#loop = new ReconcileLoop(kind, this.#clock, { run: () => this.#run(), pauseAfter: () => this.#every })
    this.#unfollow = onPoolChange(policy, () => this.#loop.changed())
  }

  close(options?: { readonly keep?: boolean }): Promise<void> {
    const { keep } = resolveOptions('steerHaproxy', options, { keep: optional(boolean, false as boolean) })
    this.#closed ??= this.#close(keep)
    return this.#closed
  }

  async #close(keep: boolean): Promise<void> {
    this.#unfollow()
    this.#ended.abort()
    await this.#loop.close()
    if (keep) return
    const backend = this.#backend
    for (const server of this.#weighed) {
      await this.#try('haproxy', () => this.#runtime.setWeight(backend, server, '100%'))
    }
    for (const server of this.#held) {
      await this.#try('haproxy', () => this.#runtime.setState(backend, server, 'ready'))
    }
  }

  async #run(): Promise<void> {
    const options = { signal: this.#ended.signal, background: true }
    const states = await this.#try('haproxy', () => this.#runtime.serversState(this.#backend, options))
    if (states === undefined) return
    const { members } = this.#pool
    const now = this.#clock.now()
    // Runs caused by events must not make the factors move faster.
    if (Math.abs(now - this.#learntAt) >= this.#every / 2) {
      this.#learntAt = now
      this.#desired.learn(members)
    }
    for (const [member, desired] of this.#desired.of(members)) {
      const state = await this.#try('server', () => this.#find(member, states))
      if (state !== undefined) await this.#try('haproxy', () => this.#set(state, desired, options))
    }
  }

  #find(member: string, states: readonly ServerState[]): ServerState {
    const name = this.#server(member)
    const state = states.find(({ server }) => server === name)
    if (state === undefined) throw new TypeError(`steerHaproxy: ${this.#backend} has no server ${show(name)}`)
    return state
  }

  async #set(
    state: ServerState,
    { weight, admin }: DesiredServer,
    options: { readonly signal: AbortSignal; readonly background: boolean },
  ): Promise<void> {
    const [runtime, backend, server] = [this.#runtime, this.#backend, state.server]
    // Recorded first: a command that fails may have been carried out.
    if (state.weight !== weight) {
      this.#weighed.add(server)
      await runtime.setWeight(backend, server, weight, options)
    }
    if (admin === 'ready') {
      // A state that was set elsewhere is left alone.
      if (!this.#held.has(server)) return
      await runtime.setState(backend, server, admin, options)
      this.#held.delete(server)
    } else if (state.admin !== admin) {
      this.#held.add(server)
      await runtime.setState(backend, server, admin, options)
    }
  }

  /** The result of `action`. Undefined if it fails, which is reported as a fault. */
  async #try<Value>(source: string, action: () => Value | Promise<Value>): Promise<Value | undefined> {
    try {
      return await action()
    } catch (error) {
      if (this.#closed === undefined || error !== this.#ended.signal.reason) this.#events.fault(source, error)
      return undefined
    }
  }
}
