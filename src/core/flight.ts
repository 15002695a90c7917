/**
 * One flight: work that several calls wait for at once.
 *
 * The first call leads: its operation runs as a call of its own, behind the layer of the flight. Other calls join. A member leaves
 * by its own abort, deadline or timeout, and the work goes on for the others; it is given up when the last member has left.
 * Invariant: until the flight has ended, it has members, and `waiting` is their number.
 */
import type { CallOptions } from './call/call.ts'
import type { Deadline } from './call/deadline.ts'
import { hasContext, isUnder, shareWork } from './call/launched.ts'
import type { Clock } from './clock.ts'
import { type Context, leaveContext, requestContext, runIn } from './context.ts'
import type { Milliseconds } from './duration.ts'
import { TimeoutError } from './errors.ts'
import type { ForkOwner, Scope } from './hooks.ts'
import { LinkedList, type ListNode } from './linked-list.ts'
import { pinShape } from './pin-shape.ts'
import { Timer } from './timer.ts'

/** What a flight asks of its table. */
export interface FlightTable {
  readonly clock: Clock
  readonly name: string
  /** The flight takes no more members. */
  closed(flight: Flight): void
  /** The last member has left before the work settled; `by` is its call. */
  abandoned(flight: Flight, by: Scope, error: unknown): void
}

/** What the work sees as its options: those of all members together. Members that join change it in place. */
interface FlightOptions extends CallOptions {
  readonly signal: undefined
  readonly key: string
  readonly deadline: undefined
  priority: number
  idempotent: boolean
}

/** The latest deadline of the members, in the clock of the leader's owner. */
class FlightDeadline implements Deadline {
  readonly enforced = false
  readonly rises = true
  readonly outside = undefined
  readonly #clock: Clock
  #latest: Milliseconds
  /** Members that wait in the work of another flight: their deadlines may be put off, too. */
  readonly #rising: Scope[] = []

  constructor(leader: Scope, limit: Deadline) {
    this.#clock = leader.owner.clock
    this.#latest = limit.at
    if (limit.rises) this.#rising.push(leader)
  }

  get at(): Milliseconds {
    for (const scope of this.#rising) this.#raise(scope)
    return this.#latest
  }

  add(scope: Scope): void {
    this.#raise(scope)
    if (scope.limit?.rises) this.#rising.push(scope)
  }

  #raise(scope: Scope): void {
    const now = this.#clock.now()
    this.#latest = Math.max(this.#latest, now + scope.remaining(this.#clock, now))
  }
}

export class Flight implements ForkOwner {
  readonly key: string
  /** When it began, if the age of flights matters. */
  readonly since: Milliseconds
  readonly #table: FlightTable
  readonly #leader: Scope
  readonly #work: Scope
  readonly #options: FlightOptions
  readonly #deadline: FlightDeadline | undefined
  readonly #members = new LinkedList<FlightMember>()
  /** Invocations of the leader's call before this flight. */
  readonly #before: number
  #waiting = 0
  #ended = false
  /** Why the work is given up if all leave: our own timeout goes before the abort of a caller. */
  #reason: unknown = undefined
  #counts = false

  constructor(table: FlightTable, key: string, leader: Scope, index: number, since: Milliseconds) {
    const { limit, priority, idempotent, retryDepth } = leader
    this.key = key
    this.since = since
    this.#table = table
    this.#leader = leader
    this.#before = leader.invocations
    this.#options = { signal: undefined, key, deadline: undefined, priority, idempotent, retryDepth }
    this.#deadline = limit === undefined ? undefined : new FlightDeadline(leader, limit)
    this.#work = leader.launch(index + 1, this.#options, this.#deadline, this)
    this.#add(leader, index)
  }

  /** Calls that wait for the work. */
  get waiting(): number {
    return this.#waiting
  }

  /** Starts the work, unless a listener has given it up already. */
  start(): void {
    if (!this.#work.over) this.#work.start()
  }

  /** Whether a call is part of the work, so that it must not wait for it. */
  includes(scope: Scope): boolean {
    return isUnder(scope, this.#work)
  }

  /** Another call waits for this work too. */
  join(scope: Scope, index: number): void {
    const options = this.#options
    if (scope.priority > options.priority) options.priority = scope.priority
    if (!scope.idempotent) options.idempotent = false
    this.#deadline?.add(scope)
    // The work settles in the context of the leader. What follows it here belongs to this call.
    scope.keepContext()
    this.#add(scope, index).way = requestContext()
  }

  #add(scope: Scope, index: number): FlightMember {
    const member = new FlightMember(this, scope, index)
    this.#members.append(member)
    this.#waiting++
    scope.note(index, member)
    const { limit } = scope
    // An outer timeout of ours ends the wait itself.
    if (limit !== undefined && !limit.enforced) this.#watch(member)
    return member
  }

  #watch(member: FlightMember): void {
    const { clock } = this.#table
    const { scope } = member
    const now = scope.now(clock)
    const wait = Math.max(0, scope.remaining(clock, now))
    if (wait === Number.POSITIVE_INFINITY) return
    scope.keepContext()
    member.timer = new MemberTimer(member, wait)
    clock.schedule(member.timer, wait, now)
  }

  /** A member was given up. */
  leave(member: FlightMember, error: unknown, counts: boolean): void {
    this.#remove(member)
    leaveContext(member.way)
    this.#left(member, error, counts)
  }

  /** The deadline of a member has passed. */
  expire(member: FlightMember, timer: MemberTimer): void {
    const { scope, index } = member
    if (scope.limit?.rises && this.#goesOn(member, timer)) return
    this.#remove(member)
    scope.notEntered(index)
    member.goOn(() => {
      const error = new TimeoutError(this.#table.name, timer.after)
      this.#left(member, error, true)
      // A listener may have aborted the call.
      if (!scope.over) scope.refuse(index, error)
    })
  }

  /** Whether a member waits on, since its deadline was put off. */
  #goesOn({ scope }: FlightMember, timer: MemberTimer): boolean {
    const { clock } = this.#table
    const now = clock.now()
    const more = scope.remaining(clock, now)
    if (more <= 0) return false
    timer.after += more
    if (more !== Number.POSITIVE_INFINITY) clock.schedule(timer, more, now)
    return true
  }

  #left({ scope }: FlightMember, error: unknown, counts: boolean): void {
    // What has run under the leader so far is its own.
    if (scope === this.#leader) this.#share(scope, this.#work)
    if (counts || !this.#counts) this.#reason = error
    this.#counts ||= counts
    if (this.#waiting > 0 || this.#ended) return
    this.#ended = true
    const table = this.#table
    table.closed(this)
    const holder = this.#work.holderUnder(this.#leader)
    holder.inContext(() => holder.giveUp(this.#reason, this.#counts))
    table.abandoned(this, scope, this.#reason)
  }

  forkEnded(fork: Scope, ok: boolean, value: unknown): void {
    this.#ended = true
    // A call that comes from here on starts new work.
    this.#table.closed(this)
    for (let member = this.#members.head; member !== undefined; member = this.#members.head) {
      const { scope, index } = member
      this.#remove(member)
      scope.notEntered(index)
      this.#share(scope, fork)
      if (member.goesOnAnywhere) scope.answer(index, ok, value)
      else member.goOn(() => scope.answer(index, ok, value))
    }
  }

  #share(scope: Scope, work: Scope): void {
    shareWork(scope, work, work.invocations - this.#before, scope === this.#leader)
  }

  #remove(member: FlightMember): void {
    if (member.timer !== undefined) this.#table.clock.cancel(member.timer)
    this.#members.remove(member)
    this.#waiting--
    member.scope.note(member.index, undefined)
  }
}

/** One call that waits for a flight. */
export class FlightMember implements ListNode<FlightMember> {
  previous: FlightMember | undefined
  next: FlightMember | undefined
  readonly flight: Flight
  readonly scope: Scope
  readonly index: number
  timer: MemberTimer | undefined
  /** The way back to the request of the call, on runtimes that bind calls to requests. */
  way: Context | undefined

  constructor(flight: Flight, scope: Scope, index: number) {
    this.previous = undefined
    this.next = undefined
    this.flight = flight
    this.scope = scope
    this.index = index
    this.timer = undefined
    this.way = undefined
  }

  /** Whether the context in which the call goes on makes no difference. */
  get goesOnAnywhere(): boolean {
    return this.way === undefined && !hasContext(this.scope)
  }

  /** Goes on with the call, in its caller's context. */
  goOn(work: () => void): void {
    runIn(this.way, () => this.scope.inContext(work))
  }
}

class MemberTimer extends Timer {
  /** How long the call may wait. */
  after: Milliseconds
  readonly #member: FlightMember

  constructor(member: FlightMember, after: Milliseconds) {
    super()
    this.after = after
    this.#member = member
  }

  fire(): void {
    this.#member.flight.expire(this.#member, this)
  }
}

pinShape(new FlightMember(undefined as never, undefined as never, 0))
