/**
 * Async contexts: what `AsyncLocalStorage` and its like tell requests apart by.
 *
 * A timer that many calls share, and a slot that another call frees, run what they set going in the context of whoever armed
 * the one or freed the other. A call therefore keeps its caller's context while it waits for them, and goes on in it.
 *
 * Node, Bun, Deno and Workers have `AsyncResource` for that: the runtime is asked for it at load, because the core imports
 * no `node:` module. Workers (workerd) also bind timers and promises to the request that made them: there each call waits on
 * timers of its own, and what another call sets going comes by a promise whose reaction was attached in the caller's request.
 * A browser has no such contexts.
 *
 * This is the only file that asks which runtime it is in.
 */

/** Brings work back to the async context it was made in. */
export interface Context {
  runInAsyncScope(work: () => void): void
}

// Node's types of our oldest version do not have it yet.
declare const navigator: { readonly userAgent?: string } | undefined

type ContextClass = new (type: string) => Context

/** Whether timers belong to the request in which they were set, so that no call may wait on one of another call. */
export const timersAreBound: boolean = typeof navigator === 'object' && navigator?.userAgent === 'Cloudflare-Workers'

const Resource = resourceClass()

function resourceClass(): ContextClass | undefined {
  if (typeof process !== 'object' || typeof process.getBuiltinModule !== 'function') return undefined
  return process.getBuiltinModule('node:async_hooks')?.AsyncResource
}

/** The context of the code that runs now; undefined where the runtime has none, or carries it by itself. */
export function currentContext(): Context | undefined {
  return Resource === undefined ? undefined : new Resource('HOLDFAST_CALL')
}

/** A way back into the request that runs now, for a wait that another call ends; undefined where requests bind nothing. */
export function wayBack(): Context | undefined {
  return timersAreBound ? new Relay() : undefined
}

/** Runs `work` in `context`, where there is one. */
export function runIn(context: Context | undefined, work: () => void): void {
  if (context === undefined) work()
  else context.runInAsyncScope(work)
}

/** A call that will not go on in `context` has ended: nothing of its wait stays behind. */
export function leaveContext(context: Context | undefined): void {
  if (context instanceof Relay) context.leave()
}

const longestTimer = 2 ** 31 - 1

/**
 * A runtime ends a request whose promises nothing of its own can settle; a timer of the request says that it waits. One that
 * has as many timers as it may says so already.
 */
function waitingTimer(): ReturnType<typeof setTimeout> | undefined {
  try {
    return setTimeout(() => {}, longestTimer)
  } catch {
    return undefined
  }
}

/** Runs work in its request, once. */
class Relay implements Context {
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

/** In no caller's context; undefined in a Worker, where a context belongs to the request that made it. */
const nowhere = Resource === undefined || timersAreBound ? undefined : emptied(new Resource('HOLDFAST'))

/**
 * The library may be loaded within a request, so what the resource has taken over from there is taken out again. Node keeps
 * that in properties named by symbols, beside the two that number the resource; where it does not, the context of the load
 * stays.
 */
function emptied(resource: Context): Context {
  for (const symbol of Object.getOwnPropertySymbols(resource)) {
    if (!String(symbol).endsWith('id_symbol)')) Reflect.set(resource, symbol, undefined)
  }
  return resource
}

/** Runs background work, such as a check or a poll: in no caller's context, whoever it was that set it going. */
export function outside(work: () => void): void {
  runIn(nowhere, work)
}
