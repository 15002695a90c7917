/**
 * Registers a member in ZooKeeper, for `zookeeperMembers` of other processes.
 *
 * The data is JSON of the member in the form that a pool accepts. The node is named after the member, so a restarted process
 * takes over its own node.
 */
import { type Clock, realClock } from '../../core/clock.ts'
import type { FaultEvent } from '../../core/events.ts'
import { boolean, type Check, finite, functionOf, optional, resolveOptions, text } from '../../core/options.ts'
import { policyChecks } from '../../core/policy-checks.ts'
import { type Random, systemRandom } from '../../core/random.ts'
import type { MemberOptions } from '../../failover/options.ts'
import { nameOf, nodeName } from './member-data.ts'
import { type ConnectOptions, connectChecks, nameCheck, pathCheck } from './options.ts'
import { NodeRegistration, type RegistrationState } from './registration.ts'

export interface RegisterOptions<Target = string> extends ConnectOptions {
  /** The parent of the member's node. Missing parents are created. */
  readonly path: string
  /** The member to register, with optional weight, zone and priority. The target must be serialisable as JSON. */
  readonly member: MemberOptions<Target>
  /** The name of the node. Default: the member's name or its target, with path separators escaped. */
  readonly name?: string
  /** Whether the servers append a number to the name, so that it conflicts with no other node. Default false. */
  readonly sequential?: boolean
  /** Called with each failure, `source` `'zookeeper'` or `'onState'`; it recovers by itself. Default: one warning per source. */
  readonly onFault?: (fault: FaultEvent) => unknown
  /** Called on each change of `state`. Default: none. */
  readonly onState?: (state: RegistrationState) => unknown
  /** Default: the real clock. */
  readonly clock?: Clock
  /** Jitters waits. Default: `Math.random`. */
  readonly random?: Random
}

/** A member that is registered until it is closed. */
export interface Registration<Target = string> {
  readonly state: RegistrationState
  /** The path of the node; undefined while it is not registered. */
  readonly path: string | undefined
  /** Resolves when the node exists for the first time. Rejects when it is closed before, or when the signal aborts. */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>
  /**
   * Changes the registered member, for example `{ weight: 0 }`. Resolves when the change is written, as soon as a server can be
   * reached. @throws TypeError if it is invalid.
   */
  update(changes: Partial<MemberOptions<Target>>): Promise<void>
  /** Removes the member and ends the session, at once if there is a connection. Resolves when the connection is closed. */
  close(): Promise<void>
}

const targetCheck: Check<unknown> = (value, fail) =>
  value === null || value === '' || JSON.stringify(value) === undefined
    ? fail('a value that JSON can represent')
    : value

const number: Check<number> = (value, fail) =>
  typeof value === 'number' && Number.isFinite(value) ? value : fail('a finite number')

function resolved(given: unknown) {
  return resolveOptions('register: member', given, {
    target: targetCheck,
    name: optional(text, undefined),
    weight: optional(finite(0), undefined),
    zone: optional(text, undefined),
    priority: optional(number, undefined),
  })
}

/**
 * Registers a member, and keeps it registered through lost connections and sessions until it is closed.
 *
 * ```ts
 * import { register } from 'holdfast/zookeeper'
 * const registration = register({
 *   connect: 'zoo1:2181,zoo2:2181',
 *   path: '/services/api',
 *   member: { target: 'http://10.0.0.1:8080', weight: 2 },
 * })
 * await registration.close()
 * ```
 *
 * @throws TypeError if an option is invalid.
 */
export function register<Target = string>(options: RegisterOptions<Target>): Registration<Target> {
  const given = resolveOptions('register', options, {
    ...connectChecks,
    path: pathCheck,
    member: resolved,
    name: optional(nameCheck, undefined),
    sequential: optional(boolean, false as boolean),
    onFault: optional(functionOf<(fault: FaultEvent) => unknown>(), undefined),
    onState: optional(functionOf<(state: RegistrationState) => unknown>(), undefined),
    clock: policyChecks.clock,
    random: policyChecks.random,
  })
  const { name, clock = realClock, random = systemRandom, ...rules } = given
  let { member } = given
  const node = new NodeRegistration(name ?? nodeName(nameOf(member)), JSON.stringify(member), {
    ...rules,
    clock,
    random,
  })
  return {
    get state() {
      return node.state
    },
    get path() {
      return node.path
    },
    ready: ({ signal } = {}) => node.ready(signal),
    update(changes) {
      member = resolved({ ...member, ...changes })
      return node.write(JSON.stringify(member))
    },
    close: () => node.close(),
  }
}
