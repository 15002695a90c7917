/** Answers the queries for data of the tracker: bars, one component, one objective. */
import type { Clock } from '../../core/clock.ts'
import type { AvailabilityTracker } from '../../full-tracker/availability-tracker.ts'
import type { ServerAnswer } from '../../serving/answer.ts'
import { jsonAnswer } from './answers.ts'
import { componentDetails } from './history/component-details.ts'
import { DayHistory } from './history/day-history.ts'
import type { DashboardQuery } from './request/query.ts'
import { RequestError } from './request/request-error.ts'
import type { Bars, ComponentDetails, ObjectiveDetails } from './wire/details.ts'

export type DataQuery = Extract<DashboardQuery, { readonly topic: 'bars' | 'component' | 'objective' }>

export class DataAnswers {
  readonly #tracker: AvailabilityTracker | undefined
  readonly #clock: Clock
  readonly #days: DayHistory | undefined

  constructor(tracker: AvailabilityTracker | undefined, clock: Clock, zone: string) {
    this.#tracker = tracker
    this.#clock = clock
    this.#days = tracker && new DayHistory(tracker, clock, zone)
  }

  /** @throws RequestError if nothing has the name. */
  to(query: DataQuery): ServerAnswer {
    const tracker = this.#tracker
    const days = this.#days
    if (tracker === undefined || days === undefined) throw new RequestError(404, 'no tracker')
    if (query.topic === 'objective') return jsonAnswer(200, this.#objective(tracker, query.name))
    const known = tracker.statuses()
    if (query.topic === 'bars') {
      const names = query.names.filter((name) => known.has(name))
      if (names.length === 0) throw new RequestError(404, 'unknown component')
      const bars = Object.fromEntries(names.map((name) => [name, days.of(name)]))
      return jsonAnswer(200, { at: this.#now(), bars } satisfies Bars)
    }
    const { name } = query
    if (!known.has(name)) throw new RequestError(404, 'unknown component')
    const details: ComponentDetails = componentDetails(tracker, name, this.#clock.wall(), days)
    return jsonAnswer(200, details)
  }

  #objective(tracker: AvailabilityTracker, name: string): ObjectiveDetails {
    const objective = tracker.objectives.find((each) => each.name === name)
    if (objective === undefined) throw new RequestError(404, 'unknown objective')
    const burnDown = objective.burnDown().map(({ at, remaining }) => [Math.round(at), remaining] as const)
    const at = this.#now()
    const { coverage, period } = objective.report()
    return { at, name, since: Math.round(at - coverage * (at - period.fromAt)), burnDown }
  }

  #now(): number {
    return Math.round(this.#clock.wall())
  }
}
