/** What a pipeline does, in order: as data and as text. */

import type { Description } from '../core/description.ts'
import type { Milliseconds } from '../core/duration.ts'
import { allOf, flatten, stacksOf } from './stacks.ts'
import type { ExplainWarning } from './warning.ts'
import { warningsOf } from './warnings.ts'
import { expectedAttempts, worstCaseOf } from './worst-case.ts'
import { written } from './written.ts'

/** One policy of a pipeline. */
export interface ExplainedPolicy {
  readonly name: string
  readonly kind: string
  /** The options as they hold, defaults filled in, durations in ms. */
  readonly options: Readonly<Record<string, unknown>>
  /** The members of a pool, by name. */
  readonly members: readonly string[]
}

/** How many attempts a call makes on average where each fails with the same probability, whatever the others did. */
export interface Amplification {
  /** How likely an attempt fails, from 0 to 1. */
  readonly failureRate: number
  /** Null where that is not known. */
  readonly attempts: number | null
}

export interface Explanation {
  readonly name: string
  /** Outermost first; nested pipelines are flattened. */
  readonly policies: readonly ExplainedPolicy[]
  /** The longest that a call may take, in ms; null where nothing bounds it, or that is not known. */
  readonly worstLatency: Milliseconds | null
  /** How often one call runs its operation, at most; null where nothing bounds it, or that is not known. */
  readonly worstAttempts: number | null
  /** What the policies make of a failing dependency, for some failure rates. */
  readonly amplification: readonly Amplification[]
  /** What is likely to be a mistake; empty where nothing is. */
  readonly warnings: readonly ExplainWarning[]
  /** A line for each policy, the worst case, and the warnings. */
  readonly text: string
  /** The expected attempts of a call at a failure rate, from 0 to 1; null where that is not known. */
  attemptsAt(failureRate: number): number | null
  toString(): string
}

const shownRates = [0.1, 0.5, 0.9, 1]

export function explanation(description: Description): Explanation {
  const flat = flatten(description)
  const stacks = stacksOf(flat)
  const highest = (values: readonly number[]): number | null => known(Math.max(...values))
  const worst = stacks.map(worstCaseOf)
  const worstLatency = highest(worst.map(({ latency }) => latency))
  const worstAttempts = highest(worst.map(({ attempts }) => attempts))
  const attemptsAt = (rate: number) => highest(stacks.map((stack) => expectedAttempts(stack, rate)))
  const amplification = shownRates.map((failureRate) => ({ failureRate, attempts: attemptsAt(failureRate) }))
  const warnings = warningsOf(stacks, allOf(flat))
  const { name } = description
  const policies = flat.map(({ name, kind, options, members }) => ({ name, kind, options: { ...options }, members }))
  const text = [
    name,
    ...policies.map((policy, index) => `  ${index + 1}. ${line(policy)}`),
    `worst case: ${worstText(worstLatency, worstAttempts)}`,
    ...amplified(amplification),
    ...warnings.flatMap(({ text }) =>
      text.split('\n').map((part, index) => (index === 0 ? `! ${part}` : `    ${part}`)),
    ),
  ].join('\n')
  return {
    name,
    policies,
    worstLatency,
    worstAttempts,
    amplification,
    warnings,
    text,
    attemptsAt,
    toString: () => text,
  }
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

function worstText(latency: Milliseconds | null, attempts: number | null): string {
  const time = latency === null ? 'no bound on its time' : `${rounded(latency)} ms`
  return `${time}, ${attempts === null ? 'no bound on attempts' : plural(attempts)}`
}

/** One line, if the policies repeat anything. */
function amplified(rows: readonly Amplification[]): readonly string[] {
  const shown = rows.flatMap(({ failureRate, attempts }) =>
    attempts === null || attempts === 1 ? [] : [`${rounded(attempts)} where ${failureRate * 100} % fail`],
  )
  return shown.length === 0 ? [] : [`attempts a call: ${shown.join(', ')}`]
}

function plural(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`
}

function rounded(value: number): number {
  return Number(value.toFixed(3))
}

function line({ name, kind, options, members }: ExplainedPolicy): string {
  const shown = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([option, value]) => `${option} ${written(value)}`)
  if (members.length > 0) shown.push(`members ${someOf(members)}`)
  const title = name === kind ? kind : `${kind} ${JSON.stringify(name)}`
  return shown.length === 0 ? title : `${title}: ${shown.join('; ')}`
}

/** A pool may have thousands: the text names the first ones. */
const shownMembers = 10

function someOf(members: readonly string[]): string {
  const more = members.length - shownMembers
  const first = members.slice(0, shownMembers).join(', ')
  return more > 0 ? `${first} and ${more} more` : first
}
