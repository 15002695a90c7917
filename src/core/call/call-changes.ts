/** A call with changes: what `call.with` makes, for `next`. */
import { type Call, type CallChanges, type CallOptions, readCallOptions } from './call.ts'
import type { CallOwner } from './call-owner.ts'
import { type Deadline, deadlineAt } from './deadline.ts'

/** What changes of a call need of its scope. */
interface Changeable extends Call {
  attempt: number
  limit: Deadline | undefined
  readonly owner: CallOwner
  options: CallOptions
  readonly given: object | undefined
  give(given: object): void
}

/** Gives a new copy of a scope its options, its deadline, and the fields that are for the operation alone. */
export function withChanges(copy: Changeable, of: Changeable, changes: CallChanges): Call {
  const { options, given } = readChanges(of.options, changes)
  for (const name of Object.keys(given)) {
    // A field in the place of one of the driver's own would break the call.
    if (name in copy && !Object.hasOwn(of.given ?? {}, name)) {
      throw new TypeError(`call.with: ${JSON.stringify(name)} is a name of the call itself`)
    }
  }
  copy.options = options
  copy.attempt = of.attempt
  const { deadline } = changes
  copy.limit = deadline === undefined ? of.limit : deadlineAt(deadline, of.owner.clock)
  copy.give({ ...of.given, ...given })
  return copy
}

function readChanges(
  before: CallOptions,
  changes: CallChanges,
): { readonly options: CallOptions; readonly given: Record<string, unknown> } {
  const { signal, key, deadline, priority, idempotent, retryDepth, ...given } = changes
  const named = { signal, key, deadline, priority, idempotent, retryDepth }
  readCallOptions(named)
  const changed = Object.entries(named).filter(([, value]) => value !== undefined)
  return { options: Object.freeze({ ...before, ...Object.fromEntries(changed) }), given }
}
