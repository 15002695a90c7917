/**
 * One run of a simulation: calls come at random, each goes through its client's policy to the servers, and is counted.
 *
 * Everything is an event on one virtual clock. All randomness comes from one seed, through a separate source for each purpose:
 * another policy changes neither when calls come nor what a server draws first.
 * Invariant: a call is under way until its promise settles; the run ends when no more calls come and none is under way, or
 * when `drain` is over.
 */
import type { Call } from '../../core/call/call.ts'
import type { Clock } from '../../core/clock.ts'
import { show } from '../../core/options.ts'
import type { BasePolicy } from '../../core/policy.ts'
import { policyOf } from '../../core/policy-of.ts'
import type { Random } from '../../core/random.ts'
import { Alarm } from '../../core/timer.ts'
import { seededRandom } from '../seeded-random.ts'
import { virtualClock } from '../virtual-clock.ts'
import { SimulatedCallTally } from './call-tally.ts'
import type { MeteredLoad } from './load-meter.ts'
import type { SimulationResult } from './results.ts'
import { SeriesTally } from './series-tally.ts'
import type { SimulationSettings } from './settings.ts'
import { SimulatedServer } from './simulated-server.ts'
import { summary } from './statistics.ts'

/** The member that a policy chose for an attempt, where it chooses one. */
interface ChosenMember {
  readonly member?: unknown
  readonly target?: unknown
}

export class SimulationRun {
  readonly #settings: SimulationSettings
  readonly #clock = virtualClock()
  readonly #arrivals: Random
  readonly #callRandom: Random
  readonly #servers: readonly SimulatedServer[]
  readonly #numbers: ReadonlyMap<unknown, number>
  readonly #clients: readonly BasePolicy[]
  readonly #series: SeriesTally
  readonly #tally = new SimulatedCallTally()
  readonly #arrival = new Alarm(() => this.#arrive())
  readonly #limit = new Alarm(() => this.#finish())
  #finish!: () => void
  #fail!: (error: unknown) => void
  /** All calls so far, and those under way, including calls that do not count. */
  #started = 0
  #underWay = 0
  #arriving = true

  constructor(settings: SimulationSettings) {
    this.#settings = settings
    const seeds = seededRandom(settings.seed)
    const source = (): Random => seededRandom(Math.floor(seeds() * 2 ** 32))
    this.#arrivals = source()
    this.#callRandom = source()
    const { report } = settings
    this.#servers = settings.members.map((member) => {
      const reportLoad =
        report && ((client: number, load: MeteredLoad) => report({ client, member: member.name, ...load }))
      return new SimulatedServer(member, { clock: this.#clock, random: source(), report: reportLoad })
    })
    const members = settings.members.map(({ name }) => name)
    this.#numbers = new Map(members.map((name, index) => [name, index]))
    this.#series = new SeriesTally(settings.slice, members)
    this.#clients = Array.from({ length: settings.clients }, (_, client) => {
      const context = { clock: this.#clock, random: source(), members, client }
      return this.#adopted(settings.policy(context), context)
    })
  }

  async run(): Promise<SimulationResult> {
    const { warmUp, duration } = this.#settings
    const over = new Promise<void>((resolve, reject) => {
      this.#finish = resolve
      this.#fail = reject
    })
    for (const server of this.#servers) server.start()
    const counted = new Alarm(() => {
      for (const { tally } of this.#servers) tally.begin(this.#clock.now())
    })
    this.#clock.schedule(counted, warmUp)
    if (duration !== undefined) this.#clock.schedule(new Alarm(() => this.#stopArrivals()), warmUp + duration)
    this.#scheduleArrival()
    try {
      await this.#clock.settle(over)
    } finally {
      this.#clock.cancel(this.#arrival)
      this.#clock.cancel(this.#limit)
      for (const server of this.#servers) server.stop()
    }
    return this.#result()
  }

  #adopted(made: unknown, context: { readonly clock: Clock; readonly random: Random }): BasePolicy {
    const policy = policyOf(made)
    if (policy === undefined) throw new TypeError(`simulate: policy must give a policy, got ${show(made)}`)
    policy.adopt(context)
    if (policy.clock !== context.clock) throw new TypeError('simulate: policy must use the clock it is given')
    return policy
  }

  #scheduleArrival(): void {
    this.#clock.schedule(this.#arrival, (-Math.log(1 - this.#arrivals()) * 1000) / this.#settings.rate)
  }

  #arrive(): void {
    const { calls, warmUp, clients } = this.#settings
    const client = Math.floor(this.#arrivals() * clients)
    this.#scheduleArrival()
    this.#call(client, this.#clock.now() >= warmUp)
    if (this.#tally.calls === calls) this.#stopArrivals()
  }

  #call(client: number, counted: boolean): void {
    const policy = this.#clients[client] as BasePolicy
    const startedAt = this.#clock.now()
    this.#series.call(startedAt)
    const options = this.#settings.call?.({ client, index: this.#started, random: this.#callRandom })
    this.#started++
    this.#underWay++
    if (counted) this.#tally.calls++
    const operation = (call: Call): Promise<string> => this.#attempt(call, client, counted)
    policy.execute(operation as never, options).then(
      () => {
        this.#series.resolved(startedAt)
        if (counted) this.#tally.succeeded(this.#clock.now() - startedAt)
        this.#ended()
      },
      (error: unknown) => {
        if (counted) this.#tally.rejected(error)
        this.#ended()
      },
    )
  }

  /** The operation of a call. An error of the simulation itself ends the run: it is not a failure for a policy to handle. */
  #attempt(call: Call & ChosenMember, client: number, counted: boolean): Promise<string> {
    try {
      const index = this.#chosen(call)
      const server = this.#servers[index] as SimulatedServer
      const first = call.attempt === 1
      this.#series.attempt(index, first, this.#clock.now())
      if (counted) server.tally.attempted(first)
      return server.serve({ client, counted, signal: server.stopsOnAbort ? call.signal : undefined })
    } catch (error) {
      this.#fail(error)
      return new Promise(() => {})
    }
  }

  #chosen({ member, target }: ChosenMember): number {
    const index = this.#numbers.get(member) ?? this.#numbers.get(target)
    if (index !== undefined) return index
    if (member === undefined && target === undefined && this.#servers.length === 1) return 0
    throw new TypeError(`simulate: policy must give operations a member's name, got ${show(member ?? target)}`)
  }

  #ended(): void {
    this.#underWay--
    if (!this.#arriving && this.#underWay === 0) this.#finish()
  }

  /** Ends the arrival of calls. */
  #stopArrivals(): void {
    this.#arriving = false
    this.#clock.cancel(this.#arrival)
    for (const { tally } of this.#servers) tally.end(this.#clock.now())
    if (this.#underWay === 0) this.#finish()
    else this.#clock.schedule(this.#limit, this.#settings.drain)
  }

  #result(): SimulationResult {
    const tallies = this.#servers.map(({ tally }) => tally)
    const firstOfAll = tallies.reduce((sum, { firstAttempts }) => sum + firstAttempts, 0)
    const { calls, failed, took, errors } = this.#tally
    return {
      calls,
      ok: took.length,
      failed,
      unfinished: calls - took.length - failed,
      errors,
      attempts: tallies.reduce((sum, { attempts }) => sum + attempts, 0),
      latency: summary(took),
      members: Object.fromEntries(this.#servers.map(({ name, tally }) => [name, tally.result(firstOfAll)])),
      series: this.#series.slices(),
    }
  }
}
