/**
 * One run of a simulation: calls come by chance, each goes through its client's policy to the servers, and is counted.
 *
 * Everything is an event on one virtual clock, and all chance comes from one seed, through a source of its own for each
 * purpose: another policy does not change when calls come, nor what a server draws first.
 * Invariant: a call that came is under way until its promise settles; the run is over when calls have stopped coming and
 * none is under way, or when `drain` is over.
 */
import type { Call } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import { show } from '../../core/options.ts'
import { type BasePolicy, policyOf } from '../../core/policy.ts'
import type { Random } from '../../core/random.ts'
import { Alarm } from '../../core/timer.ts'
import { seededRandom } from '../seeded-random.ts'
import { virtualClock } from '../virtual-clock.ts'
import type { MeteredLoad } from './load-meter.ts'
import type { Resolved } from './options.ts'
import type { SimulationResult } from './results.ts'
import { Server } from './server.ts'
import { summary } from './statistics.ts'
import { CallTally, Course } from './tally.ts'

/** Whom a policy chose, where it chooses. */
interface Chosen {
  readonly member?: unknown
  readonly target?: unknown
}

export class SimulationRun {
  readonly #rules: Resolved
  readonly #clock = virtualClock()
  readonly #arrivals: Random
  readonly #said: Random
  readonly #servers: readonly Server[]
  readonly #numbers: ReadonlyMap<unknown, number>
  readonly #clients: readonly BasePolicy[]
  readonly #course: Course
  readonly #tally = new CallTally()
  readonly #arrival = new Alarm(() => this.#arrive())
  readonly #limit = new Alarm(() => this.#over())
  #over!: () => void
  #crash!: (error: unknown) => void
  /** Calls that came, and those of them under way, counted or not. */
  #came = 0
  #underWay = 0
  #coming = true

  constructor(rules: Resolved) {
    this.#rules = rules
    const seeds = seededRandom(rules.seed)
    const source = (): Random => seededRandom(Math.floor(seeds() * 2 ** 32))
    this.#arrivals = source()
    this.#said = source()
    const { report } = rules
    this.#servers = rules.members.map((member) => {
      const told = report && ((client: number, load: MeteredLoad) => report({ client, member: member.name, ...load }))
      return new Server(member, { clock: this.#clock, random: source(), report: told })
    })
    const members = rules.members.map(({ name }) => name)
    this.#numbers = new Map(members.map((name, index) => [name, index]))
    this.#course = new Course(rules.slice, members)
    this.#clients = Array.from({ length: rules.clients }, (_, client) => {
      const context = { clock: this.#clock, random: source(), members, client }
      return this.#adopted(rules.policy(context), context)
    })
  }

  async run(): Promise<SimulationResult> {
    const { warmUp, duration } = this.#rules
    const over = new Promise<void>((resolve, reject) => {
      this.#over = resolve
      this.#crash = reject
    })
    for (const server of this.#servers) server.start()
    const counted = new Alarm(() => {
      for (const { tally } of this.#servers) tally.begin(this.#clock.now())
    })
    this.#clock.schedule(counted, warmUp)
    if (duration !== undefined) this.#clock.schedule(new Alarm(() => this.#last()), warmUp + duration)
    this.#next()
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

  #next(): void {
    this.#clock.schedule(this.#arrival, (-Math.log(1 - this.#arrivals()) * 1000) / this.#rules.rate)
  }

  #arrive(): void {
    const { calls, warmUp, clients } = this.#rules
    const client = Math.floor(this.#arrivals() * clients)
    this.#next()
    this.#call(client, this.#clock.now() >= warmUp)
    if (this.#tally.calls === calls) this.#last()
  }

  #call(client: number, counted: boolean): void {
    const policy = this.#clients[client] as BasePolicy
    const startedAt = this.#clock.now()
    this.#course.call(startedAt)
    const options = this.#rules.call?.({ client, index: this.#came, random: this.#said })
    this.#came++
    this.#underWay++
    if (counted) this.#tally.calls++
    const operation = (call: Call): Promise<string> => this.#attempt(call, client, counted)
    policy.execute(operation as never, options).then(
      () => {
        if (counted) this.#tally.succeeded(this.#clock.now() - startedAt)
        this.#ended()
      },
      (error: unknown) => {
        if (counted) this.#tally.rejected(error)
        this.#ended()
      },
    )
  }

  /** The operation of a call. What is wrong with the simulation itself ends it, and is no failure for a policy to handle. */
  #attempt(call: Call & Chosen, client: number, counted: boolean): Promise<string> {
    try {
      const index = this.#chosen(call)
      const server = this.#servers[index] as Server
      const first = call.attempt === 1
      this.#course.attempt(index, first, this.#clock.now())
      if (counted) server.tally.attempted(first)
      return server.serve({ client, counted, signal: server.stopsOnAbort ? call.signal : undefined })
    } catch (error) {
      this.#crash(error)
      return new Promise(() => {})
    }
  }

  #chosen({ member, target }: Chosen): number {
    const index = this.#numbers.get(member) ?? this.#numbers.get(target)
    if (index !== undefined) return index
    if (member === undefined && target === undefined && this.#servers.length === 1) return 0
    throw new TypeError(`simulate: policy must give operations a member's name, got ${show(member ?? target)}`)
  }

  #ended(): void {
    this.#underWay--
    if (!this.#coming && this.#underWay === 0) this.#over()
  }

  /** No further call comes. */
  #last(): void {
    this.#coming = false
    this.#clock.cancel(this.#arrival)
    for (const { tally } of this.#servers) tally.end(this.#clock.now())
    if (this.#underWay === 0) this.#over()
    else this.#clock.schedule(this.#limit, this.#rules.drain)
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
      series: this.#course.slices(),
    }
  }
}
