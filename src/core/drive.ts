/**
 * The driver: takes a call through the layers of a chain, and its outcome back out.
 *
 * In: layers are entered outermost first, then the operation runs, all before `execute` returns. Out: the outcome passes
 * the layers innermost first; each may let it pass or take the call over (to run the rest again, or to put a value in).
 *
 * Invariant: every layer entered is left exactly once, by `success`, `failure` or `abandon`.
 */

import { tellEnd } from './call-events.ts'
import type { Done } from './extra.ts'
import { later, lead, undecided } from './result.ts'
import type { Layer, Links, Scope } from './scope.ts'
import { report, type Story } from './story.ts'
import { TAKEN, WAIT } from './verdict.ts'

/**
 * Takes `scope` through its layers from `index` on, and into the operation. Gives the operation's promise, where it has
 * one that nobody follows yet.
 */
export function enter(scope: Scope, index: number): Promise<unknown> | undefined {
  const layers = scope.links.layers
  for (let i = index; i < layers.length; i++) {
    const layer = layers[i] as Layer
    scope.depth = i + 1
    if (layer.enter === undefined) continue
    const entry = layer.enter.call(layer.policy, scope, i)
    if (entry === undefined) {
      // A listener may have aborted the call while the layer let it in.
      if (scope.over) return undefined
      continue
    }
    if (entry !== WAIT) refuse(scope, i, entry)
    return undefined
  }
  return invoke(scope)
}

/** Takes `scope` through its layers from `index` on, and sees the operation's promise through. */
export function start(scope: Scope, index: number): void {
  const promise = enter(scope, index)
  if (promise !== undefined) follow(scope, promise)
}

/** Goes on behind layer `index`, which had said `WAIT`. */
export function proceed(scope: Scope, index: number): void {
  scope.enteredAt = undefined
  start(scope, index + 1)
}

/** Layer `index` did not let the call in. */
export function refuse(scope: Scope, index: number, error: unknown): void {
  if (scope.over) return
  scope.bad = true
  settle(scope, index - 1, false, error)
}

function invoke(scope: Scope): Promise<unknown> | undefined {
  const { root } = scope
  scope.attempt = ++root.attempts
  scope.live++
  let value: unknown
  try {
    value = root.operation(scope as never)
  } catch (error) {
    settleWork(scope, false, error)
    return undefined
  }
  const promise = promiseOf(value)
  if (promise === undefined) settleWork(scope, true, value)
  return promise
}

export function follow(scope: Scope, promise: Promise<unknown>): void {
  const { root } = scope
  if (root.resolve === undefined) later(root)
  lead(
    promise.then(
      (value) => leading(scope, true, value),
      (error) => leading(scope, false, error),
    ),
    root,
  )
}

/** The work has settled. Where the call ends by that, it is what the reaction gives that settles its promise. */
export function leading(scope: Scope, ok: boolean, value: unknown): unknown {
  const { root } = scope
  if (root.ok !== undefined) {
    settleWork(scope, ok, value)
    return undecided()
  }
  root.led = true
  settleWork(scope, ok, value)
  root.led = false
  if (root.ok === undefined) return undecided()
  if (root.ok) return root.value
  throw root.value
}

const nativeThen = Promise.prototype.then

/** `value` as a promise that settles once and later, or undefined where it is not a thenable. */
export function promiseOf(value: unknown): Promise<unknown> | undefined {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return undefined
  try {
    const { then } = value as { then?: unknown }
    // Only a promise with the engine's own `then` is sure to call back once and later.
    if (then === nativeThen && value instanceof Promise && value.constructor === Promise) return value
    if (typeof then !== 'function') return undefined
  } catch (error) {
    return Promise.reject(error)
  }
  return new Promise((resolve) => resolve(value))
}

/** The operation has really settled, whether somebody still waits for it or not. */
export function settleWork(scope: Scope, ok: boolean, value: unknown): void {
  scope.live--
  if (scope.over) {
    // A scope that runs the operation has passed every layer, so it has no children.
    drained(scope)
    return
  }
  scope.bad = !ok
  settle(scope, scope.depth - 1, ok, value)
}

/** Takes an outcome outwards, through the layers from `index` on. */
export function settle(scope: Scope, index: number, ok: boolean, value: unknown): void {
  const layers = scope.links.layers
  for (let i = index; i >= scope.base; i--) {
    const layer = layers[i] as Layer
    scope.depth = i
    const hook = ok ? layer.success : layer.failure
    if (hook === undefined) continue
    if (hook.call(layer.policy, scope, i, value) === TAKEN || scope.over) return
  }
  scope.over = true
  if (scope.live === 0) drained(scope)
  const done = scope.extra?.done
  if (done === undefined) complete(scope.root, ok, value)
  else {
    const outer = scope.parent as Scope
    outer.advice = scope.advice
    // What is outside judges the outcome of this try.
    outer.attempt = scope.attempt
    done(ok, value)
  }
}

/** All work under `scope` has settled, and so has the scope. */
function drained(scope: Scope): void {
  const { extra } = scope
  if (extra?.held !== undefined) {
    const { held } = extra
    extra.held = undefined
    for (const index of held) scope.links.layers[index]?.policy.release?.(scope, index)
  }
  const parent = scope.parent
  if (parent !== undefined && --parent.live === 0 && parent.over) drained(parent)
}

/** A child of `parent` that covers the layers of `links` from `base` on. Start it with `start(child, base)`. */
export function fork(parent: Scope, links: Links, base: number, done: Done): Scope {
  const child = parent.another(links, parent, base)
  child.more.done = done
  child.attempt = parent.root.attempts + 1
  child.limit = parent.limit
  const { more } = parent
  const others = more.children?.filter((other) => !other.over)
  more.children = others === undefined || others.length === 0 ? [child] : [...others, child]
  parent.live++
  return child
}

/**
 * Parts `scope` behind layer `index`: the layers up to it go on with the returned scope, those behind it stay with the
 * work that is under way; its caller ends `scope` at once. Costs one object, and only where a layer takes over.
 */
export function split(scope: Scope, index: number): Scope {
  const { root, parent } = scope
  const outer = scope.another(scope.links, parent, scope.base)
  outer.notes = scope.notes
  outer.born = scope.born
  outer.depth = index + 1
  outer.options = scope.options
  outer.attempt = scope.attempt
  outer.limit = scope.limit
  const siblings = parent?.extra?.children
  if (siblings !== undefined) siblings[siblings.indexOf(scope)] = outer
  if (topOf(root) === scope) root.more.top = outer
  scope.base = index + 1
  scope.parent = outer
  outer.live = 1
  outer.more.children = [scope]
  const { more } = scope
  outer.more.done = more.done
  more.done = undefined
  const layers = scope.links.layers
  for (let i = outer.base; i <= index; i++) layers[i]?.policy.moved?.(outer, i)
  return outer
}

/** The scope that holds the outermost layer of a call. */
export function topOf(root: Scope): Scope {
  return root.extra?.top ?? root
}

/** Layer `index` runs the rest again: what was under it has ended, and the returned scope holds what is outside. */
export function takeOver(scope: Scope, index: number, policy: string): Scope {
  const outer = split(scope, index)
  scope.over = true
  if (scope.live === 0) drained(scope)
  scope.takenOverBy(policy)
  return outer
}

/** Gives up everything under `scope`: layers are told, waits end, signals abort; running work goes on detached. */
export function abandon(scope: Scope, error: unknown, counts: boolean): void {
  if (scope.over) return
  scope.over = true
  const cancellation = scope.cancel()
  cancellation.decide(error)
  // What ends on the way must not drain the scope before all layers were told.
  scope.live++
  const children = scope.extra?.children
  if (children !== undefined) for (const child of [...children]) abandon(child, error, counts)
  const layers = scope.links.layers
  for (let i = scope.depth - 1; i >= scope.base; i--) layers[i]?.policy.abandon?.(scope, i, error, counts)
  cancellation.announce(error)
  if (--scope.live === 0) drained(scope)
}

/** The whole call has its outcome. */
export function complete(root: Scope, ok: boolean, value: unknown, ignored = false): void {
  root.ok = ok
  root.value = value
  if (root.extra !== undefined) root.extra.unlisten?.()
  if (root.story !== undefined) conclude(root, root.story, ok && !root.story.bad, ignored)
  if (root.led) return
  if (ok) root.resolve?.(value)
  else root.reject?.(value)
}

function conclude(root: Scope, story: Story, ok: boolean, ignored: boolean): void {
  const { caller, attempts } = root
  const first = story.first ?? ok
  const savedBy = ok && !first ? story.savedBy : undefined
  report(caller, story.startedAt, story.leftAt, ok, ignored, attempts, first, savedBy)
  const follower = root.extra?.follower
  if (follower === undefined) return
  const resolved = root.ok as boolean
  tellEnd(caller.events, follower, { resolved, value: root.value, ok, ignored, attempts, savedBy })
}
