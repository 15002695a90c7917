/** The label of each state, and its tone. */

/** How good a state is. Each tone has a colour and a sign. */
export type Tone = 'good' | 'weak' | 'bad' | 'planned' | 'none'

interface StateLabel {
  readonly tone: Tone
  readonly text: string
}

const labels: Readonly<Record<string, StateLabel>> = {
  // Components.
  up: { tone: 'good', text: 'up' },
  degraded: { tone: 'weak', text: 'degraded' },
  down: { tone: 'bad', text: 'down' },
  maintenance: { tone: 'planned', text: 'maintenance' },
  unknown: { tone: 'none', text: 'unknown' },
  // Circuit breakers.
  closed: { tone: 'good', text: 'closed' },
  open: { tone: 'bad', text: 'open' },
  'half-open': { tone: 'weak', text: 'half-open' },
  isolated: { tone: 'planned', text: 'isolated' },
  disabled: { tone: 'none', text: 'disabled' },
  // Members of pools.
  suspect: { tone: 'weak', text: 'suspect' },
  ejected: { tone: 'bad', text: 'ejected' },
  probing: { tone: 'weak', text: 'probing' },
  warming: { tone: 'weak', text: 'warming' },
  drain: { tone: 'planned', text: 'draining' },
}

export function labelOf(state: string): StateLabel {
  return labels[state] ?? { tone: 'none', text: state }
}

/** Worst first. */
export const tones: readonly Tone[] = ['bad', 'weak', 'planned', 'none', 'good']
