/** Options of health endpoints, resolved. */
import type { FaultEvent, Listener } from '../../core/events.ts'
import {
  type Check,
  duration,
  functionOf,
  isRecord,
  oneOf,
  optional,
  resolveOptions,
  show,
  text,
} from '../../core/options.ts'
import { policyChecks } from '../../core/policy-checks.ts'
import type { CheckBounds } from './bounded-check.ts'
import type { HealthRequest } from './handler.ts'
import type { HealthCheck, HealthDetails, WithState, WithTimeline } from './health-endpoints.ts'

export const kind = 'healthEndpoints'

export interface NamedCheck extends CheckBounds {
  readonly name: string
  readonly check: HealthCheck
  readonly type: string
  readonly measurement: string
}

export type ResolvedHealth = ReturnType<typeof resolveHealth>

const names: Check<readonly string[]> = (value, fail) => {
  const fine = Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '')
  return fine && new Set(value).size === value.length ? [...value] : fail('an array of different names')
}

/** Reads the state of a component, not validated. */
export type StateReader = (component: string) => unknown

const trackerCheck: Check<StateReader> = (value, fail) => {
  const tracker = (isRecord(value) ? value : {}) as Partial<WithState & WithTimeline>
  if (typeof tracker.state === 'function') return (name) => (tracker as WithState).state(name)
  if (typeof tracker.timeline !== 'function') fail('a tracker')
  return (name) => (tracker as WithTimeline).timeline(name).at(-1)?.state ?? 'unknown'
}

const record: Check<Readonly<Record<string, unknown>>> = (value, fail) =>
  isRecord(value) ? { ...value } : fail('a record of checks')

const levels = ['none', 'states', 'full'] as const

export const levelCheck: Check<HealthDetails> = oneOf(...levels)

const detailsCheck: Check<(request: HealthRequest) => unknown> = (value, fail) => {
  if (typeof value === 'function') return value as (request: HealthRequest) => unknown
  const level = oneOf(...levels)(value, (expected) => fail(`${expected} or a function`))
  return () => level
}

const boundChecks = { timeout: duration('> 0'), maxAge: duration('>= 0') }

export function resolveHealth(given: unknown) {
  const {
    checks: listed,
    optional: spared,
    ...options
  } = resolveOptions(kind, given, {
    tracker: optional(trackerCheck, undefined),
    components: optional(names, []),
    checks: optional(record, {}),
    optional: optional(names, []),
    unknown: optional(oneOf('ready', 'unready'), 'ready'),
    startup: optional(oneOf('checks', 'manual'), 'checks'),
    timeout: optional(boundChecks.timeout, 800 as number),
    maxAge: optional(boundChecks.maxAge, 1000 as number),
    details: optional(detailsCheck, () => 'states'),
    version: optional(text, undefined),
    releaseId: optional(text, undefined),
    serviceId: optional(text, undefined),
    description: optional(text, undefined),
    onFault: optional(functionOf<Listener<FaultEvent>>(), undefined),
    name: policyChecks.name,
    clock: policyChecks.clock,
  })
  const { components, tracker } = options
  if (components.length > 0 && tracker === undefined) refuse('tracker', 'given when components are', tracker)
  const checks = Object.entries(listed).map(([name, check]) => named(name, check, options))
  const known = new Set(components)
  for (const { name } of checks) {
    if (known.has(name)) refuse('checks', 'named differently from components', name)
    known.add(name)
  }
  for (const name of spared) if (!known.has(name)) refuse('optional', 'names of components and checks', name)
  return { ...options, checks, optional: new Set(spared) as ReadonlySet<string> }
}

function named(name: string, given: unknown, all: CheckBounds): NamedCheck {
  if (typeof given !== 'function' && !isRecord(given)) refuse(`checks.${name}`, 'a function or options', given)
  const options = typeof given === 'function' ? { check: given } : given
  const resolved = resolveOptions(`${kind}: checks.${name}`, options, {
    check: functionOf<HealthCheck>(),
    type: optional(text, 'component' as string),
    measurement: optional(measurementCheck, 'responseTime' as string),
    timeout: optional(boundChecks.timeout, all.timeout),
    maxAge: optional(boundChecks.maxAge, all.maxAge),
  })
  return { name, ...resolved }
}

const measurementCheck: Check<string> = (value, fail) =>
  text(value, fail).includes(':') ? fail('a name without a colon') : (value as string)

function refuse(what: string, expected: string, given: unknown): never {
  throw new TypeError(`${kind}: ${what} must be ${expected}, got ${show(given)}`)
}
