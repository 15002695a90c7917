/** What is likely to be a mistake in a pipeline: which policies, why, and what to do. `docs/policies/pipeline.md` lists the codes. */
import type { Milliseconds } from '../core/duration.ts'
import { show } from '../core/options.ts'
import { orderWarnings } from './orders.ts'
import { repeats, type Stack, type StackedPolicy } from './stacks.ts'
import type { ExplainWarning, Finding } from './warning.ts'
import { longestWaits } from './worst-case.ts'

/** The warnings of these stacks, each once. `all` are the policies of all members, also of equal ones. */
export function warningsOf(stacks: readonly Stack[], all: Stack): readonly ExplainWarning[] {
  const found = stacks.flatMap((stack) => [...alone(stack), ...timeWarnings(stack), ...orderWarnings(stack)])
  const once = new Map<string, ExplainWarning>()
  for (const [code, policies, why, fix] of [...found, ...shared(all)]) {
    const where = policies.map(({ position, name, member }) => ({ position, name, member }))
    const places = where.length === 0 ? 'the pipeline' : policies.map(placeOf).join(' and ')
    // What holds for one member holds for all that are like it.
    const same = JSON.stringify([
      code,
      policies.map(({ position, kind, name, member }) => [position, kind, member === undefined ? name : '']),
    ])
    if (!once.has(same)) once.set(same, { code, where, why, fix, text: `${code}: ${places}\n${why}\n${fix}` })
  }
  return [...once.values()]
}

function placeOf({ position, name, kind, member }: StackedPolicy): string {
  const title = name === kind ? kind : `${kind} ${show(name)}`
  return member === undefined ? `${position}. ${title}` : `${position}. ${title} of ${show(member)}`
}

/** What one policy, or the lack of one, is enough for. */
function* alone(stack: Stack): Iterable<Finding> {
  const bounded = stack.some(({ contribution }) => contribution?.unknown || Number.isFinite(contribution?.atMost))
  if (!bounded) {
    yield ['no-timeout', [], 'nothing ends an operation that hangs', 'put a timeout innermost, for each attempt']
  }
  for (const policy of stack) {
    const { unsure, unbudgeted, endless } = policy.contribution ?? {}
    if (unsure) {
      const fix = 'say idempotent: true in its options, or leave it out'
      yield ['hedge-without-idempotent', [policy], 'it runs the operation twice at the same time', fix]
    }
    if (unbudgeted && repeats(policy)) {
      const why = 'in an outage all calls are repeated, which multiplies the load'
      yield ['retry-without-budget', [policy], why, 'give it budget: true']
    }
    if (endless) {
      const why = 'any number of calls may wait, so most answers come too late'
      yield ['unbounded-queue', [policy], why, 'give queue a number']
    }
  }
}

const unlimited = Number.POSITIVE_INFINITY

/** Times that do not fit together. */
function* timeWarnings(stack: Stack): Iterable<Finding> {
  for (const [index, policy] of stack.entries()) {
    const { role, waits = 0, between, runs = 1, atMost = unlimited, window = unlimited } = policy.contribution ?? {}
    const [around, total] = tightest(stack.slice(0, index))
    const [inside, attempt] = tightest(stack.slice(index + 1))
    if (around !== undefined) {
      const limit = `the ${total} ms of the timeout around it`
      if (atMost >= total && atMost < unlimited) {
        const fix = 'make the inner timeout shorter, or leave it out'
        yield ['attempt>=total', [around, policy], `the inner limit of ${atMost} ms is never reached`, fix]
      }
      if (role === 'beside' && waits > total && waits < unlimited) {
        const why = `the last hedge starts after ${waits} ms, beyond ${limit}`
        yield ['hedges×delay>total', [around, policy], why, 'hedge fewer times or sooner, or give the call more time']
      }
      // Endless retries are meant to be ended by the timeout: for those the first wait counts.
      const backoff = between === undefined ? 0 : longestWaits(between.rule, runs < unlimited ? runs - 1 : 1, 0)
      if (backoff > total && backoff < unlimited) {
        const why = `its waits alone may take ${backoff} ms, which exceeds ${limit}`
        yield ['backoff>deadline', [around, policy], why, 'retry fewer times, wait less, or give the call more time']
      }
      const outside = stack.slice(0, stack.indexOf(around))
      if ((role === 'rate' || role === 'slots') && waits > 0 && outside.some(repeats)) {
        const why = 'the wait in front of it uses up the time of the attempt'
        yield ['backoff>deadline', [around, policy], why, 'put it outside the timeout of the attempt']
      }
    }
    if (inside !== undefined && window < 2 * attempt) {
      const why = `its window of ${window} ms is shorter than two attempts of ${attempt} ms`
      yield ['window<2×attempt', [policy, inside], why, 'make the window longer, or the attempt shorter']
    }
  }
}

/** The policy of a stack that ends a call soonest, and when. */
function tightest(stack: Stack): readonly [policy: StackedPolicy | undefined, after: Milliseconds] {
  let [found, after]: [StackedPolicy | undefined, Milliseconds] = [undefined, unlimited]
  for (const policy of stack) {
    const { atMost = unlimited } = policy.contribution ?? {}
    if (atMost < after) [found, after] = [policy, atMost]
  }
  return [found, after]
}

/** One policy in two places. For two members it may bound both together, but it must not judge one by the other. */
function* shared(all: Stack): Iterable<Finding> {
  const first = new Map<object, StackedPolicy>()
  for (const policy of all) {
    const before = first.get(policy.self)
    if (before === undefined) first.set(policy.self, policy)
    else if (before.member === policy.member || judges(policy)) {
      const why =
        before.member === policy.member
          ? 'each call passes the same policy twice, and counts or takes a place twice'
          : 'it is one policy: what one of them fails with is held against the other'
      yield ['shared-in-two-names', [before, policy], why, 'make one for each']
    }
  }
}

function judges({ contribution }: StackedPolicy): boolean {
  return contribution?.role === 'circuit' || contribution?.role === 'sheds'
}
