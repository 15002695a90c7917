/**
 * The longest that a call may take in a stack of policies, and how often it may run its operation.
 *
 * From the innermost policy outwards. Runs one after the other multiply both and add the waits between them; runs beside each
 * other multiply the attempts, and each begins while another runs; a timeout cuts the latency. `Infinity`: no bound.
 */
import { type Backoff, type BackoffFunction, isBackoff } from '../core/backoff.ts'
import type { Contribution, WaitsBetween } from '../core/description.ts'
import type { Milliseconds } from '../core/duration.ts'
import type { Stack } from './stacks.ts'

export interface WorstCase {
  readonly latency: Milliseconds
  readonly attempts: number
}

/** The worst case of a whole stack: the operation alone has no bound. */
export function worstCaseOf(stack: Stack): WorstCase {
  let latency = Number.POSITIVE_INFINITY
  let attempts = 1
  let hints = false
  for (const { contribution } of stack.toReversed()) {
    if (contribution === undefined || contribution.unknown) {
      latency = Number.POSITIVE_INFINITY
      attempts = Number.POSITIVE_INFINITY
      hints = true
      if (contribution === undefined) continue
    }
    const { runs = 1, atMost = Number.POSITIVE_INFINITY } = contribution
    latency = Math.min(atMost, latencyAround(contribution, latency, hints))
    attempts *= runs
    hints ||= contribution.hints === true
  }
  return { latency, attempts }
}

function latencyAround({ role, runs = 1, waits = 0, between }: Contribution, inside: Milliseconds, hints: boolean) {
  // A further run begins while an earlier one still runs.
  if (role === 'beside') return inside + Math.min(waits, inside * (runs - 1))
  return inside * runs + waits + (between === undefined ? 0 : waitsOf(between, runs - 1, hints))
}

/** The sum of the longest waits; where failures may ask for longer ones, each may be as long as they may ask. */
function waitsOf({ rule, most, asks }: WaitsBetween, count: number, hints: boolean): Milliseconds {
  return longestWaits(rule, count, asks || hints ? most : 0)
}

/** Kinds whose wait is the longer, the larger the random number is. */
const ours: readonly string[] = ['constant', 'linear', 'exponential', 'delays']
/** Beyond this many waits each is taken to be as long as the longest, which it nearly always is. */
const counted = 1000

/** The sum of the first `count` waits, at their longest and none below `least`; Infinity where a function of the user decides. */
export function longestWaits(rule: Backoff | BackoffFunction, count: number, least: Milliseconds): Milliseconds {
  if (count === 0) return 0
  if (count === Number.POSITIVE_INFINITY || !isBackoff(rule) || !ours.includes(rule.kind)) {
    return Number.POSITIVE_INFINITY
  }
  let sum = 0
  let longest = 0
  let previous: Milliseconds | undefined
  for (let attempt = 1; attempt <= Math.min(count, counted); attempt++) {
    previous = Math.max(least, rule.delay({ attempt, previous, random: () => 1 }))
    longest = Math.max(longest, previous)
    sum += previous
  }
  if (count <= counted) return sum
  const last = Math.max(longest, rule.delay({ attempt: count, previous, random: () => 1 }))
  return sum + (count - counted) * last
}

/**
 * The expected attempts of a call, where each attempt fails with this probability, whatever the others did. Infinity where that is not known.
 *
 * A retry does not repeat what a retry inside has given up on.
 */
export function expectedAttempts(stack: Stack, failureRate: number): number {
  let fails = failureRate
  let attempts = 1
  let gaveUp = false
  for (const { contribution } of stack.toReversed()) {
    if (contribution === undefined || contribution.unknown) return Number.POSITIVE_INFINITY
    const { role, runs = 1, onFailure } = contribution
    if (role === 'replaces') fails = 0
    if (!onFailure || (role === 'again' && gaveUp)) continue
    attempts *= fails === 1 ? runs : (1 - fails ** runs) / (1 - fails)
    fails **= runs
    gaveUp = role === 'again'
  }
  return attempts
}
