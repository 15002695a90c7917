/** The components and checks that readiness depends on, with the state of each. */
import { type ComponentState, states } from '../../availability/timeline/states.ts'
import type { Clock } from '../../core/clock.ts'
import type { Events } from '../../core/events.ts'
import { ignoreRejection } from '../../core/ignore-rejection.ts'
import { show } from '../../core/options.ts'
import { BoundedCheck } from './bounded-check.ts'
import type { ResolvedHealth, StateReader } from './options.ts'
import type { HealthReading } from './reading.ts'
import { type HealthStatus, statusOf, type UnknownReadiness } from './verdict.ts'

export interface HealthPart {
  readonly name: string
  readonly type: string
  /** What was measured, if anything. */
  readonly measurement?: string | undefined
  readonly optional: boolean
  readonly status: HealthStatus
  readonly reading: HealthReading
}

interface HealthPartSource {
  readonly about: Pick<HealthPart, 'name' | 'type' | 'measurement' | 'optional'>
  read(): HealthReading | Promise<HealthReading>
}

export class HealthParts {
  readonly #sources: readonly HealthPartSource[]
  readonly #unknown: UnknownReadiness

  constructor({ components, checks, tracker, optional, unknown }: ResolvedHealth, clock: Clock, events: Events) {
    this.#unknown = unknown
    const tracked = components.map((name) => ({
      about: { name, type: 'component', optional: optional.has(name) },
      read: () => ({ state: stateFrom(tracker as StateReader, name, events), at: clock.wall() }),
    }))
    const checked = checks.map(({ name, type, measurement, check, ...bounds }) => {
      const bounded = new BoundedCheck(name, check, bounds, clock, events)
      return { about: { name, type, measurement, optional: optional.has(name) }, read: () => bounded.read() }
    })
    this.#sources = [...tracked, ...checked]
  }

  /** Reads all parts concurrently. */
  read(): Promise<readonly HealthPart[]> {
    return Promise.all(
      this.#sources.map(async ({ about, read }) => {
        const reading = await read()
        return { ...about, reading, status: statusOf(reading.state, this.#unknown) }
      }),
    )
  }
}

function stateFrom(read: StateReader, name: string, events: Events): ComponentState {
  try {
    const state = read(name)
    ignoreRejection(state)
    if (states.includes(state as ComponentState)) return state as ComponentState
    throw new TypeError(`healthEndpoints: tracker must return a state, got ${show(state)}`)
  } catch (error) {
    events.fault('tracker', error)
    return 'unknown'
  }
}
