/** The outcome of work for which no caller waits any more. */
import type { ScopeState } from './scope.ts'

/** Work under `scope` has settled after that was given up: the first owner of a fork outwards that wants the outcome gets it. */
export function settledLate(scope: ScopeState, ok: boolean, value: unknown): void {
  for (let at: ScopeState | undefined = scope; at !== undefined; at = at.extras?.parent) {
    if (at.extras?.forkOwner?.forkLate?.(ok, value)) return
  }
}
