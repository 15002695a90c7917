/**
 * A live dashboard of policies, pools, components and objectives, as one handler under one path.
 *
 * While a page is open, facts are read once a tick for all pages. Otherwise nothing runs but a sample of the counts of calls
 * every 5 s.
 */
import { realClock } from '../../core/clock.ts'
import type { AnyPolicy, BasePolicy } from '../../core/policy.ts'
import { policiesOf } from '../../metrics/options.ts'
import type { ServerAnswer } from '../../serving/answer.ts'
import type { ServerRequest } from '../../serving/request.ts'
import { jsonAnswer } from './answers.ts'
import { CallHistory } from './call-history.ts'
import { ControlHandler } from './control/control-handler.ts'
import { controlActions } from './control/control-target.ts'
import { DataAnswers } from './data-answers.ts'
import { ComponentFacts } from './facts/component-facts.ts'
import { FactStore } from './facts/fact-store.ts'
import { ObjectiveFacts } from './facts/objective-facts.ts'
import { faultsOf } from './faults.ts'
import { type DashboardHandler, handlerOf, type OtherQuery } from './handler.ts'
import { type DashboardOptions, kind, resolveDashboard } from './options.ts'
import { WatchedPolicies } from './policies/watched-policies.ts'
import { RequestError } from './request/request-error.ts'
import { StreamHub } from './stream/stream-hub.ts'
import { helloText } from './wire/encoding.ts'
import { wireVersion } from './wire/messages.ts'

export interface Dashboard {
  /** Serves the page and its requests, at whatever path it is mounted. May be passed on as a bare function. */
  readonly handler: DashboardHandler
  /** Shows a policy, with all policies inside it, until `stop()`. */
  watch(policy: AnyPolicy): { stop(): void }
  /** Ends all streams, releases the breakers that the page isolated, and unsubscribes from every policy. */
  close(): void
}

/**
 * Makes a dashboard.
 *
 * ```ts
 * import { availabilityTracker } from 'holdfast/availability'
 * import { circuitBreaker } from 'holdfast/circuit-breaker'
 * import { dashboard } from 'holdfast/dashboard'
 * const stock = circuitBreaker({ name: 'stock' })
 * const tracker = availabilityTracker()
 * tracker.watch(stock)
 * const board = dashboard({ tracker, policies: [stock] })
 * const page = await board.handler(new Request('http://localhost/holdfast'))
 * page.headers.get('content-type') // => 'text/html; charset=utf-8'
 * ```
 *
 * @throws TypeError if an option is invalid.
 */
export function dashboard(options?: DashboardOptions): Dashboard {
  const resolved = resolveDashboard(options)
  const { tracker, title, zone, every, maxClients, keep, hosts, timeout, onFault, name = kind } = resolved
  const { control: decide, clock = realClock } = resolved
  const events = faultsOf(name, clock, onFault)
  const facts = new FactStore(events)
  const policies = new WatchedPolicies(facts, clock)
  const given = policiesOf(kind, resolved.policies, [])
  const history = new CallHistory(clock, events, keep, () => policies.counts)
  const control = decide && new ControlHandler(decide, policies.views, events, clock, timeout)
  const answers = new DataAnswers(tracker, clock, zone)
  if (tracker !== undefined) {
    facts.add(new ComponentFacts(tracker, clock, events, every))
    facts.add(new ObjectiveFacts(tracker, clock, events, every))
  }
  const hello = (at: number, stream: string): string => {
    const persisted = tracker === undefined ? null : tracker.persistence != null
    const controls = control ? controlActions : []
    const fixed = { version: wireVersion, title, stream, persisted, at, controls }
    return helloText(fixed, facts.all, history.samples)
  }
  const hub = new StreamHub(facts, clock, events, { every, maxClients, hello })
  let closed = false
  const answer = async (query: OtherQuery, request: ServerRequest): Promise<ServerAnswer> => {
    if (query.topic === 'heartbeat') {
      if (hub.heartbeat(query.name)) return jsonAnswer(200, {})
      throw new RequestError(404, 'unknown stream')
    }
    if (query.topic !== 'control') return answers.to(query)
    if (control === undefined) throw new RequestError(404, 'controls are not enabled')
    await control.perform(request)
    return jsonAnswer(200, {})
  }
  const watch = (policy: BasePolicy): { stop(): void } => {
    const stop = policies.watch(policy)
    history.start()
    return {
      stop() {
        stop()
        if (policies.size === 0) history.stop()
      },
    }
  }
  for (const policy of given) watch(policy)
  return {
    handler: handlerOf({ hub, hosts, answer, isClosed: () => closed }, events),
    watch(policy) {
      const [checked] = policiesOf(kind, [policy], policies.names)
      return closed ? { stop() {} } : watch(checked as BasePolicy)
    },
    close() {
      closed = true
      hub.close()
      history.stop()
      policies.stop()
    },
  }
}
