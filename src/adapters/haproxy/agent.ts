/**
 * Answers HAProxy's agent check from inside the service: its health, whether it drains, and how much weight it can take.
 *
 * Both the user's functions, called at each check, and the methods `drain`, `maintain` and `ready` set the administrative
 * state; the stricter of the two is sent. If a function fails, the line omits its part and HAProxy keeps the last value: a
 * bug in a function must neither take a server out nor bring one back.
 */

import { realClock } from '../../core/clock.ts'
import { Events, type FaultEvent, type Listener } from '../../core/events.ts'
import { ignoreRejection } from '../../core/ignore-rejection.ts'
import { boolean, type Check, functionOf, isRecord, optional, resolveOptions, show, text } from '../../core/options.ts'
import { policyChecks } from '../../core/policy-checks.ts'
import type { AdminState } from '../../failover/members/member-status.ts'
import { type AgentState, agentLine, type ResolvedAgentState, resolveState } from './agent-line.ts'
import type { AgentAxis, HaproxyAgent, HaproxyAgentOptions } from './haproxy-agent.ts'
import { type AgentAddress, LineServer } from './line-server.ts'
import { portCheck } from './ports.ts'

const leastWeight = 0.01
const strictness: readonly AdminState[] = ['ready', 'drain', 'maintenance']
const axes: readonly AgentAxis[] = ['health', 'admin', 'weight']

const axesCheck: Check<readonly AgentAxis[]> = (value, fail) =>
  Array.isArray(value) && value.every((each) => axes.includes(each))
    ? [...value]
    : fail("an array of 'health', 'admin', 'weight'")

/**
 * Makes an agent for HAProxy's `agent-check`.
 *
 * ```ts
 * import { haproxyAgent } from 'holdfast/haproxy'
 * const agent = haproxyAgent({ port: 9001, utilisation: () => 0.25 })
 * agent.line() // => 'up ready 75%\n'
 * agent.drain()
 * agent.line() // => 'up drain 75%\n'
 * ```
 *
 * @throws TypeError if an option is invalid.
 */
export function haproxyAgent(options: HaproxyAgentOptions): HaproxyAgent {
  return new Agent(options)
}

class Agent implements HaproxyAgent {
  readonly #state: (() => unknown) | undefined
  readonly #utilisation: (() => unknown) | undefined
  readonly #speaksOf: ReadonlySet<AgentAxis>
  readonly #events: Events
  readonly #server: LineServer
  #admin: AdminState = 'ready'

  constructor(given: unknown) {
    const kind = 'haproxyAgent'
    const {
      name = kind,
      clock = realClock,
      onFault,
      state,
      utilisation,
      speaksOf,
      ...where
    } = resolveOptions(kind, given, {
      port: portCheck(0),
      host: optional(text, '127.0.0.1'),
      state: optional(functionOf<() => unknown>(), undefined),
      utilisation: optional(functionOf<() => unknown>(), undefined),
      speaksOf: optional(axesCheck, axes),
      background: optional(boolean, true as boolean),
      onFault: optional(functionOf<Listener<FaultEvent>>(), undefined),
      name: policyChecks.name,
      clock: policyChecks.clock,
    })
    this.#events = new Events({ name, kind, clock })
    if (onFault !== undefined) this.#events.on('fault', onFault)
    this.#state = state
    this.#utilisation = utilisation
    this.#speaksOf = new Set(speaksOf)
    const failed = (error: unknown): void => this.#events.fault('server', error)
    this.#server = new LineServer(clock, { ...where, line: () => this.line(), failed })
  }

  get admin(): AdminState {
    return this.#admin
  }

  drain(): void {
    this.#admin = 'drain'
  }

  maintain(): void {
    this.#admin = 'maintenance'
  }

  ready(): void {
    this.#admin = 'ready'
  }

  listen(): Promise<AgentAddress> {
    return this.#server.listen()
  }

  close(): Promise<void> {
    return this.#server.close()
  }

  line(): string {
    const known = this.#ask('state', this.#state, {}, readState)
    return agentLine(known === undefined ? this.#withoutState() : this.#withState(known))
  }

  /** The answer while the state is unknown: only what `drain` or `maintain` set. */
  #withoutState(): AgentState {
    return this.#speaksOf.has('admin') && this.#admin !== 'ready' ? { admin: this.#admin } : {}
  }

  #withState({ health = 'up', admin = 'ready', weight, ...others }: ResolvedAgentState): AgentState {
    const speaks = this.#speaksOf
    return {
      ...others,
      health: speaks.has('health') ? health : undefined,
      admin: speaks.has('admin') ? stricter(this.#admin, admin) : undefined,
      weight: speaks.has('weight') ? (weight ?? this.#ask('utilisation', this.#utilisation, 0, readFree)) : undefined,
    }
  }

  /** Calls a function of the user and validates its result with `read`. Undefined if either fails. */
  #ask<Value>(
    source: string,
    ask: (() => unknown) | undefined,
    otherwise: unknown,
    read: (given: unknown) => Value,
  ): Value | undefined {
    try {
      const given = ask === undefined ? otherwise : ask()
      ignoreRejection(given)
      return read(given)
    } catch (error) {
      this.#events.fault(source, error)
      return undefined
    }
  }
}

function readState(given: unknown): ResolvedAgentState {
  // A promise has none of the fields, so it would pass as a state that omits everything: up.
  if (isRecord(given) && 'then' in given) throw new TypeError('haproxyAgent: state must not be async')
  return resolveState('haproxyAgent: state', given)
}

/** The share of the weight that is free. */
function readFree(utilisation: unknown): number {
  if (typeof utilisation === 'number' && utilisation >= 0) return Math.max(leastWeight, 1 - utilisation)
  throw new TypeError(`haproxyAgent: utilisation must be a number >= 0, got ${show(utilisation)}`)
}

function stricter(one: AdminState, other: AdminState): AdminState {
  return strictness.indexOf(one) > strictness.indexOf(other) ? one : other
}
