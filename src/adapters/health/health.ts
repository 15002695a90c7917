/**
 * Health endpoints: liveness, readiness and startup, for what restarts a process and for what sends it traffic.
 *
 * Liveness ignores dependencies: a process restarted because its database is down comes back to the same database. Readiness
 * depends on them, and fails first when the process ends, so that traffic has moved away before the server closes.
 */

import { realClock } from '../../core/clock.ts'
import { Events } from '../../core/events.ts'
import { ignoreRejection } from '../../core/ignore-rejection.ts'
import { show } from '../../core/options.ts'
import { bodyOf, type HealthFinding } from './body.ts'
import { Drain, type DrainOptions, resolveDrain } from './drain.ts'
import { type HealthHandler, type HealthRequest, handlerOf } from './handler.ts'
import type { HealthDetails, HealthEndpoints, HealthEndpointsOptions } from './health-endpoints.ts'
import { type HealthPhase, Lifecycle } from './lifecycle.ts'
import { kind, levelCheck, type ResolvedHealth, resolveHealth } from './options.ts'
import { HealthParts } from './parts.ts'
import { type DrainOnSignalOptions, onSignals, resolveOnSignal, type SignalSource, signalSource } from './signals.ts'
import { type HealthStatus, verdict } from './verdict.ts'

/**
 * Makes the health endpoints of a service.
 *
 * ```ts
 * import { createServer } from 'node:http'
 * import { healthEndpoints } from 'holdfast/health'
 * const health = healthEndpoints({ checks: { database: () => true } })
 * const server = createServer((request, response) => {
 *   if (request.url === '/livez') health.live(request, response)
 *   else if (request.url === '/readyz') health.ready(request, response)
 *   else response.end('hello')
 * })
 * await health.status() // => 'pass'
 * ```
 *
 * @throws TypeError if an option is invalid.
 */
export function healthEndpoints(options?: HealthEndpointsOptions): HealthEndpoints {
  return new Health(resolveHealth(options))
}

class Health implements HealthEndpoints {
  readonly live: HealthHandler
  readonly ready: HealthHandler
  readonly startup: HealthHandler
  readonly #options: ResolvedHealth
  readonly #events: Events
  readonly #life = new Lifecycle()
  readonly #parts: HealthParts
  readonly #drain: Drain

  constructor(options: ResolvedHealth) {
    const { name = kind, clock = realClock, onFault } = options
    this.#options = options
    this.#events = new Events({ name, kind, clock })
    if (onFault !== undefined) this.#events.on('fault', onFault)
    this.#parts = new HealthParts(options, clock, this.#events)
    this.#drain = new Drain(this.#life, clock, this.#events, name)
    this.live = this.#handler(() => ({ status: 'pass' }))
    this.ready = this.#handler(() => this.#readiness())
    this.startup = this.#handler(() => this.#startup())
  }

  get phase(): HealthPhase {
    return this.#life.phase
  }

  get draining(): boolean {
    return this.#life.end !== undefined
  }

  async status(): Promise<HealthStatus> {
    return (await this.#readiness()).status
  }

  started(): void {
    this.#life.started = true
  }

  drain(options?: DrainOptions): Promise<void> {
    return this.#drain.begin(resolveDrain(kind, options))
  }

  drainOnSignal(source: SignalSource, options?: DrainOnSignalOptions): { stop(): void } {
    const { signals, ...rules } = resolveOnSignal(kind, options)
    const drain = (exit: () => void): Promise<void> => {
      const late = (source: string, error: Error): void => {
        this.#events.fault(source, error)
        exit()
      }
      return this.#drain
        .begin({ ...rules, signal: undefined }, late)
        .catch((error) => this.#events.fault('close', error))
    }
    return onSignals(signalSource(kind, source), signals, drain)
  }

  async #readiness(): Promise<HealthFinding> {
    // A service that will not serve needs no checks.
    const before = this.#refusal()
    if (before !== undefined) return before
    const parts = await this.#parts.read()
    const status = verdict(parts)
    if (status !== 'fail') this.#life.started = true
    return this.#refusal() ?? { status, parts, phase: this.#life.started ? undefined : 'starting' }
  }

  /** The answer that needs no check of any part. */
  #refusal(): HealthFinding | undefined {
    const { phase } = this.#life
    const open = phase === 'serving' || (phase === 'starting' && this.#options.startup === 'checks')
    return open ? undefined : { status: 'fail', phase }
  }

  async #startup(): Promise<HealthFinding> {
    const finding = this.#life.started ? undefined : await this.#readiness()
    return finding === undefined || this.#life.started ? { status: 'pass' } : finding
  }

  #handler(find: () => HealthFinding | Promise<HealthFinding>): HealthHandler {
    return handlerOf(async (request) => {
      const finding = await find()
      const body = bodyOf(finding, this.#options, this.#details(request))
      return { status: finding.status === 'fail' ? 503 : 200, body }
    }, this.#events)
  }

  /** If the function fails, the answer reveals only the status. */
  #details(request: HealthRequest): HealthDetails {
    try {
      const level = this.#options.details(request)
      ignoreRejection(level)
      return levelCheck(level, (expected) => {
        throw new TypeError(`${kind}: details must return ${expected}, got ${show(level)}`)
      })
    } catch (error) {
      this.#events.fault('details', error)
      return 'none'
    }
  }
}
