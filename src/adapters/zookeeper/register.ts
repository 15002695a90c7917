/**
 * Registers a member in ZooKeeper: what `zookeeperMembers` of others finds.
 *
 * The data is JSON of the member as a pool takes it. The node is named after the member, so that a process that is started
 * again takes its own place.
 */
import { type Clock, realClock } from '../../core/clock.ts'
import type { FaultEvent } from '../../core/events.ts'
import { boolean, type Check, finite, functionOf, optional, resolveOptions, text } from '../../core/options.ts'
import { policyChecks } from '../../core/policy.ts'
import { type Random, systemRandom } from '../../core/random.ts'
import type { MemberOptions } from '../../failover/options.ts'
import { nameOf, nodeName } from './member-data.ts'
import { type ConnectOptions, connectChecks, nameCheck, pathCheck } from './options.ts'
import { NodeRegistration, type RegistrationState } from './registration.ts'

export interface RegisterOptions<Target = string> extends ConnectOptions {
  /** The node below which the member's stands. It and those above it are made where they are not there. */
  readonly path: string
  /** Who is registered, with weight, zone and priority where it has any. The target must have a form in JSON. */
  readonly member: MemberOptions<Target>
  /** The name of the node. Default: the member's name, or its target; what parts paths is escaped. */
  readonly name?: string
  /** The servers put a number behind the name, so that the node is in nobody's way. Default false. */
  readonly sequential?: boolean
  /** Told of what failed, with `source` `'zookeeper'` or `'onState'`; it goes on by itself. Default: one warning a source. */
  readonly onFault?: (fault: FaultEvent) => unknown
  /** Told of each change of `state`. Default: nobody is. */
  readonly onState?: (state: RegistrationState) => unknown
  /** Default: the real clock. */
  readonly clock?: Clock
  /** Spreads waits. Default: `Math.random`. */
  readonly random?: Random
}

/** A member that is registered until it is closed. */
export interface Registration<Target = string> {
  readonly state: RegistrationState
  /** Where the node stands; undefined while that is not known. */
  readonly path: string | undefined
  /** Resolves when the node has stood for the first time; rejects when it is closed before, or the signal says so. */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>
  /**
   * Changes what is registered, as `{ weight: 0 }`. Resolves when it is written, which it is as soon as a server can be
   * reached. @throws TypeError where it is wrong.
   */
  update(changes: Partial<MemberOptions<Target>>): Promise<void>
  /** Takes the member out and ends the session, at once where a server can be told; resolves when the connection is gone. */
  close(): Promise<void>
}

const targetCheck: Check<unknown> = (value, fail) =>
  value === null || value === '' || JSON.stringify(value) === undefined ? fail('a value with a form in JSON') : value

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
 * @throws TypeError where an option is wrong.
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
