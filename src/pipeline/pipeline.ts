/**
 * Pipeline: policies around one call, first listed outermost. A pipeline is itself a policy; nested ones are flattened.
 *
 * It re-emits the events of its members under their own names, and subscribes to them only while it has a listener.
 */
import type { Call, CallOptions } from '../core/call/call.ts'
import { inheriting } from '../core/call/inheritance.ts'
import type { Operation } from '../core/call/scope.ts'
import type { Clock } from '../core/clock.ts'
import type { Description } from '../core/description.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { BaseEvents, Interest } from '../core/events.ts'
import type { Layer } from '../core/hooks.ts'
import { idleSinceOf } from '../core/idle-since.ts'
import { boolean, isRecord, optional, refuseOption, resolveOptions } from '../core/options.ts'
import { type AnyPolicy, BasePolicy, type Policy } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { policyOf } from '../core/policy-of.ts'
import type { Random } from '../core/random.ts'
import { type Explanation, explanation } from './explain.ts'

/** The options of a pipeline. */
export interface PipelineSettings {
  /** Default `'pipeline'`. */
  readonly name?: string
  /** Given to every member without a clock of its own. */
  readonly clock?: Clock
  /** Given to every member without a source of its own. */
  readonly random?: Random
  /**
   * Calls inherit deadline, priority, key and retry depth from `runWithCall` of `holdfast/context` around them. Default false. In a
   * pipeline within another one it has no effect.
   */
  readonly inherit?: boolean
  /** Whether it throws where `explain()` would warn. Default false. */
  readonly strict?: boolean
}

type Types<P extends readonly AnyPolicy[]> = NonNullable<P[number]['~types']>
/** What an operation may give: the meet of what the members accept. */
export type Accepted<P extends readonly AnyPolicy[]> = [Types<P>] extends [{ accepts: (value: infer A) => void }]
  ? A
  : unknown
/** What the members give in place of the operation's value. */
export type Added<P extends readonly AnyPolicy[]> = Types<P>['adds']
/** What the members give to the operation. */
export type Given<P extends readonly AnyPolicy[]> = [Types<P>] extends [{ gives: (given: infer G) => void }]
  ? G
  : unknown
type Join<Union> = (Union extends unknown ? (value: Union) => void : never) extends (value: infer All) => void
  ? All
  : never
/** The events of all members. An event two kinds of members have carries either payload. */
export type Emitted<P extends readonly AnyPolicy[]> = {
  [E in KeysOf<Types<P>['emits']>]: PayloadOf<Types<P>['emits'], E>
}
type KeysOf<Union> = Union extends unknown ? keyof Union : never
type PayloadOf<Union, E> = Union extends unknown ? (E extends keyof Union ? Union[E] : never) : never

export interface Pipeline<Accepts = unknown, Adds = never, Gives = unknown, Emits extends object = BaseEvents>
  extends Policy<Accepts, Adds, Gives, Emits> {
  /** Its policies, outermost first, with their resolved options: as data, and as text. */
  explain(): Explanation
}

export type PipelineOf<P extends readonly AnyPolicy[]> = Pipeline<
  Accepted<P>,
  Added<P>,
  Given<P>,
  Join<BaseEvents | Emitted<P>> & object
>

/**
 * Puts policies around one call, first listed outermost.
 *
 * ```ts
 * import { pipeline } from 'holdfast/pipeline'
 * import { retry } from 'holdfast/retry'
 * import { timeout } from 'holdfast/timeout'
 * const stock = pipeline('stock', timeout('3s'), retry(2), timeout('800ms'))
 * await stock.execute(async ({ signal }) => {
 *   const response = await fetch('http://localhost/', { signal })
 *   if (!response.ok) throw new Error(`HTTP ${response.status}`)
 *   return response.text()
 * })
 * ```
 *
 * @throws TypeError where an argument is no policy, or a member already has another clock than the pipeline's; with `strict`, where `explain()` warns.
 */
export function pipeline<const P extends readonly AnyPolicy[]>(
  name: string | PipelineSettings,
  ...policies: P
): PipelineOf<P>
export function pipeline<const P extends readonly AnyPolicy[]>(...policies: P): PipelineOf<P>
export function pipeline(...given: readonly unknown[]): Pipeline {
  const [first] = given
  const isSettings = isRecord(first) && policyOf(first) === undefined && !(first instanceof Promise)
  const settled = typeof first === 'string' || isSettings
  const settings = resolveOptions('pipeline', typeof first === 'string' ? { name: first } : settled ? first : {}, {
    ...policyChecks,
    inherit: optional(boolean, false),
    strict: optional(boolean, false as boolean),
  })
  const PipelineClass = settings.inherit ? InheritingPipeline : PipelinePolicy
  return new PipelineClass(settings, members(settled ? given.slice(1) : given))
}

function members(given: readonly unknown[]): readonly BasePolicy[] {
  return given.map((value, index) => {
    const member = policyOf(value)
    return member ?? refuseOption('pipeline', `policy ${index + 1}`, 'a policy', value)
  })
}

interface ResolvedPipelineSettings {
  readonly name: string | undefined
  readonly clock: Clock | undefined
  readonly random: Random | undefined
  readonly strict: boolean
}

class PipelinePolicy extends BasePolicy implements Pipeline {
  protected readonly traits = {}
  protected readonly emits = []
  protected readonly options = {}
  readonly #members: readonly BasePolicy[]
  readonly #linked: readonly BasePolicy[]
  readonly #relays = new Map<string, (payload: object) => void>()

  constructor(settings: ResolvedPipelineSettings, members: readonly BasePolicy[]) {
    for (const member of members) member.checkAdoption(settings.clock)
    // Without a clock of its own, it uses its members' clock for its events.
    const clock = settings.clock ?? members.find((member) => member.knownClock !== undefined)?.knownClock
    super('pipeline', { ...settings, clock })
    this.#members = [...new Set(members)]
    this.#linked = members
    // Before it changes any member.
    if (settings.strict) this.#refuseWarnings()
    for (const member of members) member.adopt(settings)
  }

  protected override link(): readonly Layer[] {
    return this.#linked.flatMap((member) => member.layers)
  }

  override checkAdoption(clock: Clock | undefined): void {
    super.checkAdoption(clock)
    for (const member of this.#members) member.checkAdoption(clock)
  }

  override adopt(context: { readonly clock?: Clock | undefined; readonly random?: Random | undefined }): void {
    super.adopt(context)
    for (const member of this.#members) member.adopt(context)
  }

  override get parts(): readonly BasePolicy[] {
    return this.#linked
  }

  override idleSince(): Milliseconds | undefined {
    return idleSinceOf(this.#members)
  }

  override describe(): Description {
    const parts = this.#linked.map((member) => member.describe())
    const events = [...new Set(parts.flatMap((part) => part.events))]
    return { ...super.describe(), events, parts }
  }

  #refuseWarnings(): void {
    const { warnings } = this.explain()
    if (warnings.length === 0) return
    const list = warnings.map(({ text }) => `\n* ${text.replaceAll('\n', '\n  ')}`).join('')
    throw new TypeError(`pipeline: ${JSON.stringify(this.name)} is strict, and has warnings:${list}`)
  }

  explain(): Explanation {
    return explanation(this.describe())
  }

  override demand(event: string, wanted: boolean, interest: Interest): void {
    // A call is the pipeline's own; everything else happens in a member.
    if (event === 'call') return
    const known = this.#relays.get(event)
    const relay = known ?? ((payload: object) => this.events.relay(event, payload))
    for (const { events } of this.#members) {
      if (wanted) events.addRelay(event, relay, interest)
      else events.removeRelay(event, relay)
    }
    if (wanted) this.#relays.set(event, relay)
    else this.#relays.delete(event)
  }
}

/** A pipeline whose calls inherit from the call around them. */
class InheritingPipeline extends PipelinePolicy {
  override execute<T>(operation: (call: Call) => T | PromiseLike<T>, options?: CallOptions): Promise<Awaited<T>> {
    const inherited = inheriting(operation as Operation, options, this)
    if (inherited === undefined) return super.execute(operation, options)
    return super.execute(inherited.operation as typeof operation, inherited.options)
  }
}
