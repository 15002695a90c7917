/**
 * Incidents: stretches people declare, with a start and, once it is known, an end.
 *
 * Overlapping ones are united, so nothing counts twice. After an outage the component was restored, so the source says up;
 * after a maintenance it says nothing. The log is written when it is read, so many incidents recorded one by one cost one sort.
 */
import { EventLog } from '../timeline/event-log.ts'
import { type Code, SILENT } from '../timeline/states.ts'

export interface IncidentSpan {
  readonly start: number
  /** Infinity while it is open. */
  readonly end: number
}

/** Begins the key of an incident known by a start in the monotonic time of one process, which the next does not share. */
export const ownTime = 'time '

export class Incidents {
  readonly #log = new EventLog()
  #written = true
  readonly #spans = new Map<string, IncidentSpan>()
  readonly #during: Code
  readonly #after: Code
  readonly #hushed: number[] = []
  /** No start and no end comes later. */
  #latest = Number.NEGATIVE_INFINITY

  constructor(during: Code, after: Code) {
    this.#during = during
    this.#after = after
  }

  /** What the spans say, and nothing else. */
  get log(): EventLog {
    if (!this.#written) this.#write()
    return this.#log
  }

  get spans(): readonly (readonly [string, IncidentSpan])[] {
    return [...this.#spans]
  }

  get hushed(): readonly number[] {
    return this.#hushed
  }

  has(key: string): boolean {
    return this.#spans.has(key)
  }

  /** Adds one, or corrects the one of this key. Gives the instant from which on something may have changed. */
  put(key: string, span: IncidentSpan): number {
    const known = this.#spans.get(key)
    this.#spans.set(key, span)
    this.#written = false
    this.#latest = Math.max(this.#latest, Number.isFinite(span.end) ? span.end : span.start)
    return Math.min(span.start, known?.start ?? span.start)
  }

  /** The first start or end after `now`; Infinity where there is none. */
  next(now: number): number {
    let next = Number.POSITIVE_INFINITY
    if (this.#latest <= now) return next
    for (const { start, end } of this.#spans.values()) {
      if (start > now) next = Math.min(next, start)
      else if (end > now) next = Math.min(next, end)
    }
    return next
  }

  /** From `time` on it says nothing, up to the next incident; unless one is open then. */
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
        this.#rest(until, start)
        this.#log.add(start, this.#during)
      }
      until = Math.max(until, end)
    }
    this.#rest(until, Number.POSITIVE_INFINITY)
  }

  /** Between two incidents, before the first and after the last. */
  #rest(from: number, to: number): void {
    if (!Number.isFinite(from)) return
    this.#log.add(from, this.#after)
    if (this.#hushed.length === 0) return
    const hushed = Math.min(...this.#hushed.filter((time) => time >= from))
    if (hushed < to) this.#log.add(hushed, SILENT)
  }
}

/** By their start; nearly always they arrive in that order. */
function inOrder(spans: IncidentSpan[]): readonly IncidentSpan[] {
  const isSorted = spans.every(({ start }, index) => index === 0 || start >= (spans[index - 1] as IncidentSpan).start)
  return isSorted ? spans : spans.sort((a, b) => a.start - b.start)
}
