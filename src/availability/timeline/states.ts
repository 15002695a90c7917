/**
 * The five states, and how what several sources say becomes one of them.
 *
 * States are small integers inside, so that a timeline takes nine bytes a transition. Two more codes exist only in what a
 * source says: silent (no evidence yet, or none any more), which hides nothing, and asleep (the process was suspended),
 * which hides everything. Invariant: a component's own timeline holds the five states alone.
 */

/** What a component can be. Degraded serves, but not as it should. */
export type ComponentState = 'up' | 'degraded' | 'down' | 'maintenance' | 'unknown'

/** By code. */
export const states: readonly ComponentState[] = ['up', 'degraded', 'down', 'maintenance', 'unknown']

export const UP = 0
export const DEGRADED = 1
export const DOWN = 2
export const MAINTENANCE = 3
export const UNKNOWN = 4
export const SILENT = 5
export const ASLEEP = 6
/** In a timeline a report has narrowed to service hours. It has the column after the five states. */
export const OUTSIDE = 5

export type Code = number

/** silent < up < unknown < degraded < down < maintenance < asleep, by code. */
const ranks: readonly number[] = [1, 3, 4, 5, 2, 0, 6]

export function codeOf(state: ComponentState): Code {
  return states.indexOf(state)
}

/** What several sources say together: the worst any of them does. */
export function loudest(codes: readonly Code[]): Code {
  let found = SILENT
  for (const code of codes) if ((ranks[code] as number) > (ranks[found] as number)) found = code
  return found
}

/** The state a component is in, by what its sources say. */
export function worst(codes: readonly Code[]): Code {
  const found = loudest(codes)
  return found >= SILENT ? UNKNOWN : found
}

/** What a pool's members say of the pool: one that serves is enough, and it takes all to say that none does. */
export function anyServing(members: readonly Code[]): Code {
  if (members.some((code) => code === UP || code === DEGRADED)) return UP
  if (members.length === 0 || members.some((code) => code >= UNKNOWN)) return SILENT
  return members.includes(DOWN) ? DOWN : MAINTENANCE
}
