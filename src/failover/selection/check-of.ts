/** For selections that are made of others. */
import type { Selection } from './selection.ts'

/** The check of what a selection is made of, to be spread into it; nothing where it has none. */
export function checkOf(part: Pick<Selection, 'check'>): Pick<Selection, 'check'> {
  return part.check === undefined ? {} : { check: (members) => part.check?.(members) }
}
