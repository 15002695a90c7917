/**
 * A policy of your own, as one function of the call and what comes next.
 *
 * `next` may be called again and concurrently; each call of it is a try of its own. What still runs when the function has
 * answered is given up. Invariant: `#tries` holds the tries not settled, and each is settled by its outcome, by the
 * answer, or by the end of the call, so no promise of `next` stays pending.
 */
import type { Call } from '../core/call.ts'
import { onAbort } from '../core/callers-signal.ts'
import { runIn } from '../core/context.ts'
import { abandon, fork, promiseOf, settle, start } from '../core/drive.ts'
import type { BaseEvents } from '../core/events.ts'
import { callable, show, text } from '../core/options.ts'
import { BasePolicy, type Policy } from '../core/policy.ts'
import { give, type Hooks, Scope } from '../core/scope.ts'
import { type Entry, WAIT } from '../core/verdict.ts'

declare const inner: unique symbol

/**
 * What is inside the policy gave it; which type that is, each call says. For types only. To look into the value, take it as
 * `unknown`.
 */
export type Inner = { readonly [inner]?: never } | undefined

/** Runs what is inside the policy. Give it `call.with({ … })` to change the call. */
export type Next = (call?: Call) => Promise<Inner>

/** What a function gives beside what it hands on. What it gives as `unknown` is taken to be handed on. */
export type AddedBy<Result> = unknown extends Awaited<Result> ? never : Foreign<Awaited<Result>>
type Foreign<Value> = Value extends Inner ? (NonNullable<Inner> extends Value ? never : OnlyGiven<Value>) : Value
/** `undefined` is among what is handed on. */
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
    const tries = new Tries(scope, index, this.name)
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
    ;(scope.notes?.[index] as Tries | undefined)?.end(error)
  }
}

interface Try {
  readonly child: Scope
  readonly reject: (error: unknown) => void
  unlink(): void
}

class Tries {
  readonly #scope: Scope
  readonly #index: number
  readonly #policy: string
  readonly #tries = new Set<Try>()
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
      if (scope.over) return reject(ended(scope))
      const { root } = scope
      if (root.attempts > 0 || root.story?.bad) scope.takenOverBy(this.#policy)
      const child = fork(scope, scope.links, this.#index + 1, (ok, value) => {
        this.#tries.delete(entry)
        entry.unlink()
        this.#latest = { ok, value }
        if (ok) resolve(value)
        else reject(value)
      })
      if (call instanceof Scope && call !== scope) change(child, call)
      const entry: Try = { child, reject, unlink: this.#link(child, scope, reject) }
      this.#tries.add(entry)
      if (child.over) this.#tries.delete(entry)
      else start(child, this.#index + 1)
    })
    // A try nobody awaits must not become an unhandled rejection.
    promise.catch(() => {})
    return promise
  }

  answer(ok: boolean, value: unknown): void {
    const scope = this.#scope
    if (scope.over) return
    if (this.#tries.size > 0) this.end(ended(scope))
    // What the tries that were given up told may have made the caller abort.
    if (scope.over) return
    const { root } = scope
    const latest = this.#latest
    // Time may have passed since the latest try left.
    if (scope.root.story !== undefined) scope.root.story.leftAt = undefined
    // What was only handed on stays as the policies inside have judged it.
    if (latest === undefined || latest.ok !== ok || !Object.is(latest.value, value)) {
      if (ok && root.story?.bad) scope.takenOverBy(this.#policy)
      scope.bad = !ok
    }
    settle(scope, this.#index - 1, ok, value)
  }

  end(error: unknown): void {
    for (const { child, reject, unlink } of [...this.#tries]) {
      unlink()
      abandon(this.#holder(child), error, false)
      reject(error)
    }
    this.#tries.clear()
  }

  /** The scope that holds the try now: a layer that took it over has put scopes of its own above the child. */
  #holder(child: Scope): Scope {
    let holder = child
    while (holder.parent !== undefined && holder.parent !== this.#scope) holder = holder.parent
    return holder
  }

  /** A signal given by `call.with` ends its own try. */
  #link(child: Scope, scope: Scope, reject: (error: unknown) => void): () => void {
    const { signal } = child.options
    if (signal === undefined || signal === scope.options.signal) return () => {}
    const aborted = (reason: unknown): void => {
      abandon(this.#holder(child), reason, false)
      reject(reason)
    }
    const context = scope.keepContext()
    const { events } = scope.caller
    return onAbort(
      signal,
      (reason) => runIn(context, () => aborted(reason)),
      (error) => events.fault('signal', error),
    )
  }
}

function change(child: Scope, copy: Scope): void {
  child.options = copy.options
  child.limit = copy.limit
  if (copy.given !== undefined) give(child, copy.given)
}

function ended(scope: Scope): unknown {
  const given = scope.cancellation?.reason
  if (given !== undefined) return given.value
  return new DOMException('The call was answered without this try', 'AbortError')
}
