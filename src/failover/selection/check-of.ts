/** For selections that wrap others. */
import type { Selection } from './selection.ts'

/** The `check` of a wrapped selection or table, to be spread into the wrapper; empty where it has none. */
export function checkOf(inner: Pick<Selection, 'check'>): Pick<Selection, 'check'> {
  return inner.check === undefined ? {} : { check: (members) => inner.check?.(members) }
}
