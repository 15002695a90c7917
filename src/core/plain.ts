/**
 * The plain way of a call: through layers that have nothing to note on it.
 *
 * Most calls meet a closed breaker and a free slot, have no signal, and succeed. Nothing about such a call differs from
 * the next one, so the scope its layers see on the way out is made once and serves all. Only a call that fails gets a
 * scope of its own, as if it had had one from the start.
 *
 * Invariant: a shared scope serves calls while no layer of any chain has changed whom it lets in (`born`), so all of them
 * were admitted in the same state; layers only read it.
 */
import type { Call, CallChanges } from './call.ts'
import type { Caller } from './caller.ts'
import { latestChange } from './change.ts'
import { type Layer, type Links, type Operation, Scope } from './scope.ts'
import { report, Story } from './story.ts'

/** Runs an operation, or gives undefined where a layer has something to note on the call; then nothing has happened. */
export interface Way {
  run(operation: Operation): Promise<unknown> | undefined
}

/** The operation of a shared scope, which nobody runs. */
const nothing = Function.prototype as unknown as Operation

/** Lets calls in that can be plain, and shows what they share. */
export class Admission {
  readonly links: Links
  readonly caller: Caller
  readonly #asked: readonly Layer[]
  #shared: Scope

  /** Undefined where a layer can never be passed so, or the same one is there twice. */
  static to(links: Links, caller: Caller): Admission | undefined {
    const { layers } = links
    const able = layers.every((layer) => layer.plain !== undefined || (layer.enter ?? layer.success) === undefined)
    const once = new Set(layers.map(({ policy }) => policy)).size === layers.length
    return able && once ? new Admission(links, caller) : undefined
  }

  private constructor(links: Links, caller: Caller) {
    this.links = links
    this.caller = caller
    this.#asked = links.layers.filter(({ plain }) => plain !== undefined)
    this.#shared = new Scope(links, undefined, nothing, 0)
  }

  /** Lets a call in, and gives what it shares with the others. */
  admit(): Scope | undefined {
    const layers = this.#asked
    for (let i = 0; i < layers.length; i++) {
      const { plain, policy } = layers[i] as Layer
      if (!(plain as () => boolean).call(policy)) return undefined
    }
    for (let i = 0; i < layers.length; i++) {
      const { take, policy } = layers[i] as Layer
      if (take !== undefined) take.call(policy)
    }
    if (this.#shared.born !== latestChange()) this.#shared = new Scope(this.links, undefined, nothing, 0)
    return this.#shared
  }
}

/** A plain call has succeeded. `startedAt` is NaN where it is not known. */
export function succeed(shared: Scope, value: unknown, startedAt: number): void {
  const { layers } = shared.links
  const { caller } = shared
  const followed = caller.events.followsCalls
  if (followed) {
    shared.story ??= new Story(Number.NaN)
    shared.story.leftAt = undefined
  }
  for (let i = layers.length - 1; i >= 0; i--) {
    const { success, policy } = layers[i] as Layer
    if (success !== undefined) success.call(policy, shared, i, value)
  }
  if (followed) report(caller, startedAt, shared.story?.leftAt, true, false, 1, true, undefined)
}

/** A scope for a plain call that is plain no more: as it would stand now, had it had one from the start. */
export function standIn(shared: Scope, operation: Operation, startedAt: number): Scope {
  const root = new Scope(shared.links, undefined, operation, 0)
  root.born = shared.born
  root.depth = root.links.layers.length
  root.attempts = root.live = 1
  if (root.caller.events.followsCalls) root.story = new Story(startedAt)
  return root
}

/** What can make a scope of its own when one is asked for. */
export interface Scoped {
  own(): Scope
}

/** What the operation of a plain call gets: it has no options, and what else it is asked its own scope says. */
const face: { readonly [Name in keyof Call]: PropertyDescriptor & ThisType<Scoped> } = {
  attempt: { get: () => 1 },
  key: { get: () => undefined },
  priority: { get: () => 0 },
  idempotent: { get: () => true },
  deadline: {
    get() {
      return this.own().deadline
    },
  },
  signal: {
    get() {
      return this.own().signal
    },
  },
  with: {
    value(changes: CallChanges) {
      return this.own().with(changes)
    },
  },
}

/** Gives a class the fields of `Call`. A class to extend would cost something for every call. */
export function asCall(kind: { readonly prototype: Scoped }): void {
  Object.defineProperties(kind.prototype, face)
}
