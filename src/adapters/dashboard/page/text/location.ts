/** Where a part of a policy stands, in words. */
import type { Within } from '../../wire/facts.ts'

export function withinText({ policy, pool, member }: Within): string {
  return [policy, pool, member].filter((name) => name !== null).join(' › ')
}
