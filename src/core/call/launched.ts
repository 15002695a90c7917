/** Calls that the scope of another call has launched: their beginning, and what their work means for the calls that wait for it. */
import type { ForkOwner, Scope } from '../hooks.ts'
import type { CallOptions } from './call.ts'
import type { Deadline } from './deadline.ts'
import type { ScopeState } from './scope.ts'

/** Gives a new call what it has of the scope that launches it, which its tries go on counting for. */
export function prepare(
  launched: ScopeState,
  launcher: ScopeState,
  options: CallOptions,
  limit: Deadline | undefined,
  forkOwner: ForkOwner,
): void {
  const { root, given } = launcher
  launched.limit = limit
  launched.attempts = launcher.invocations
  launched.attempt = launched.attempts + 1
  const { more } = launched
  launched.options = options
  more.launcher = more.parent = launcher
  more.key = root.extras?.key
  more.keys = root.extras?.keys
  more.forkOwner = forkOwner
  if (given !== undefined) launched.give(given)
}

/** The call whose caller waits for the work: that of the scope that launched it, while that has not ended. */
export function waitingRoot({ root }: ScopeState): ScopeState {
  const launcher = root.extras?.launcher
  return launcher?.callEnded === false ? launcher.root : root
}

/**
 * The call of `scope` takes over how the tries of `launched` went, for its `call` event and the policies outside. `ran` tries of it
 * count as tries for the call: with `own` they are its own invocations, else those of another call.
 */
export function shareWork(scope: Scope, launched: Scope, ran: number, own: boolean): void {
  const state = scope as unknown as ScopeState
  const { root } = state
  const { root: other } = launched as unknown as ScopeState
  root.failed = other.failed
  if (other.savedBy !== undefined) root.savedBy = other.savedBy
  const injected = other.extras?.injected
  if (injected !== undefined) root.more.injected = injected
  if (own) root.attempts += ran
  else if (ran > 0) root.more.shared += ran
  const from = Math.min(own ? joinedFrom(launched) : other.epoch, joinedFrom(launched))
  if (from !== Number.POSITIVE_INFINITY) root.more.joinedFrom = from
  state.attempt = Math.max(1, state.invocations)
  state.advise(launched.advice)
}

/** The epoch in which the work began that a call has joined: before the call itself. Infinity where it joined none. */
export function joinedFrom(scope: Scope): number {
  return (scope as unknown as ScopeState).root.extras?.joinedFrom ?? Number.POSITIVE_INFINITY
}

/** Whether a scope belongs to a call that was launched, or to one launched from that. */
export function isUnder(scope: Scope, launched: Scope): boolean {
  const { root: above } = launched as unknown as ScopeState
  let root: ScopeState | undefined = (scope as unknown as ScopeState).root
  while (root !== undefined && root !== above) root = root.extras?.launcher?.root
  return root !== undefined
}

/** Whether the async context of a call's caller was kept. */
export function hasContext(scope: Scope): boolean {
  return (scope as unknown as ScopeState).root.extras?.context !== undefined
}
