/**
 * The layer of `keyed`: finds or makes the policy of a call's key, and runs the rest of the call under it.
 *
 * Invariant: an entry's `active` is the number of its calls whose work has not settled, also work that no caller waits for.
 */
import type { Call } from '../core/call/call.ts'
import type { Contribution } from '../core/description.ts'
import type { Milliseconds } from '../core/duration.ts'
import { BulkheadFullError, stackless } from '../core/errors.ts'
import type { Interest } from '../core/events.ts'
import { type Entry, type Hooks, REROUTED, type Scope, WAIT } from '../core/hooks.ts'
import { idleSinceOf } from '../core/idle-since.ts'
import { ignoreRejection } from '../core/ignore-rejection.ts'
import { refuseOption, show } from '../core/options.ts'
import { BasePolicy } from '../core/policy.ts'
import { policyOf } from '../core/policy-of.ts'
import { KeyedEntries } from './entries.ts'
import { KeyedEntry } from './entry.ts'
import { KeyedEventRelays } from './keyed-events.ts'

/** What becomes of a new key where no more are kept. */
export type KeyedOverflow = 'evict' | 'share' | 'reject'

interface KeyedSettings {
  readonly max: number
  readonly idle: Milliseconds
  readonly key: ((call: Call) => string | undefined) | undefined
  readonly overflow: KeyedOverflow
  readonly defaultPolicy: BasePolicy | undefined
}

const Full = stackless(BulkheadFullError)

export class KeyedPolicy extends BasePolicy implements Hooks {
  protected readonly traits = {}
  protected readonly emits = []
  protected readonly options: KeyedSettings
  readonly #make: (key: string) => unknown
  readonly #random: BasePolicy['random'] | undefined
  readonly #entries: KeyedEntries
  readonly #relays: KeyedEventRelays
  /** For calls without a key, and for keys beyond the bound. */
  readonly #default: KeyedEntry | undefined
  #shared: KeyedEntry | undefined = undefined

  constructor(make: (key: string) => unknown, settings: KeyedSettings & ConstructorParameters<typeof BasePolicy>[1]) {
    super('keyed', settings)
    const { max, idle, key, overflow, defaultPolicy, clock, random } = settings
    this.options = { max, idle, key, overflow, defaultPolicy }
    this.#make = make
    this.#random = random
    this.#relays = new KeyedEventRelays(this.events)
    this.#entries = new KeyedEntries(this.options, (entry) => this.#relays.leave(entry))
    if (defaultPolicy !== undefined) {
      defaultPolicy.adopt({ clock, random })
      this.#default = new KeyedEntry(undefined, defaultPolicy, undefined)
    }
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: unknown): BasePolicy {
    if (typeof key !== 'string') return refuseOption('keyed', 'key', 'a string', key)
    const entry = this.#entryFor(key, this.knownClock?.now())
    if (entry instanceof Error) throw entry
    return entry.policy
  }

  peek(key: string): BasePolicy | undefined {
    return this.#entries.peek(key)?.policy
  }

  entries(): readonly (readonly [string, BasePolicy])[] {
    return [...this.#entries].map(({ key, policy }) => [key as string, policy] as const)
  }

  delete(key: string): boolean {
    const entry = this.#entries.peek(key)
    if (entry !== undefined) this.#entries.delete(entry)
    return entry !== undefined
  }

  enter(scope: Scope, index: number): Entry {
    let entry: KeyedEntry | Error
    try {
      entry = this.#entryOf(scope)
    } catch (error) {
      scope.notEntered(index)
      scope.refuse(index, error)
      return WAIT
    }
    // A function of the user may have aborted the call.
    if (scope.over) return undefined
    if (entry instanceof Error) {
      scope.notEntered(index)
      return entry
    }
    entry.active++
    scope.note(index, entry)
    scope.reroute(entry.chain(scope.links, index))
    return REROUTED
  }

  success(scope: Scope, index: number): undefined {
    scope.holdUntilDrained(index)
  }

  failure(scope: Scope, index: number): undefined {
    scope.holdUntilDrained(index)
  }

  abandon(scope: Scope, index: number): void {
    if (scope.noteOf(index) !== undefined) scope.holdUntilDrained(index)
  }

  release(scope: Scope, index: number): void {
    const entry = scope.noteOf(index) as KeyedEntry
    if (--entry.active === 0) this.#entries.touch(entry, this.clock.now())
  }

  override contribution(): Contribution {
    const oneOf = [...this.#all()].map(({ key = '', policy }) => [key, policy.describe()] as const)
    return oneOf.length > 0 ? { oneOf } : { unknown: true }
  }

  override idleSince(): Milliseconds | undefined {
    return idleSinceOf(this.#all())
  }

  override describe() {
    const events = [...new Set([...this.#all()].flatMap(({ policy }) => policy.describe().events))]
    return { ...super.describe(), events }
  }

  override checkAdoption(clock: BasePolicy['knownClock']): void {
    super.checkAdoption(clock)
    for (const { policy } of this.#all()) policy.checkAdoption(clock)
  }

  override adopt(context: Parameters<BasePolicy['adopt']>[0]): void {
    super.adopt(context)
    for (const { policy } of this.#all()) policy.adopt(context)
  }

  override demand(event: string, wanted: boolean, interest: Interest): void {
    if (event !== 'call') this.#relays.demand(event, wanted ? interest : undefined, this.#all())
  }

  *#all(): Iterable<KeyedEntry> {
    yield* this.#entries
    if (this.#default !== undefined) yield this.#default
    if (this.#shared !== undefined) yield this.#shared
  }

  #entryOf(scope: Scope): KeyedEntry | Error {
    const key = this.#keyOf(scope)
    if (key === undefined) return this.#default ?? new TypeError(`${this.name}: the call has no key`)
    return this.#entryFor(key, scope.now(this.clock))
  }

  #entryFor(key: string, now: Milliseconds | undefined): KeyedEntry | Error {
    const known = this.#entries.use(key, now)
    if (known !== undefined) return known
    if (this.#entries.makeRoom()) return this.#add(key, now)
    const { overflow, max } = this.options
    if (overflow === 'share') {
      if (this.#default !== undefined) return this.#default
      if (this.#shared === undefined) {
        const policy = this.#policyFor(key)
        // The factory may have asked for another key that is shared.
        if (this.#shared !== undefined) return this.#shared
        this.#shared = new KeyedEntry(undefined, policy, now)
        this.#relays.join(this.#shared)
      }
      return this.#shared
    }
    if (overflow === 'evict' && this.#entries.forceRoom()) return this.#add(key, now)
    return new Full(`${this.name}: the policies of ${2 * max} keys are in use`, this.name, undefined, 'full')
  }

  #keyOf(scope: Scope): string | undefined {
    const { key } = this.options
    if (key === undefined) return scope.key
    try {
      const given: unknown = key(scope)
      if (given === undefined || typeof given === 'string') return given
      ignoreRejection(given)
      this.events.fault('key', new TypeError(`key must return a string, got ${show(given)}`))
    } catch (error) {
      this.events.fault('key', error)
    }
    return scope.key
  }

  #add(key: string, now: Milliseconds | undefined): KeyedEntry {
    const policy = this.#policyFor(key)
    // The factory may have asked for this key, and so have made its policy already.
    const made = this.#entries.peek(key)
    if (made !== undefined) return made
    const entry = this.#entries.add(key, policy, now)
    this.#relays.join(entry)
    return entry
  }

  /** @throws what the factory throws, and a TypeError where it gives no policy, or one with another clock. */
  #policyFor(key: string): BasePolicy {
    const made = this.#make(key)
    const policy = policyOf(made)
    if (policy === undefined) {
      ignoreRejection(made)
      return refuseOption('keyed', 'the result of the factory', 'a policy', made)
    }
    policy.adopt({ clock: this.knownClock, random: this.#random })
    return policy
  }
}
