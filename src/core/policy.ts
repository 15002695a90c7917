/**
 * A policy wraps an async call; a pipeline of policies is itself a policy.
 *
 * `Policy` is what users see. `BasePolicy` is what the modules extend: names, clock, events, and the layer that represents the
 * policy in every chain it is linked into.
 */
import type { Call, CallOptions } from './call/call.ts'
import type { CallInterceptor, CallStarter } from './call/call-observer.ts'
import type { CallOwner } from './call/call-owner.ts'
import { Chain } from './call/chain.ts'
import type { Operation } from './call/scope.ts'
import { type Clock, realClock } from './clock.ts'
import type { Contribution, Description } from './description.ts'
import type { Milliseconds } from './duration.ts'
import { checkEvent } from './event-names.ts'
import { type BaseEvents, Events, type Interest, type Listener } from './events.ts'
import { type Hooks, Layer, type Traits } from './hooks.ts'
import { policyBrand } from './policy-brand.ts'
import { type Random, systemRandom } from './random.ts'
import { wrapped } from './wrapped.ts'

/** What every factory takes beside its own options. */
export interface PolicyOptions {
  /** The name in events, errors and metrics. Default: the kind. */
  readonly name?: string
  /** Default: the pipeline's clock, otherwise the real clock. */
  readonly clock?: Clock
  /** Default: the pipeline's source, otherwise `Math.random`. */
  readonly random?: Random
}

/**
 * Wraps async calls.
 *
 * `Accepts` is what operations may give, `Adds` what the policy may give instead, `Gives` what operations get beside the
 * fields of `Call`, `Emits` its events.
 */
export interface Policy<Accepts = unknown, Adds = never, Gives = unknown, Emits extends object = BaseEvents> {
  readonly name: string
  readonly kind: string
  /** For types only: never present. */
  readonly '~types'?: {
    accepts: (value: Accepts) => void
    adds: Adds
    gives: (given: Gives) => void
    emits: Emits
  }
  /** Runs the operation under the policy. It starts before `execute` returns. */
  execute<T extends Accepts>(
    operation: (call: Call & Gives) => T | PromiseLike<T>,
    options?: CallOptions,
  ): Promise<Awaited<T> | Adds>
  /**
   * The function under the policy: same parameters, same `this`. It does not get the call: for a function that takes a signal
   * use `withCall`.
   */
  wrap<This, Args extends readonly unknown[], R>(
    fn: (this: This, ...args: Args) => R,
    options?: (...args: Args) => CallOptions | undefined,
  ): (this: This, ...args: Args) => Promise<Awaited<R> | Adds>
  /**
   * The same for a function whose first parameter is the call, so that it can pass `call.signal` on: `(call, id) => …`
   * becomes `(id) => …`. `this` is kept.
   */
  withCall<This, Args extends readonly unknown[], R>(
    fn: (this: This, call: Call & Gives, ...args: Args) => R,
    options?: (...args: Args) => CallOptions | undefined,
  ): (this: This, ...args: Args) => Promise<Awaited<R> | Adds>
  on<E extends keyof Emits>(event: E, listener: Listener<Emits[E]>): this
  once<E extends keyof Emits>(event: E, listener: Listener<Emits[E]>): this
  off<E extends keyof Emits>(event: E, listener?: Listener<Emits[E]>): this
}

/** Any policy, whatever it accepts, adds, gives and emits. */
export interface AnyPolicy {
  readonly name: string
  readonly kind: string
  readonly '~types'?: {
    accepts: (value: never) => void
    adds: unknown
    gives: (given: never) => void
    emits: object
  }
  execute(operation: never, options?: CallOptions): Promise<unknown>
}

interface PolicySettings {
  readonly name?: string | undefined
  readonly clock?: Clock | undefined
  readonly random?: Random | undefined
}

export abstract class BasePolicy<Accepts = unknown, Adds = never, Gives = unknown, Emits extends object = BaseEvents>
  implements Policy<Accepts, Adds, Gives, Emits>, CallOwner
{
  declare readonly '~types'?: NonNullable<Policy<Accepts, Adds, Gives, Emits>['~types']>
  readonly name: string
  readonly kind: string
  readonly events: Events
  #clock: Clock | undefined
  #random: Random | undefined
  /** The clock is the real one or a pipeline's, not one from its own options. */
  #adopted = false
  #layers: readonly Layer[] | undefined
  #intercepted = false
  #chain: Pick<CallStarter, 'run'> | undefined

  constructor(kind: string, settings: PolicySettings) {
    this.kind = kind
    this.name = settings.name ?? kind
    this.#clock = settings.clock
    this.#random = settings.random
    this.events = new Events(this)
  }

  /** The policy's clock. The first read fixes it: without a clock so far, it takes the real one. */
  get clock(): Clock {
    if (this.#clock === undefined) {
      this.#clock = realClock
      this.#adopted = true
    }
    return this.#clock
  }

  get random(): Random {
    this.#random ??= systemRandom
    return this.#random
  }

  /** Its layers in a chain: one, or those of all members of a pipeline. */
  get layers(): readonly Layer[] {
    this.#layers ??= this.link()
    return this.#layers
  }

  protected abstract readonly traits: Traits
  protected abstract readonly options: object
  protected abstract readonly emits: readonly string[]

  protected link(): readonly Layer[] {
    return [new Layer(this as Hooks, this.traits)]
  }

  /** Called when one of its events gets its first listener, and when it loses the last; see `EventsOwner`. */
  demand(_event: string, _wanted: boolean, _interest: Interest): void {}

  /** The clock if it has one yet. Reading this fixes none, so getters use it. */
  get knownClock(): Clock | undefined {
    return this.#clock
  }

  /** Takes a pipeline's clock and random source, each unless it has its own. */
  adopt(context: { readonly clock?: Clock | undefined; readonly random?: Random | undefined }): void {
    this.checkAdoption(context.clock)
    if (context.clock !== undefined && this.#clock === undefined) {
      this.#clock = context.clock
      this.#adopted = true
    }
    this.#random ??= context.random
  }

  /** Throws if `adopt` would. A pipeline asks all members first, so that a refused pipeline changes none. */
  checkAdoption(clock: Clock | undefined): void {
    if (clock !== undefined && this.#adopted && this.#clock !== clock) {
      throw new TypeError(`${this.kind}: ${JSON.stringify(this.name)} already has another clock`)
    }
  }

  /** The policies it consists of, outermost first. */
  get parts(): readonly BasePolicy[] {
    return []
  }

  /**
   * Since when, in its clock, it holds nothing that would be lost with it; undefined while it does. Default: it never holds
   * anything, as long as no call is inside.
   */
  idleSince(): Milliseconds | undefined {
    return Number.NEGATIVE_INFINITY
  }

  /** What `explain()` has to know of it. Default: nothing, so the worst case of its pipelines is not known. */
  contribution(): Contribution | undefined {
    return undefined
  }

  describe(): Description {
    const { name, kind, options, emits } = this
    return { name, kind, options, events: emits, parts: [], members: [], self: this }
  }

  execute<T extends Accepts>(
    operation: (call: Call & Gives) => T | PromiseLike<T>,
    options?: CallOptions,
  ): Promise<Awaited<T> | Adds> {
    this.#chain ??= new Chain(this.layers, this)
    return this.#chain.run(operation as unknown as Operation, options) as Promise<Awaited<T> | Adds>
  }

  /**
   * Lets `interceptor` start every call of this policy, until the returned function is called. Only one at a time.
   * @throws TypeError if the policy has an interceptor already.
   */
  intercept(interceptor: CallInterceptor): () => void {
    if (this.#intercepted) throw new TypeError(`${this.kind}: ${JSON.stringify(this.name)} already has an observer`)
    const chain = new Chain(this.layers, this)
    const starter: Pick<CallStarter, 'run'> = { run: (operation, options) => interceptor(chain, operation, options) }
    this.#chain = starter
    this.#intercepted = true
    return () => {
      if (this.#chain !== starter) return
      this.#chain = chain
      this.#intercepted = false
    }
  }

  get intercepted(): boolean {
    return this.#intercepted
  }

  wrap<This, Args extends readonly unknown[], R>(
    fn: (this: This, ...args: Args) => R,
    options?: (...args: Args) => CallOptions | undefined,
  ): (this: This, ...args: Args) => Promise<Awaited<R> | Adds> {
    const operation = (self: This, args: Args) => () => fn.apply(self, args as unknown as Args & unknown[])
    return wrapped(this, 'wrap', fn, options, operation) as (this: This, ...args: Args) => Promise<Awaited<R> | Adds>
  }

  withCall<This, Args extends readonly unknown[], R>(
    fn: (this: This, call: Call & Gives, ...args: Args) => R,
    options?: (...args: Args) => CallOptions | undefined,
  ): (this: This, ...args: Args) => Promise<Awaited<R> | Adds> {
    const operation = (self: This, args: Args) => (call: Call & Gives) =>
      fn.apply(self, [call, ...args] as unknown as [Call & Gives, ...Args])
    return wrapped(this, 'withCall', fn, options, operation) as (
      this: This,
      ...args: Args
    ) => Promise<Awaited<R> | Adds>
  }

  on<E extends keyof Emits>(event: E, listener: Listener<Emits[E]>): this {
    checkEvent(event, this.events, () => this.describe().events)
    this.events.on(event as string, listener as Listener<never>)
    return this
  }

  once<E extends keyof Emits>(event: E, listener: Listener<Emits[E]>): this {
    checkEvent(event, this.events, () => this.describe().events)
    this.events.once(event as string, listener as Listener<never>)
    return this
  }

  off<E extends keyof Emits>(event: E, listener?: Listener<Emits[E]>): this {
    this.events.off(event as string, listener as Listener<never> | undefined)
    return this
  }
}

Object.defineProperty(BasePolicy.prototype, policyBrand, { value: true })
