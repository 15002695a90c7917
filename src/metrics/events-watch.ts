/** Retry, timeout, fallback and bulkhead: what they tell, and for a bulkhead how full it is when scraped. */
import type { Bulkhead } from '../bulkhead/bulkhead.ts'
import type { BulkheadRejectEvent, DequeueEvent } from '../bulkhead/events.ts'
import type { EventBase } from '../core/events.ts'
import type { GiveUpEvent, RetryEvent } from '../retry/retry.ts'
import { Ears } from './ears.ts'
import type { Place, PolicyWatch, WatchContext } from './policy-location.ts'
import { Series } from './series.ts'
import type { Counter } from './sink.ts'

abstract class PartWatch implements PolicyWatch {
  protected readonly place: Place
  protected readonly context: WatchContext
  protected readonly series: Series
  protected readonly ears: Ears

  constructor(place: Place, context: WatchContext) {
    this.place = place
    this.context = context
    this.series = new Series({ ...place.within, policy: place.name })
    this.ears = new Ears(context.errors, place.policy)
  }

  collect(): void {}

  stop(): void {
    this.ears.stop()
    this.series.drop()
  }
}

/** Counts one event that happens seldom. */
class EventWatch extends PartWatch {
  constructor(place: Place, context: WatchContext, event: string, counter: Counter) {
    super(place, context)
    this.series.add(counter, {}, 0)
    this.ears.on<EventBase>(event, () => this.series.add(counter, {}, 1))
  }
}

export class TimeoutWatch extends EventWatch {
  constructor(place: Place, context: WatchContext) {
    super(place, context, 'timeout', context.families.timeouts)
  }
}

export class FallbackWatch extends EventWatch {
  constructor(place: Place, context: WatchContext) {
    super(place, context, 'fallback', context.families.fallbacks)
  }
}

/** Why a retry gave up, as a result. */
const results = {
  retries: 'exhausted',
  deadline: 'deadline',
  idempotent: 'not_retryable',
  rejected: 'rejected',
  backoff: 'stopped',
  before: 'stopped',
} as const

export class RetryWatch extends PartWatch {
  constructor(place: Place, context: WatchContext) {
    super(place, context)
    const { retries, retryCalls, retryDelay } = context.families
    this.series.add(retries, { attempt_type: 'retry' }, 0)
    for (const result of Object.values(results)) this.series.add(retryCalls, { result }, 0)
    this.ears
      .on<RetryEvent>('retry', ({ delay }) => {
        this.series.add(retries, { attempt_type: 'retry' }, 1)
        this.series.observe(retryDelay, {}, delay / 1000)
      })
      .on<GiveUpEvent>('giveUp', ({ reason }) => this.series.add(retryCalls, { result: results[reason] }, 1))
  }

  override collect(): void {
    const { tally, policy } = this.place
    if (tally === undefined) return
    const saved = tally.saved.get(policy.name) ?? 0
    this.series.raise(this.context.families.retryCalls, { result: 'success_after_retry' }, saved)
  }
}

/** In the words of Prometheus. */
const reasons = { full: 'full', maxWait: 'max_wait', deadline: 'deadline' } as const

export class BulkheadWatch extends PartWatch {
  constructor(place: Place, context: WatchContext) {
    super(place, context)
    const { bulkheadRejections, waits } = context.families
    for (const reason of Object.values(reasons)) this.series.add(bulkheadRejections, { reason }, 0)
    this.ears
      .on<BulkheadRejectEvent>('reject', ({ reason }) => {
        this.series.add(bulkheadRejections, { reason: reasons[reason] }, 1)
      })
      .on<DequeueEvent>('dequeue', ({ waited }) => this.series.observe(waits, {}, waited / 1000))
  }

  override collect(): void {
    const { active, queued, limit } = this.context.families
    const bulkhead = this.place.policy as unknown as Bulkhead
    this.series.refresh(() => {
      this.series.set(active, {}, bulkhead.active)
      this.series.set(queued, {}, bulkhead.queued)
      this.series.set(limit, {}, bulkhead.limit)
    })
  }
}
