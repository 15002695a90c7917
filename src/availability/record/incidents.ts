/**
 * Incidents: stretches people declare, with a start and, once it is known, an end.
 *
 * Overlapping ones are united, so nothing counts twice. After an outage the component was restored, so the source says up;
 * after a maintenance it says nothing. The log is written when it is read, so many incidents told one by one cost one sort.
 */
import { EventLog } from '../timeline/event-log.ts'
import { type Code, SILENT } from '../timeline/states.ts'

export interface Span {
  readonly start: number
  /** Infinity while it is open. */
  readonly end: number
}

/** Begins the key of an incident known by a start in the monotonic time of one process, which the next does not share. */
export const ownTime = 'time '

export class Incidents {
  readonly #log = new EventLog()
  #written = true
  readonly #spans = new Map<string, Span>()
  readonly #during: Code
  readonly #after: Code
  readonly #hushed: number[] = []

  constructor(during: Code, after: Code) {
    this.#during = during
    this.#after = after
  }

  /** What the spans say, and nothing else. */
  get log(): EventLog {
    if (!this.#written) this.#write()
    return this.#log
  }

  get spans(): readonly (readonly [string, Span])[] {
    return [...this.#spans]
  }

  /** Adds one, or corrects the one of this key. Gives the instant from which on something may have changed. */
  put(key: string, span: Span): number {
    const known = this.#spans.get(key)
    this.#spans.set(key, span)
    this.#written = false
    return Math.min(span.start, known?.start ?? span.start)
  }

  /** From `time` on it says nothing, unless an incident is open then or comes later. */
  hush(time: number): void {
    this.#hushed.push(time)
    this.#written = false
  }

  #write(): void {
    this.#written = true
    this.#log.cut(Number.NEGATIVE_INFINITY)
    let until = Number.NEGATIVE_INFINITY
    for (const { start, end } of inOrder([...this.#spans.values()])) {
      if (start > until) {
        if (until !== Number.NEGATIVE_INFINITY) this.#log.add(until, this.#after)
        this.#log.add(start, this.#during)
      }
      until = Math.max(until, end)
    }
    if (Number.isFinite(until)) this.#log.add(until, this.#after)
    for (const time of this.#hushed) if (this.#log.length > 0 && time >= until) this.#log.add(time, SILENT)
  }
}

/** By their start; nearly always they were told so. */
function inOrder(spans: Span[]): readonly Span[] {
  const isSorted = spans.every(({ start }, index) => index === 0 || start >= (spans[index - 1] as Span).start)
  return isSorted ? spans : spans.sort((a, b) => a.start - b.start)
}
