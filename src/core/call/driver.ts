/**
 * The driver: takes a call through the layers of a chain, and its outcome back out.
 *
 * In: layers are entered outermost first, then the operation runs, all before `execute` returns. Out: the outcome passes the
 * layers innermost first. Each may let it pass, or take the call over to run the rest again or to replace the outcome.
 *
 * Invariant: every layer entered is left exactly once, by `success`, `failure` or `abandon`.
 */
import { type ForkOwner, type Layer, type Links, REROUTED, type Scope, TAKEN, WAIT } from '../hooks.ts'
import { pinShape } from '../pin-shape.ts'
import type { CallOptions } from './call.ts'
import { endCall } from './call-end.ts'
import { lead, leadFor, promiseOf } from './call-promise.ts'
import type { Deadline } from './deadline.ts'
import { settledLate } from './late-result.ts'
import { prepare, waitingRoot } from './launched.ts'
import { type Operation, ScopeState } from './scope.ts'

export class CallScope extends ScopeState implements Scope {
  declare readonly root: CallScope

  /** Enters the layers from `index` on. False where one of them waits or refused: the operation must not run. */
  enterLayers(index: number): boolean {
    let { layers } = this.links
    for (let i = index; i < layers.length; i++) {
      const { enter, policy } = layers[i] as Layer
      this.depth = i + 1
      if (enter === undefined) continue
      const entry = enter.call(policy, this, i)
      if (entry === undefined) {
        // A listener may have aborted the call while the layer let it in.
        if (this.over) return false
      } else if (entry === REROUTED) {
        layers = this.links.layers
      } else {
        if (entry !== WAIT) refused(this, i, entry)
        return false
      }
    }
    return true
  }

  /** Runs the operation. Returns its promise; without one the call goes on before this returns, and the result is undefined. */
  invoke(): Promise<unknown> | undefined {
    const { root } = this
    this.attempt = ++root.attempts
    this.live++
    this.readAt = undefined
    let value: unknown
    try {
      value = root.operation(this as never)
    } catch (error) {
      this.settleWork(false, error)
      return undefined
    }
    const promise = promiseOf(value)
    if (promise === undefined) this.settleWork(true, value)
    return promise
  }

  /** The operation has settled, whether the call still waits for it or not. */
  settleWork(ok: boolean, value: unknown): void {
    this.live--
    if (this.over) {
      settledLate(this, ok, value)
      // A scope that runs the operation has passed every layer, so it has no forks.
      drained(this)
      return
    }
    this.root.failed = !ok
    this.readAt = undefined
    leaveLayers(this, this.depth - 1, ok, value)
  }

  refuse(index: number, error: unknown): void {
    this.readAt = undefined
    refused(this, index, error)
  }

  proceed(index: number): void {
    this.readAt = undefined
    startFrom(this, index + 1)
  }

  start(): void {
    startFrom(this, this.base)
  }

  answer(index: number, ok: boolean, value: unknown): void {
    if (this.over) return
    this.readAt = undefined
    leaveLayers(this, index - 1, ok, value)
  }

  fork(links: Links, base: number, forkOwner: ForkOwner, beside?: readonly Scope[]): CallScope {
    const fork = anotherOf(this, links, base)
    const { more } = fork
    more.parent = this
    more.forkOwner = forkOwner
    if (beside !== undefined) more.beside = beside
    fork.attempt = this.root.attempts + 1
    this.more.forks ??= []
    this.more.forks.push(fork)
    this.live++
    return fork
  }

  launch(base: number, options: CallOptions, limit: Deadline | undefined, forkOwner: ForkOwner): CallScope {
    const launched = new CallScope(this.links, undefined, this.root.operation, base)
    prepare(launched, this, options, limit, forkOwner)
    this.live++
    return launched
  }

  split(index: number, owner?: ForkOwner): CallScope {
    const outer = partAt(this, index)
    // The outer layers go on without this scope, which stays one of their tries as long as its work runs.
    outer.live = 1
    outer.more.forks = [this]
    this.more.parent = outer
    if (owner !== undefined) Object.assign(this.more, { forkOwner: owner, beside: [] })
    return outer
  }

  takeOver(index: number, name: string): CallScope {
    const outer = this.live === 0 ? partAt(this, index) : this.split(index)
    this.over = true
    if (this.live === 0) {
      const { more } = this
      more.parent = undefined
      drained(this)
      // Set again only for `holderUnder`: this scope has drained.
      more.parent = outer
    }
    outer.takenOverBy(name)
    return outer
  }

  holderUnder(ancestor: Scope): CallScope {
    let holder: CallScope = this
    for (;;) {
      const parent = holder.extras?.parent as CallScope | undefined
      if (parent === undefined || parent === ancestor) return holder
      holder = parent
    }
  }

  holdUntilDrained(index: number): void {
    const free = this.over || this.beside === undefined // Over: code of the user aborted it while the layer was left.
    if (this.live === 0 && free) this.links.layers[index]?.policy.release?.(this, index)
    else {
      const { more } = this
      more.held ??= []
      more.held.push(index)
    }
  }

  giveUp(error: unknown, counts: boolean): void {
    if (this.over) return
    this.over = true
    const parent = this.extras?.parent as CallScope | undefined
    if (parent !== undefined) forget(parent, this)
    const cancellation = this.cancel()
    cancellation.decide(error)
    // Work that ends in between must not drain the scope before all layers were left.
    this.live++
    const forks = this.extras?.forks
    if (forks !== undefined) for (const fork of [...forks]) (fork as CallScope).giveUp(error, counts)
    const { layers } = this.links
    for (let i = this.depth - 1; i >= this.base; i--) layers[i]?.policy.abandon?.(this, i, error, counts)
    cancellation.announce(error)
    if (--this.live === 0) drained(this)
  }

  /** Root: the caller aborts the whole call. */
  abort(reason: unknown): void {
    if (this.ok !== undefined) return
    const top = (this.extras?.top ?? this) as CallScope
    top.readAt = undefined
    top.giveUp(reason, false)
    endCall(top, false, reason, true)
  }
}

/** Takes an outcome outwards, through the layers from `index` on. */
function leaveLayers(scope: CallScope, index: number, ok: boolean, value: unknown): void {
  const { layers } = scope.links
  for (let i = index; i >= scope.base; i--) {
    const layer = layers[i] as Layer
    const hook = ok ? layer.success : layer.failure
    scope.depth = i
    if (hook !== undefined && (hook.call(layer.policy, scope, i, value) === TAKEN || scope.over)) return
  }
  scope.over = true
  const { extras } = scope
  const beside = extras?.beside !== undefined // What it holds lets in no other try before the owner knows the outcome.
  if (scope.live === 0 && !beside) drained(scope)
  const forkOwner = extras?.forkOwner
  if (forkOwner === undefined) {
    endCall(scope, ok, value, false)
    return
  }
  const outer = extras?.parent as CallScope
  outer.advise(scope.advice)
  // The layers outside judge the outcome of this try.
  outer.attempt = scope.attempt
  forget(outer, scope)
  forkOwner.forkEnded(scope, ok, value)
  if (scope.live === 0 && beside) drained(scope)
}

function refused(scope: CallScope, index: number, error: unknown): void {
  if (scope.over) return
  scope.root.failed = true
  leaveLayers(scope, index - 1, false, error)
}

function startFrom(scope: CallScope, index: number): void {
  const promise = scope.enterLayers(index) ? scope.invoke() : undefined
  if (promise === undefined) return
  const root = waitingRoot(scope)
  if (root === scope.root) lead(scope, promise)
  else leadFor(root, scope, promise)
}

/** Moves the layers up to `index` to a scope of their own. */
function partAt(scope: CallScope, index: number): CallScope {
  const { root, extras } = scope
  const outer = anotherOf(scope, scope.links, scope.base)
  outer.notes = scope.notes
  outer.epoch = scope.epoch
  outer.depth = index + 1
  outer.attempt = scope.attempt
  scope.base = index + 1
  if ((root.extras?.top ?? root) === scope) root.more.top = outer
  if (extras?.forkOwner !== undefined) {
    const { more } = outer
    more.forkOwner = extras.forkOwner
    extras.forkOwner = undefined
  }
  if (extras?.beside !== undefined) outer.more.beside = extras.beside
  const parent = extras?.parent
  if (parent !== undefined) {
    outer.more.parent = parent
    // The scope of a call that was launched is none of its forks.
    const forks = parent.extras?.forks
    if (forks?.includes(scope)) forks[forks.indexOf(scope)] = outer
  }
  const { layers } = scope.links
  for (let i = outer.base; i <= index; i++) layers[i]?.policy.moved?.(outer, i)
  return outer
}

/** A further scope of the same call. */
function anotherOf(scope: CallScope, links: Links, base: number): CallScope {
  const { root, given } = scope
  const other = new CallScope(links, root, root.operation, base)
  other.limit = scope.limit
  other.options = scope.options
  if (given !== undefined) other.give(given)
  return other
}

/** A fork has ended, or was given up. It is in the list for as long as it is not over; a launched call never is. */
function forget(scope: CallScope, fork: CallScope): void {
  if (fork.root !== scope.root) return
  const forks = scope.more.forks as ScopeState[]
  forks.splice(forks.indexOf(fork), 1)
}

/** All work under a scope has settled. */
function drained(scope: CallScope): void {
  const { extras, root } = scope
  if (extras !== undefined) {
    const { held } = extras
    if (held !== undefined) {
      extras.held = undefined
      for (const index of held) scope.links.layers[index]?.policy.release?.(scope, index)
    }
    extras.forkOwner?.forkDrained?.()
    const parent = extras.parent as CallScope | undefined
    if (parent !== undefined) {
      // A call that was launched has drained as a whole.
      if (parent.root !== root) tellWatchers(root)
      if (--parent.live === 0 && parent.over) drained(parent)
      return
    }
  }
  if (scope === (root.extras?.top ?? root)) tellWatchers(root)
}

function tellWatchers({ extras }: CallScope): void {
  const watchers = extras?.watchers
  if (watchers !== undefined) for (const watcher of watchers) watcher.callDrained()
}

/** The operation of scopes that run none. */
export const noOperation = Function.prototype as unknown as Operation

pinShape(new CallScope({} as Links, undefined, noOperation, 0))
