/** What the states of things are called, how good they are, and the sign each has beside its colour. */

/** How it is to be taken; each has a colour and a sign. */
export type Tone = 'good' | 'weak' | 'bad' | 'planned' | 'none'

interface Shown {
  readonly tone: Tone
  readonly text: string
}

const words: Readonly<Record<string, Shown>> = {
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

export function wordOf(state: string): Shown {
  return words[state] ?? { tone: 'none', text: state }
}

/** The worst first. */
export const tones: readonly Tone[] = ['bad', 'weak', 'planned', 'none', 'good']
