/** Orders of policies that are likely to be mistakes. `docs/composition.md` says what goes wrong. */
import type { PolicyRole } from '../core/description.ts'
import { repeats, type Stack, type StackedPolicy } from './stacks.ts'
import type { ExplainWarningCode, Finding } from './warning.ts'

type Roles = readonly (PolicyRole | undefined)[]

interface BadOrder {
  readonly code: ExplainWarningCode
  readonly outer: Roles
  readonly inner: Roles
  readonly why: string
  readonly fix: string
}

const badOrders: readonly BadOrder[] = [
  {
    code: 'retry-inside-breaker',
    outer: ['circuit'],
    inner: ['again'],
    why: 'a call with several failed attempts counts once',
    fix: 'put the breaker inside the retry',
  },
  {
    code: 'fallback-inside-retry',
    outer: ['again', 'beside', 'elsewhere'],
    inner: ['replaces'],
    why: 'the outer one never sees a failure, so it repeats nothing',
    fix: 'put the fallback outermost',
  },
  {
    code: 'repeats-inside-bulkhead',
    outer: ['slots'],
    inner: ['again', 'beside'],
    why: 'one place is held while several attempts run or wait for the next',
    fix: 'put the limit inside, so that each attempt takes a place',
  },
  {
    code: 'throttle-inside-retry',
    outer: ['again'],
    inner: ['sheds'],
    why: 'the retry does not repeat what the throttle refuses',
    fix: 'put the throttle outside the retry',
  },
  {
    code: 'cache-inside-retry',
    outer: ['again'],
    inner: ['shares'],
    why: 'a shared value takes the place of an attempt, and each caller has a retry loop of its own',
    fix: 'put it outside the retry, so that one loop serves all',
  },
]

/** Those that repeat, in the order in which they belong. */
const repeaters: Roles = ['again', 'beside', 'elsewhere']

export function* orderWarnings(stack: Stack): Iterable<Finding> {
  for (const [index, outer] of stack.entries()) {
    const inside = stack.slice(index + 1)
    const firstOther = inside.find((inner) => inner.contribution?.role !== 'injects')
    if (outer.contribution?.role === 'injects' && firstOther !== undefined) {
      const why = 'the policies inside never see what it injects'
      yield ['chaos-not-innermost', [outer, firstOther], why, 'put chaos innermost']
    }
    for (const inner of inside) {
      yield* badOrdersOf(outer, inner)
      if (multiplies(outer, inner)) {
        const why = `both repeat, which multiplies: ${mostRuns(outer, inner)} attempts`
        const fix = 'leave one out; a retry belongs outside a hedge, and both belong outside a pool'
        yield ['two-retries', [outer, inner], why, fix]
      }
    }
  }
}

function* badOrdersOf(outer: StackedPolicy, inner: StackedPolicy): Iterable<Finding> {
  const [outerRole, innerRole] = [roleOf(outer), roleOf(inner)]
  for (const order of badOrders) {
    if (order.outer.includes(outerRole) && order.inner.includes(innerRole)) {
      yield [order.code, [outer, inner], order.why, order.fix]
    }
  }
}

/** Both repeat, and not in the order in which that is meant. A pool of pools is. */
function multiplies(outer: StackedPolicy, inner: StackedPolicy): boolean {
  const [outerRank, innerRank] = [repeaters.indexOf(roleOf(outer)), repeaters.indexOf(roleOf(inner))]
  return innerRank >= 0 && outerRank >= innerRank && innerRank < repeaters.length - 1
}

/** One that may repeat and does not has none. */
function roleOf(policy: StackedPolicy): PolicyRole | undefined {
  const role = policy.contribution?.role
  return repeaters.includes(role) && !repeats(policy) ? undefined : role
}

function mostRuns({ contribution }: StackedPolicy, { contribution: other }: StackedPolicy): string {
  const most = (contribution?.runs as number) * (other?.runs as number)
  return most === Number.POSITIVE_INFINITY ? 'any number of' : `up to ${most}`
}
