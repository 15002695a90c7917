/** The location of a policy as text. */
import type { FactLocation } from '../../wire/facts.ts'

export function locationText({ policy, pool, member }: FactLocation): string {
  return [policy, pool, member].filter((name) => name !== null).join(' › ')
}
