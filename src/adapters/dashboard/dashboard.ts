/**
 * A live dashboard of what policies, pools, components and objectives know, as one handler under one path.
 *
 * Facts are read when somebody looks on: then once a tick for all who do. Else nothing runs, but for a sample of the counts
 * of calls each 5 s.
 */
import { realClock } from '../../core/clock.ts'
import type { AnyPolicy, BasePolicy } from '../../core/policy.ts'
import { policiesOf } from '../../metrics/options.ts'
import type { ServerAnswer } from '../../serving/answer.ts'
import type { ServerRequest } from '../../serving/request.ts'
import { Past } from './call-history.ts'
import { Control, controlActions } from './control/control-handler.ts'
import { Answering, jsonAnswer } from './data-answers.ts'
import { ComponentFacts } from './facts/component-facts.ts'
import { Board } from './facts/fact-store.ts'
import { ObjectiveFacts } from './facts/objective-facts.ts'
import { faultsOf } from './faults.ts'
import { type DashboardHandler, handlerOf } from './handler.ts'
import { json } from './json.ts'
import { type DashboardOptions, kind, resolveDashboard } from './options.ts'
import { Policies } from './policies/watched-policies.ts'
import type { Question } from './request/query.ts'
import { Refusal } from './request/request-error.ts'
import { Hub } from './stream/stream-hub.ts'
import { type Hello, wireVersion } from './wire/facts.ts'

export interface Dashboard {
  /** Serves the page and all it asks for, at whatever path it is mounted. Stands free of its object. */
  readonly handler: DashboardHandler
  /** Shows a policy, with all that is inside of it, until it is stopped. */
  watch(policy: AnyPolicy): { stop(): void }
  /** Ends all streams, releases what the page has isolated, and lets go of every policy. Twice is once. */
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
 * @throws TypeError where an option is wrong.
 */
export function dashboard(options?: DashboardOptions): Dashboard {
  const resolved = resolveDashboard(options)
  const {
    tracker,
    title,
    zone,
    every,
    maxClients,
    keep,
    hosts,
    timeout,
    control: decide,
    onFault,
    name = kind,
  } = resolved
  const { clock = realClock } = resolved
  const events = faultsOf(name, clock, onFault)
  const board = new Board(events)
  const policies = new Policies(board, clock)
  const roots = policiesOf(kind, resolved.policies, [])
  const past = new Past(clock, events, keep, () => policies.counts)
  const control = decide && new Control(decide, policies.book, events, clock, timeout)
  const answering = new Answering(tracker, clock, zone)
  if (tracker !== undefined) {
    board.add(new ComponentFacts(tracker, clock, events, every))
    board.add(new ObjectiveFacts(tracker, clock, events, every))
  }
  const hello = (at: number, facts: readonly string[], stream: string): string => {
    const kept = tracker === undefined ? null : tracker.persistence != null
    const fixed = { version: wireVersion, title, stream, kept, at, controls: control ? controlActions : [] }
    const head = json(fixed satisfies Omit<Hello, 'facts' | 'past'>).slice(0, -1)
    return `${head},"facts":{${facts.join(',')}},"past":[${past.samples.join(',')}]}`
  }
  const hub = new Hub(board, clock, events, { every, maxClients, hello })
  let closed = false
  const answer = async (question: Question, request: ServerRequest): Promise<ServerAnswer> => {
    if (question.of === 'seen') {
      if (hub.seen(question.name)) return jsonAnswer(200, {})
      throw new Refusal(404, 'no such stream')
    }
    if (question.of !== 'control') return answering.data(question as Parameters<Answering['data']>[0])
    if (control === undefined) throw new Refusal(404, 'there are no controls')
    await control.perform(request)
    return jsonAnswer(200, {})
  }
  const watch = (policy: BasePolicy): { stop(): void } => {
    const stop = policies.watch(policy)
    past.start()
    return {
      stop() {
        stop()
        if (policies.size === 0) past.stop()
      },
    }
  }
  for (const root of roots) watch(root)
  return {
    handler: handlerOf({ hub, hosts, answer, isClosed: () => closed }, events),
    watch(policy) {
      const [root] = policiesOf(kind, [policy], policies.names)
      return closed ? { stop() {} } : watch(root as BasePolicy)
    },
    close() {
      closed = true
      hub.close()
      past.stop()
      policies.stop()
    },
  }
}
