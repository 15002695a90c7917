/**
 * A client of HAProxy's runtime API, the commands of its stats socket.
 *
 * HAProxy answers a command that sets something with an empty line on success and with a sentence on failure; that sentence
 * becomes the error. Invariant: no part of a name can become a command, since a `;` would start another one.
 */
import { type Clock, realClock } from '../../core/clock.ts'
import { boolean, duration, integer, oneOf, optional, resolveOptions, show, text } from '../../core/options.ts'
import { policyChecks } from '../../core/policy-checks.ts'
import type { AdminState } from '../../failover/members/member-status.ts'
import { adminWords } from './agent-line.ts'
import { check, commandCheck, nameCheck, serverPath, signalCheck, weightCheck } from './arguments.ts'
import { exchange, type RuntimeAddress } from './exchange.ts'
import { HaproxyError } from './haproxy-error.ts'
import type { CommandOptions, HaproxyRuntime, HaproxyRuntimeOptions, HaproxyWeight } from './haproxy-runtime.ts'
import { portCheck } from './ports.ts'
import { readServersState, type ServerState } from './servers-state.ts'
import { readStat, type StatRow } from './stat.ts'

/** Answers that refuse any command. */
const refusals = /^(?:Unknown command|Permission denied)/

/**
 * Makes a client of HAProxy's runtime API, on a `stats socket … level admin`.
 *
 * ```ts
 * import { haproxyRuntime } from 'holdfast/haproxy'
 * const haproxy = haproxyRuntime({ path: '/run/haproxy/admin.sock' })
 * const halve = () => haproxy.setWeight('api', 'a', '50%')
 * ```
 *
 * @throws TypeError if an option is invalid.
 */
export function haproxyRuntime(options: HaproxyRuntimeOptions): HaproxyRuntime {
  return new Runtime(options)
}

class Runtime implements HaproxyRuntime {
  readonly #name: string
  readonly #clock: Clock
  readonly #address: RuntimeAddress
  readonly #timeout: number

  constructor(given: unknown) {
    const kind = 'haproxyRuntime'
    const { name, clock, path, port, host, timeout } = resolveOptions(kind, given, {
      path: optional(text, undefined),
      port: optional(portCheck(1), undefined),
      host: optional(text, '127.0.0.1'),
      timeout: optional(duration('> 0'), 2000 as number),
      name: policyChecks.name,
      clock: policyChecks.clock,
    })
    this.#name = name ?? kind
    this.#clock = clock ?? realClock
    this.#timeout = timeout
    if (path !== undefined && port === undefined) this.#address = { path }
    else if (port !== undefined && path === undefined) this.#address = { host, port }
    else throw new TypeError(`${kind}: exactly one of path and port must be given, got ${show(path)} and ${show(port)}`)
  }

  async command(command: string, options?: CommandOptions): Promise<string> {
    const answer = await this.#send(check('command', commandCheck, command), options)
    if (refusals.test(answer)) throw new HaproxyError(command, answer)
    return answer
  }

  async weight(backend: string, server: string, options?: CommandOptions) {
    const command = `get weight ${serverPath(backend, server)}`
    const answer = await this.#send(command, options)
    const [, weight, initial] = /^(\d+) \(initial (\d+)\)$/.exec(answer) ?? []
    if (weight === undefined) throw new HaproxyError(command, answer)
    return { weight: Number(weight), initial: Number(initial) }
  }

  setWeight(backend: string, server: string, weight: HaproxyWeight, options?: CommandOptions): Promise<void> {
    return this.#set(
      () => `set server ${serverPath(backend, server)} weight ${check('weight', weightCheck, weight)}`,
      options,
    )
  }

  setState(backend: string, server: string, state: AdminState, options?: CommandOptions): Promise<void> {
    const words = oneOf('ready', 'drain', 'maintenance')
    return this.#set(
      () => `set server ${serverPath(backend, server)} state ${adminWords[check('state', words, state)]}`,
      options,
    )
  }

  setHealth(
    backend: string,
    server: string,
    health: 'up' | 'stopping' | 'down',
    options?: CommandOptions,
  ): Promise<void> {
    const words = oneOf('up', 'stopping', 'down')
    return this.#set(
      () => `set server ${serverPath(backend, server)} health ${check('health', words, health)}`,
      options,
    )
  }

  setMaxConnections(backend: string, server: string, count: number, options?: CommandOptions): Promise<void> {
    return this.#set(
      () => `set maxconn server ${serverPath(backend, server)} ${check('count', integer(0), count)}`,
      options,
    )
  }

  async stat(options?: CommandOptions): Promise<readonly StatRow[]> {
    const command = 'show stat'
    return readStat(command, await this.#send(command, options))
  }

  async serversState(backend?: string, options?: CommandOptions): Promise<readonly ServerState[]> {
    const command = `show servers state${backend === undefined ? '' : ` ${check('backend', nameCheck, backend)}`}`
    return readServersState(command, await this.#send(command, options))
  }

  async #set(make: () => string, options: CommandOptions | undefined): Promise<void> {
    const command = make()
    const answer = await this.#send(command, options)
    if (answer !== '') throw new HaproxyError(command, answer)
  }

  #send(command: string, options: CommandOptions | undefined): Promise<string> {
    const { signal, background } = resolveOptions('haproxyRuntime', options, {
      signal: optional(signalCheck, undefined),
      background: optional(boolean, false as boolean),
    })
    const [name, clock, address, timeout] = [this.#name, this.#clock, this.#address, this.#timeout]
    return exchange(command, { name, clock, address, timeout, signal, background })
  }
}
