/**
 * A simulated server: slots that serve at once, one line behind them, and faults.
 *
 * Invariant: a request is in the line, in service or answered, and while the server is neither frozen nor full nobody
 * waits. What is drawn for a request (how long, whether it fails) is drawn when its service begins, so a fault meets the
 * work that begins in its window; only going down and freezing touch what is already under way.
 */
import type { Clock } from '../../core/clock.ts'
import { show } from '../../core/options.ts'
import type { Random } from '../../core/random.ts'
import { type Condition, Faults } from './condition.ts'
import { Job, Line, type Request, type SimulatedCode, SimulatedError } from './job.ts'
import { LoadMeter, type MeteredLoad } from './load-meter.ts'
import type { ResolvedMember } from './options.ts'
import { MemberTally } from './tally.ts'

/** What a server is given by its simulation. */
export interface Surroundings {
  readonly clock: Clock
  readonly random: Random
  /** Hears with each answer how busy the server is. */
  readonly report: ((client: number, load: MeteredLoad) => void) | undefined
}

export class Server {
  readonly name: string
  readonly tally = new MemberTally()
  /** Whether it hears that a client gave up. */
  readonly stopsOnAbort: boolean
  readonly #rules: ResolvedMember
  readonly #surroundings: Surroundings
  readonly #faults: Faults
  readonly #meter: LoadMeter | undefined
  readonly #line = new Line()
  readonly #serving = new Set<Job>()

  constructor(rules: ResolvedMember, surroundings: Surroundings) {
    this.name = rules.name
    this.stopsOnAbort = rules.stopsOnAbort
    this.#rules = rules
    this.#surroundings = surroundings
    this.#faults = new Faults(surroundings.clock, rules.faults, (before) => this.#changed(before))
    this.#meter = surroundings.report && new LoadMeter()
  }

  start(): void {
    this.#faults.start()
  }

  /** Nothing is left scheduled; what is under way stays unanswered. */
  stop(): void {
    this.#faults.stop()
    for (const job of this.#serving) this.#surroundings.clock.cancel(job)
  }

  /**
   * Gives the server's name when the request is answered, or rejects with a `SimulatedError`.
   *
   * @throws TypeError where its latency is no time.
   */
  serve(request: Request): Promise<string> {
    const job = new Job(request, this.#surroundings.clock.now(), this.#finished)
    const free = this.#rules.capacity - this.#serving.size
    if (this.#faults.condition.down) this.#fail(job, 'ECONNREFUSED')
    else if (this.#line.length >= this.#rules.queue + free) this.#fail(job, 'SIM_BUSY')
    else {
      this.#hear(job)
      this.#line.push(job)
      this.#pump()
    }
    return job.answer
  }

  /** Begins what can begin, and notes how many wait and are served. */
  #pump(): void {
    const { condition } = this.#faults
    while (!condition.hung && this.#serving.size < this.#rules.capacity) {
      const job = this.#line.shift()
      if (job === undefined) break
      this.#begin(job, condition)
    }
    const now = this.#surroundings.clock.now()
    this.tally.waiting.set(this.#line.length, now)
    this.tally.busy.set(this.#serving.size, now)
    this.#meter?.use(this.#serving.size / this.#rules.capacity, now)
  }

  #begin(job: Job, { failsAfter, factor, errorRate }: Condition): void {
    const { clock, random } = this.#surroundings
    job.fails = failsAfter !== undefined || (errorRate > 0 && random() < errorRate)
    const took = failsAfter ?? this.#rules.latency(random) * factor
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
      job.deafen?.()
      if (job.request.counted) this.tally.served++
      job.resolve(this.name)
    }
    this.#pump()
  }

  #report({ request, fails }: Job): void {
    const { clock, report } = this.#surroundings
    if (report !== undefined) report(request.client, (this.#meter as LoadMeter).answered(!fails, clock.now()))
  }

  #fail(job: Job, code: SimulatedCode): void {
    job.deafen?.()
    if (job.request.counted) this.tally.failures++
    job.reject(new SimulatedError(this.name, code))
  }

  #hear(job: Job): void {
    const { signal } = job.request
    if (signal === undefined) return
    const abort = (): void => {
      if (job.waiting) this.#line.remove(job)
      else this.#leave(job)
      job.reject(signal.reason)
      this.#pump()
    }
    signal.addEventListener('abort', abort, { once: true })
    job.deafen = () => signal.removeEventListener('abort', abort)
  }

  #leave(job: Job): void {
    this.#serving.delete(job)
    this.#surroundings.clock.cancel(job)
  }

  #changed(before: Condition): void {
    const { down, hung } = this.#faults.condition
    if (hung && !before.hung) this.#freeze()
    if (!hung && before.hung) this.#thaw()
    if (down && !before.down) this.#lose()
    this.#pump()
  }

  #freeze(): void {
    const { clock } = this.#surroundings
    for (const job of this.#serving) {
      job.left = job.at - clock.now()
      clock.cancel(job)
    }
  }

  #thaw(): void {
    for (const job of this.#serving) this.#surroundings.clock.schedule(job, job.left)
  }

  #lose(): void {
    const lost = [...this.#serving]
    for (let job = this.#line.shift(); job !== undefined; job = this.#line.shift()) lost.push(job)
    for (const job of lost) {
      this.#leave(job)
      this.#fail(job, 'ECONNRESET')
    }
  }
}
