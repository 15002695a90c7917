/**
 * Async contexts: how `AsyncLocalStorage` distinguishes requests.
 *
 * A shared timer runs its callbacks in the context of the call that armed it, and a call that frees a slot starts the next call in
 * its own context. So a call keeps its caller's context while it waits for a timer or a slot, and goes on in it.
 *
 * Node, Bun, Deno and Workers have `AsyncResource` for that. It is looked up at load, because the core imports no `node:`
 * module. Workers (workerd) also bind timers and promises to the request that made them: there each call has its own timers, and
 * if another call ends its wait, it goes on by a promise whose reaction was attached in the caller's request. A browser has no
 * such contexts.
 *
 * This is the only file that looks up which runtime it is in.
 */

/** Brings work back to the async context it was made in. */
export interface Context {
  runInAsyncScope(work: () => void): void
}

// The types of the oldest Node that we support do not have it.
declare const navigator: { readonly userAgent?: string } | undefined

type ContextClass = new (type: string) => Context

/** Whether timers belong to the request that set them, so that a call must not wait on a timer of another call. */
export const timersAreBound: boolean = typeof navigator === 'object' && navigator?.userAgent === 'Cloudflare-Workers'

const Resource = resourceClass()

function resourceClass(): ContextClass | undefined {
  if (typeof process !== 'object' || typeof process.getBuiltinModule !== 'function') return undefined
  return process.getBuiltinModule('node:async_hooks')?.AsyncResource
}

/** The context of the running code; undefined if the runtime has none, or restores it by itself. */
export function currentContext(): Context | undefined {
  return Resource === undefined ? undefined : new Resource('HOLDFAST_CALL')
}

/** A context that leads back into the current request after another call has ended a wait; undefined if requests bind nothing. */
export function requestContext(): Context | undefined {
  return timersAreBound ? new RequestContext() : undefined
}

/** Runs `work` in `context` if there is one. */
export function runIn(context: Context | undefined, work: () => void): void {
  if (context === undefined) work()
  else context.runInAsyncScope(work)
}

/** Frees what `context` holds: the call has ended and will not go on in it. */
export function leaveContext(context: Context | undefined): void {
  if (context instanceof RequestContext) context.leave()
}

const longestTimer = 2 ** 31 - 1

/**
 * The runtime ends a request if nothing of the request can settle its promises. A timer of the request prevents that. If the
 * request has no more timers left, those it has prevent it already.
 */
function waitingTimer(): ReturnType<typeof setTimeout> | undefined {
  try {
    return setTimeout(() => {}, longestTimer)
  } catch {
    return undefined
  }
}

/** Runs work in the request that made it, once. */
class RequestContext implements Context {
  #wake!: (work: () => void) => void
  readonly #timer = waitingTimer()

  constructor() {
    new Promise<() => void>((resolve) => {
      this.#wake = resolve
    }).then((work) => {
      this.leave()
      work()
    })
  }

  runInAsyncScope(work: () => void): void {
    this.#wake(work)
  }

  leave(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
  }
}

/** A context of no caller; undefined in a Worker, where each context belongs to the request that made it. */
const callerless = Resource === undefined || timersAreBound ? undefined : emptied(new Resource('HOLDFAST'))

/**
 * Removes the context that the resource took over at load, because the library may be loaded within a request. Node keeps the
 * context in properties named by symbols, beside two that number the resource. If Node keeps it elsewhere, it stays.
 */
function emptied(resource: Context): Context {
  for (const symbol of Object.getOwnPropertySymbols(resource)) {
    if (!String(symbol).endsWith('id_symbol)')) Reflect.set(resource, symbol, undefined)
  }
  return resource
}

/** Holds one value for each async context. */
export interface ContextStore<Value> {
  getStore(): Value | undefined
  run<Result>(value: Value, work: () => Result): Result
}

/** The store of this library, once it has one. */
let store: ContextStore<unknown> | undefined

/** The store of this library, made by the first request for it; undefined if the runtime has no async contexts. */
export function contextStore<Value>(): ContextStore<Value | undefined> | undefined {
  if (store === undefined && Resource !== undefined) {
    const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks')
    store = new AsyncLocalStorage<unknown>()
  }
  return store as ContextStore<Value | undefined> | undefined
}

/** Runs background work, such as a check or a poll, outside the context of the call that started it. */
export function outside(work: () => void): void {
  // In a Worker the work stays in the context of a request, but not in that of a call.
  runIn(callerless, store === undefined ? work : () => store?.run(undefined, work))
}
