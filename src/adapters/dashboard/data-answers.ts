/** What is answered to each question, but for the stream. */

import { page } from 'holdfast:dashboard-page'
import type { AvailabilityTracker } from '../../availability/availability-tracker.ts'
import type { Clock } from '../../core/clock.ts'
import type { ServerAnswer } from '../../serving/answer.ts'
import { jsonHeaders, pageHeaders } from './answers.ts'
import { componentDetails } from './history/component-details.ts'
import { Days } from './history/day-history.ts'
import { json } from './json.ts'
import type { Question } from './request/query.ts'
import { Refusal } from './request/request-error.ts'
import type { Bars, ComponentDetails, ObjectiveDetails } from './wire/facts.ts'

type Data = Exclude<Question, { readonly of: 'events' | 'control' | 'page' | 'seen' }>

export class Answering {
  readonly #tracker: AvailabilityTracker | undefined
  readonly #clock: Clock
  readonly #days: Days | undefined

  constructor(tracker: AvailabilityTracker | undefined, clock: Clock, zone: string) {
    this.#tracker = tracker
    this.#clock = clock
    this.#days = tracker && new Days(tracker, clock, zone)
  }

  /** @throws Refusal where there is nothing of the name. */
  data(question: Data): ServerAnswer {
    const tracker = this.#tracker
    const days = this.#days
    if (tracker === undefined || days === undefined) throw new Refusal(404, 'there is no tracker')
    if (question.of === 'objective') return jsonAnswer(200, this.#objective(tracker, question.name))
    const known = tracker.standings()
    if (question.of === 'bars') {
      const names = question.names.filter((name) => known.has(name))
      if (names.length === 0) throw new Refusal(404, 'no such component')
      const bars = Object.fromEntries(names.map((name) => [name, days.of(name)]))
      return jsonAnswer(200, { at: this.#now(), bars } satisfies Bars)
    }
    const { name } = question
    if (!known.has(name)) throw new Refusal(404, 'no such component')
    const details: ComponentDetails = componentDetails(tracker, name, this.#clock.wall(), days)
    return jsonAnswer(200, details)
  }

  #objective(tracker: AvailabilityTracker, name: string): ObjectiveDetails {
    const objective = tracker.objectives.find((each) => each.name === name)
    if (objective === undefined) throw new Refusal(404, 'no such objective')
    const burnDown = objective.burnDown().map(({ at, remaining }) => [Math.round(at), remaining] as const)
    const at = this.#now()
    const { coverage, period } = objective.report()
    return { at, name, since: Math.round(at - coverage * (at - period.fromAt)), burnDown }
  }

  #now(): number {
    return Math.round(this.#clock.wall())
  }
}

export const pageAnswer: ServerAnswer = { status: 200, headers: pageHeaders, body: page.html }

export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): ServerAnswer {
  return { status, headers: { ...jsonHeaders, ...headers }, body: json(value) }
}
