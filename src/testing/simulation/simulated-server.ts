/**
 * A simulated server: slots that serve requests, one queue for further ones, and faults.
 *
 * Invariant: a request is queued, in service or answered, and no request waits while the server is neither frozen nor full. The
 * duration of a request and whether it fails are drawn when its service begins, so a fault affects the work that begins in
 * its window; only `down` and `hang` affect work that is already under way.
 */
import type { Clock } from '../../core/clock.ts'
import { show } from '../../core/options.ts'
import type { Random } from '../../core/random.ts'
import { FaultSchedule, type ServerCondition } from './fault-schedule.ts'
import { Job, type SimulatedRequest } from './job.ts'
import { JobQueue } from './job-queue.ts'
import { LoadMeter, type MeteredLoad } from './load-meter.ts'
import { MemberTally } from './member-tally.ts'
import type { ResolvedMember } from './settings.ts'
import { type SimulatedCode, SimulatedError } from './simulated-error.ts'

/** What a simulation provides to its servers. */
export interface ServerContext {
  readonly clock: Clock
  readonly random: Random
  /** Called with the server's load at each answer. */
  readonly report: ((client: number, load: MeteredLoad) => void) | undefined
}

export class SimulatedServer {
  readonly name: string
  readonly tally = new MemberTally()
  /** Whether it stops work on a request that its client aborted. */
  readonly stopsOnAbort: boolean
  readonly #settings: ResolvedMember
  readonly #context: ServerContext
  readonly #faults: FaultSchedule
  readonly #meter: LoadMeter | undefined
  readonly #queue = new JobQueue()
  readonly #serving = new Set<Job>()

  constructor(settings: ResolvedMember, context: ServerContext) {
    this.name = settings.name
    this.stopsOnAbort = settings.stopsOnAbort
    this.#settings = settings
    this.#context = context
    this.#faults = new FaultSchedule(context.clock, settings.faults, (before) => this.#changed(before))
    this.#meter = context.report && new LoadMeter()
  }

  start(): void {
    this.#faults.start()
  }

  /** Cancels all timers; requests under way stay unanswered. */
  stop(): void {
    this.#faults.stop()
    for (const job of this.#serving) this.#context.clock.cancel(job)
  }

  /**
   * Resolves with the server's name when the request is answered, or rejects with a `SimulatedError`.
   *
   * @throws TypeError where the drawn latency is not a finite number >= 0.
   */
  serve(request: SimulatedRequest): Promise<string> {
    const job = new Job(request, this.#context.clock.now(), this.#finished)
    const free = this.#settings.capacity - this.#serving.size
    if (this.#faults.condition.down) this.#fail(job, 'ECONNREFUSED')
    else if (this.#queue.length >= this.#settings.queue + free) this.#fail(job, 'SIM_BUSY')
    else {
      this.#listenForAbort(job)
      this.#queue.push(job)
      this.#fillSlots()
    }
    return job.answer
  }

  /** Begins the service of as many requests as there are free slots, and records how many wait and are served. */
  #fillSlots(): void {
    const { condition } = this.#faults
    while (!condition.hung && this.#serving.size < this.#settings.capacity) {
      const job = this.#queue.shift()
      if (job === undefined) break
      this.#begin(job, condition)
    }
    const now = this.#context.clock.now()
    this.tally.waiting.set(this.#queue.length, now)
    this.tally.busy.set(this.#serving.size, now)
    this.#meter?.use(this.#serving.size / this.#settings.capacity, now)
  }

  #begin(job: Job, { failsAfter, factor, errorRate }: ServerCondition): void {
    const { clock, random } = this.#context
    job.fails = failsAfter !== undefined || (errorRate > 0 && random() < errorRate)
    const took = failsAfter ?? this.#settings.latency(random) * factor
    if (!(took >= 0 && took < Number.POSITIVE_INFINITY)) {
      throw new TypeError(`simulate: latency of ${show(this.name)} must be finite and >= 0, got ${show(took)}`)
    }
    if (job.request.counted) this.tally.began(clock.now() - job.arrivedAt)
    this.#serving.add(job)
    clock.schedule(job, took)
  }

  readonly #finished = (job: Job): void => {
    this.#serving.delete(job)
    this.#report(job)
    if (job.fails) this.#fail(job, 'SIM_FAILED')
    else {
      job.unlisten?.()
      if (job.request.counted) this.tally.served++
      job.resolve(this.name)
    }
    this.#fillSlots()
  }

  #report({ request, fails }: Job): void {
    const { clock, report } = this.#context
    if (report !== undefined) report(request.client, (this.#meter as LoadMeter).answered(!fails, clock.now()))
  }

  #fail(job: Job, code: SimulatedCode): void {
    job.unlisten?.()
    if (job.request.counted) this.tally.failures++
    job.reject(new SimulatedError(this.name, code))
  }

  #listenForAbort(job: Job): void {
    const { signal } = job.request
    if (signal === undefined) return
    const abort = (): void => {
      if (job.waiting) this.#queue.remove(job)
      else this.#leave(job)
      job.reject(signal.reason)
      this.#fillSlots()
    }
    signal.addEventListener('abort', abort, { once: true })
    job.unlisten = () => signal.removeEventListener('abort', abort)
  }

  #leave(job: Job): void {
    this.#serving.delete(job)
    this.#context.clock.cancel(job)
  }

  #changed(before: ServerCondition): void {
    const { down, hung } = this.#faults.condition
    if (hung && !before.hung) this.#freeze()
    if (!hung && before.hung) this.#thaw()
    if (down && !before.down) this.#loseAll()
    this.#fillSlots()
  }

  #freeze(): void {
    const { clock } = this.#context
    for (const job of this.#serving) {
      job.left = job.at - clock.now()
      clock.cancel(job)
    }
  }

  #thaw(): void {
    for (const job of this.#serving) this.#context.clock.schedule(job, job.left)
  }

  #loseAll(): void {
    const lost = [...this.#serving]
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) lost.push(job)
    for (const job of lost) {
      this.#leave(job)
      this.#fail(job, 'ECONNRESET')
    }
  }
}
