/**
 * The meanings of the words in a state column.
 *
 * Some words are about the work on an incident and not about the component: `resolved` does not name the state from start to
 * end. An unknown word is never guessed; `--state-map` defines it.
 */
import type { ComponentState } from '../../availability/timeline/states.ts'
import { UsageError } from '../errors.ts'

/** A state; `skip` for lines to leave out; `work` for a word about the work on it, `done` for one that says it is over. */
export type Meaning = ComponentState | 'skip' | 'work' | 'done'

export type WordMeanings = Readonly<Record<string, Meaning>>

const targets = ['up', 'degraded', 'down', 'maintenance', 'unknown', 'skip']

export const usualStates: Readonly<Record<ComponentState, readonly string[]>> = {
  up: ['up', 'ok', 'operational', 'online', 'healthy', 'available', 'passing', 'recovered'],
  degraded: ['degraded', 'degraded performance', 'partial outage', 'warning', 'impaired'],
  down: ['down', 'outage', 'major outage', 'full outage', 'offline', 'unavailable', 'unhealthy', 'critical'],
  maintenance: ['maintenance', 'under maintenance', 'planned maintenance', 'scheduled maintenance', 'planned'],
  unknown: ['unknown', 'no data', 'nodata', 'paused', 'unreachable'],
}

export const workWords: readonly string[] = [
  'open',
  'opened',
  'new',
  'triggered',
  'acknowledged',
  'in progress',
  'on hold',
  'investigating',
  'identified',
  'monitoring',
  'verifying',
  'scheduled',
  'active',
  'ongoing',
  'started',
  'to do',
]

export const doneWords: readonly string[] = [
  'resolved',
  'closed',
  'done',
  'fixed',
  'completed',
  'mitigated',
  'postmortem',
]

const usual = new Map<string, Meaning>([
  ...Object.entries(usualStates).flatMap(([state, words]) =>
    words.map((word) => [word, state as ComponentState] as const),
  ),
  ...workWords.map((word) => [word, 'work'] as const),
  ...doneWords.map((word) => [word, 'done'] as const),
])

/** Normalises a word: lower case, single spaces. */
export function plainWord(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim()
}

/** Parses `--state-map <word>=<state>`. @throws UsageError for anything else. */
export function parseStateMap(pairs: readonly string[] | undefined): WordMeanings {
  const words: Record<string, Meaning> = Object.create(null)
  for (const pair of pairs ?? []) {
    const at = pair.lastIndexOf('=')
    const state = pair
      .slice(at + 1)
      .trim()
      .toLowerCase()
    if (at < 1 || !targets.includes(state)) {
      const expected = `a word, an equals sign and one of ${targets.join(', ')}`
      throw new UsageError(`--state-map must be ${expected}, got ${JSON.stringify(pair)}`)
    }
    words[plainWord(pair.slice(0, at))] = state as Meaning
  }
  return words
}

export class StateWords {
  readonly #known: Map<string, Meaning>
  /** A cache by the original word: a log repeats a few words many times. */
  readonly #seen = new Map<string, Meaning | undefined>()

  /** Later words take precedence over earlier ones. */
  constructor(...words: readonly WordMeanings[]) {
    this.#known = new Map(usual)
    for (const each of words) for (const [word, meaning] of Object.entries(each)) this.#known.set(word, meaning)
  }

  /** Undefined for an unknown word. */
  meaning(text: string): Meaning | undefined {
    if (this.#seen.has(text)) return this.#seen.get(text)
    const found = this.#known.get(plainWord(text))
    if (this.#seen.size < 1000) this.#seen.set(text, found)
    return found
  }
}
