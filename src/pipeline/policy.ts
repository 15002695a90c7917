/**
 * A policy of your own, as one function of the call and what comes next.
 *
 * `next` may be called repeatedly and concurrently; each call of it is a separate try. Tries that still run when the function
 * has answered are given up. Invariant: `#tries` holds the tries not settled, and each is settled by its outcome, by the
 * answer, or by the end of the call, so no promise of `next` stays pending.
 */
import type { Call } from '../core/call/call.ts'
import { promiseOf } from '../core/call/call-promise.ts'
import { onAbort } from '../core/call/callers-signal.ts'
import { runIn } from '../core/context.ts'
import type { BaseEvents } from '../core/events.ts'
import { type Entry, type ForkOwner, type Hooks, type Scope, WAIT } from '../core/hooks.ts'
import { callable, show, text } from '../core/options.ts'
import { BasePolicy, type Policy } from '../core/policy.ts'

declare const inner: unique symbol

/**
 * The value of `next`, which each call types differently. For types only. To read the value, take it as `unknown`.
 */
export type Inner = { readonly [inner]?: never } | undefined

/** Runs what is inside the policy. Give it `call.with({ … })` to change the call. */
export type Next = (call?: Call) => Promise<Inner>

/** The values that a function gives apart from those of `next`. `unknown` counts as a value of `next`. */
export type AddedBy<Result> = unknown extends Awaited<Result> ? never : Foreign<Awaited<Result>>
type Foreign<Value> = Value extends Inner ? (NonNullable<Inner> extends Value ? never : OnlyGiven<Value>) : Value
/** `undefined` counts as a value of `next`. */
type OnlyGiven<Value> = Value extends undefined ? never : Value

/** A policy as a function: gives, or promises, what the caller gets. */
export type Run = (call: Call, next: Next) => unknown

export interface CustomPolicy<Accepts = unknown, Adds = never, Gives = unknown>
  extends Policy<Accepts, Adds, Gives, BaseEvents> {}

/**
 * Makes a policy of your own.
 *
 * ```ts
 * import { policy } from 'holdfast/pipeline'
 * const logged = policy('logged', async (call, next) => {
 *   console.log('attempt', call.attempt)
 *   return await next(call)
 * })
 * ```
 *
 * What the function gives in place of the operation's value becomes part of the result's type: `(await next()) ?? 'none'`
 * adds a string. Name it as `Adds` where that cannot be seen, and what it gives to the operation (by `call.with`) as `Gives`.
 *
 * @throws TypeError where the name is empty or `run` is no function.
 */
export function policy<Accepts = unknown, Adds = never, Gives = unknown, Result = unknown>(
  name: string,
  run: (call: Call, next: Next) => Result,
): CustomPolicy<Accepts, Adds | AddedBy<Result>, Gives> {
  const refuse = (argument: string, value: unknown) => (expected: string) => {
    throw new TypeError(`policy: ${argument} must be ${expected}, got ${show(value)}`)
  }
  text(name, refuse('name', name) as never)
  callable(run, refuse('run', run) as never)
  return new FunctionPolicy(name, run) as unknown as CustomPolicy<Accepts, Adds | AddedBy<Result>, Gives>
}

class FunctionPolicy extends BasePolicy implements Pick<Hooks, 'enter' | 'abandon'> {
  protected readonly traits = { detaches: true, cancels: true }
  protected readonly emits = []
  protected readonly options = {}
  readonly #run: Run

  constructor(name: string, run: Run) {
    super('policy', { name })
    this.#run = run
  }

  enter(scope: Scope, index: number): Entry {
    const tries = new NextTries(scope, index, this.name)
    scope.note(index, tries)
    let answer: unknown
    try {
      answer = this.#run(scope, (call) => tries.next(call) as Promise<Inner>)
    } catch (error) {
      tries.answer(false, error)
      return WAIT
    }
    const promise = promiseOf(answer)
    if (promise === undefined) tries.answer(true, answer)
    else {
      promise.then(
        (value) => tries.answer(true, value),
        (error) => tries.answer(false, error),
      )
    }
    return WAIT
  }

  abandon(scope: Scope, index: number, error: unknown): void {
    ;(scope.noteOf(index) as NextTries | undefined)?.end(error)
  }
}

/** The tries of one call: each is one call of `next`. */
class NextTries {
  readonly #scope: Scope
  readonly #index: number
  readonly #policy: string
  readonly #tries = new Set<NextTry>()
  /** How the latest try ended. */
  #latest: { readonly ok: boolean; readonly value: unknown } | undefined = undefined

  constructor(scope: Scope, index: number, policy: string) {
    this.#scope = scope
    this.#index = index
    this.#policy = policy
  }

  next(call: Call = this.#scope): Promise<unknown> {
    const promise = new Promise<unknown>((resolve, reject) => {
      const scope = this.#scope
      if (scope.over) return reject(reasonOf(scope))
      if (scope.invocations > 0 || scope.latestFailed) scope.takenOverBy(this.#policy)
      const settled = (ok: boolean, value: unknown): void => {
        this.#tries.delete(entry)
        this.#latest = { ok, value }
      }
      const entry = new NextTry(scope, this.#index + 1, call, { resolve, reject, settled })
      this.#tries.add(entry)
      entry.start()
      if (entry.over) this.#tries.delete(entry)
    })
    // A try that is not awaited must not become an unhandled rejection.
    promise.catch(() => {})
    return promise
  }

  answer(ok: boolean, value: unknown): void {
    const scope = this.#scope
    if (scope.over) return
    if (this.#tries.size > 0) this.end(reasonOf(scope))
    // A listener to an event of a try that was given up may have aborted the call.
    if (scope.over) return
    const latest = this.#latest
    // A value that was only passed on keeps the judgement of the policies inside.
    if (latest === undefined || latest.ok !== ok || !Object.is(latest.value, value)) {
      if (ok && scope.latestFailed) scope.takenOverBy(this.#policy)
      scope.markFailed(!ok)
    }
    scope.answer(this.#index, ok, value)
  }

  end(error: unknown): void {
    for (const entry of [...this.#tries]) entry.giveUp(error)
    this.#tries.clear()
  }
}

interface NextSettlers {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  /** Called first when the try ends by itself. */
  readonly settled: (ok: boolean, value: unknown) => void
}

class NextTry implements ForkOwner {
  readonly #scope: Scope
  readonly #fork: Scope
  readonly #settlers: NextSettlers
  #unlink: () => void = nothing

  constructor(scope: Scope, index: number, call: Call, settlers: NextSettlers) {
    this.#scope = scope
    this.#settlers = settlers
    this.#fork = scope.fork(scope.links, index, this)
    this.#fork.change(call)
    this.#link()
  }

  get over(): boolean {
    return this.#fork.over
  }

  start(): void {
    if (!this.#fork.over) this.#fork.start()
  }

  forkEnded(_fork: Scope, ok: boolean, value: unknown): void {
    const { resolve, reject, settled } = this.#settlers
    settled(ok, value)
    this.#unlink()
    if (ok) resolve(value)
    else reject(value)
  }

  giveUp(error: unknown): void {
    this.#unlink()
    this.#fork.holderUnder(this.#scope).giveUp(error, false)
    this.#settlers.reject(error)
  }

  /** A signal given by `call.with` ends only its own try. */
  #link(): void {
    const { signal } = this.#fork.options
    if (signal === undefined || signal === this.#scope.options.signal) return
    const context = this.#scope.callerContext()
    const { events } = this.#scope.owner
    this.#unlink = onAbort(
      signal,
      (reason) => runIn(context, () => this.giveUp(reason)),
      (error) => events.fault('signal', error),
    )
  }
}

function nothing(): void {}

function reasonOf(scope: Scope): unknown {
  const { givenUp } = scope
  if (givenUp !== undefined) return givenUp.value
  return new DOMException('The call was answered without this try', 'AbortError')
}
