/**
 * Cache: gives a value from memory, also when the dependency is down.
 *
 * A value is fresh for `ttl`. After that it is stale, and has two windows, both from the end of `ttl` (RFC 5861, sections 3 and 4).
 * In the first, a call is given the stale value at once, and a refresh runs in the background. In the second, a call goes on, and is
 * given the stale value where that fails. Windows are half-open. Errors are never stored.
 *
 * A call for which there is nothing passes this layer like any other: equal calls at the same time are the matter of a
 * single-flight inside. A hit ends the call in `enter`, before anything inside has seen it.
 */
import { emitForCall, hasListeners } from '../core/call/call-events.ts'
import type { Contribution } from '../core/description.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import { type Entry, type Exit, type Hooks, type Scope, TAKEN, type Traits, WAIT } from '../core/hooks.ts'
import { show } from '../core/options.ts'
import { everyError, type Judging, judge, type Verdict } from '../core/outcome.ts'
import { BasePolicy, type Policy } from '../core/policy.ts'
import { CacheCounts, type CacheSnapshot } from './counts.ts'
import { Entries } from './entries.ts'
import type { StoredEntry } from './entry.ts'
import type { CacheEvents } from './events.ts'
import { type Load, Loads } from './loads.ts'
import { LruStore } from './lru-store.ts'
import { type CacheOptions, type CacheSettings, resolveCacheOptions } from './options.ts'
import { Refresh, type RefreshOwner } from './refresh.ts'
import { CacheRules, chosen } from './rules.ts'

export interface Cache<Value = unknown> extends Policy<Value, never, unknown, CacheEvents> {
  /** Values in the store, expired ones included; undefined where the store does not say. */
  readonly size: number | undefined
  /** The value that a call with this key would be given at once. It counts for nothing, and starts no refresh. */
  get(key: string): Value | undefined
  /**
   * Removes the value of a key, or of all keys for which the function is true. What runs for such a key is delivered, but not stored.
   * @throws TypeError if the store does not list its keys, which the function needs.
   */
  invalidate(key: string | ((key: string) => boolean)): void
  /** Removes all values. What runs is delivered, but not stored. */
  clear(): void
  /** Stores a value as if a call had brought it. What runs for the key is delivered, but not stored. */
  prime(key: string, value: Value): void
  snapshot(): CacheSnapshot
}

/**
 * Keeps values in memory by key.
 *
 * ```ts
 * import { cache } from 'holdfast/cache'
 * const prices = cache({ ttl: '30s', staleWhileRevalidate: '1m', staleIfError: '1h' })
 * let reads = 0
 * const read = async () => ++reads
 * await prices.execute(read, { key: 'sku/1' })
 * await prices.execute(read, { key: 'sku/1' }) // => 1
 * ```
 *
 * @throws TypeError if an option is wrong.
 */
export function cache<Value = unknown>(options?: Duration | CacheOptions<Value>): Cache<Value> {
  return new CachePolicy<Value>(resolveCacheOptions(options))
}

class CachePolicy<Value>
  extends BasePolicy<Value, never, unknown, CacheEvents>
  implements Cache<Value>, RefreshOwner, Pick<Hooks, 'enter' | 'success' | 'failure' | 'abandon'>
{
  protected readonly traits: Traits
  protected readonly emits = ['hit', 'stale', 'miss', 'store', 'refreshError', 'evict']
  protected readonly options: CacheSettings
  readonly #judging: Judging
  readonly #rules: CacheRules
  readonly #entries: Entries
  readonly #loads = new Loads()
  readonly #refreshes = new Map<string, Refresh>()
  readonly #counts = new CacheCounts()

  constructor({ name, clock, random, ...options }: CacheSettings & ConstructorParameters<typeof BasePolicy>[1]) {
    super('cache', { name, clock, random })
    this.options = options
    const { ttl, maxEntries, key, store, when, storeWhen } = options
    const asks = key ?? when ?? storeWhen ?? store
    this.traits = { quiet: asks === undefined && typeof ttl !== 'function' }
    this.#judging = { when, rejections: undefined }
    this.#rules = new CacheRules(options, this.events)
    this.#entries = new Entries(store ?? new LruStore(maxEntries as number, (gone) => this.#evicted(gone)), this.events)
  }

  override contribution(): Contribution {
    return { role: 'shares' }
  }

  get size(): number | undefined {
    return this.#entries.size
  }

  get(key: string): Value | undefined {
    const now = this.knownClock?.now()
    const entry = now === undefined ? undefined : this.#entries.read(key)
    if (entry === undefined) return undefined
    const { storedAt, ttl, value } = entry
    return (now as number) - storedAt < ttl + this.options.staleWhileRevalidate ? (value as Value) : undefined
  }

  invalidate(target: string | ((key: string) => boolean)): void {
    if (typeof target === 'string') this.#remove(target)
    else if (typeof target === 'function') {
      const keys = new Set([...this.#entries.keys(), ...this.#loads.keys()])
      for (const key of [...keys].filter((each) => chosen(target(each)))) this.#remove(key)
    } else throw new TypeError(`cache: invalidate needs a key or a function, got ${show(target)}`)
  }

  #remove(key: string): void {
    this.#loads.supersede(key)
    this.#entries.remove(key)
  }

  clear(): void {
    this.#loads.supersedeAll()
    this.#entries.clear()
  }

  prime(key: string, value: Value): void {
    if (typeof key !== 'string') throw new TypeError(`cache: key must be a string, got ${show(key)}`)
    if (typeof (value as PromiseLike<unknown> | undefined)?.then === 'function') {
      throw new TypeError('cache: value must be a value, got a promise')
    }
    this.#loads.supersede(key)
    const ttl = this.#rules.ttlOf(value, undefined, this.random)
    const stored = ttl !== undefined && this.#put(key, value, ttl, this.clock.now(), undefined)
    // What was there before is out of date, also where the new value is not kept.
    if (!stored) this.#entries.remove(key)
  }

  snapshot(): CacheSnapshot {
    return this.#counts.snapshot(this.size, this.#refreshes.size)
  }

  enter(scope: Scope, index: number): Entry {
    const key = this.#rules.keyOf(scope)
    if (key === undefined || !scope.idempotent) return undefined
    const entry = this.#entries.read(key)
    // Code of the user may have aborted the call.
    if (scope.over) return undefined
    if (entry !== undefined) {
      const now = scope.now(this.clock)
      const age = now - entry.storedAt
      const { ttl } = entry
      if (age < ttl) return this.#hit(scope, index, entry, age, now)
      if (age < ttl + this.options.staleWhileRevalidate && !isWithin(scope, index, this))
        return this.#revalidate(scope, index, entry, age, now)
    }
    if (isWithin(scope, index, this)) return undefined
    this.#counts.misses++
    scope.note(index, this.#loads.begin(key, entry))
    if (hasListeners(this.events, 'miss', scope)) emitForCall(this.events, 'miss', scope, { key })
    return undefined
  }

  #hit(scope: Scope, index: number, { key, value }: StoredEntry, age: Milliseconds, now: Milliseconds): Entry {
    this.#counts.hits++
    if (hasListeners(this.events, 'hit', scope)) emitForCall(this.events, 'hit', scope, { key, age }, now)
    give(scope, index, value)
    return WAIT
  }

  #revalidate(scope: Scope, index: number, entry: StoredEntry, age: Milliseconds, now: Milliseconds): Entry {
    this.#counts.stale++
    this.#emitStale(scope, entry, age, 'revalidate', undefined, now)
    if (scope.over) return WAIT
    const refresh = this.#refreshOf(scope, index, entry, now)
    give(scope, index, entry.value)
    refresh?.start(now)
    return WAIT
  }

  #refreshOf(scope: Scope, index: number, entry: StoredEntry, now: Milliseconds): Refresh | undefined {
    const { key } = entry
    if (now < entry.refreshFrom) return undefined
    // One that its timer did not end in time belongs to a request that has ended.
    if (now < (this.#refreshes.get(key)?.until ?? now)) return undefined
    this.#counts.refreshes++
    const refresh = new Refresh(this, scope, index, entry, this.#loads.begin(key, entry))
    this.#refreshes.set(key, refresh)
    return refresh
  }

  success(scope: Scope, index: number, value: unknown): Exit {
    const load = scope.noteOf(index) as Load | undefined
    if (load === undefined) return undefined
    scope.note(index, undefined)
    const verdict = this.#judge(scope, true, value)
    if (verdict === false) this.#store(load, value, scope)
    this.#loads.end(load)
    if (verdict !== true) return undefined
    scope.markFailed(true)
    return this.#replace(scope, index, load, undefined)
  }

  failure(scope: Scope, index: number, error: unknown): Exit {
    const load = scope.noteOf(index) as Load | undefined
    if (load === undefined) return undefined
    scope.note(index, undefined)
    this.#loads.end(load)
    return this.#judge(scope, false, error) === true ? this.#replace(scope, index, load, error) : undefined
  }

  abandon(scope: Scope, index: number): void {
    const load = scope.noteOf(index) as Load | undefined
    if (load !== undefined) this.#loads.end(load)
  }

  refreshed({ entry, load }: Refresh, work: Scope, ok: boolean, value: unknown): void {
    const { key } = load
    if (this.#refreshes.get(key)?.load === load) this.#refreshes.delete(key)
    const verdict = this.#judge(work, ok, value)
    const stored = ok && verdict === false && this.#store(load, value, work)
    this.#loads.end(load)
    if (stored) return
    entry.refreshFrom = this.clock.now() + this.options.refreshCooldown
    if (ok && verdict !== true) return
    this.#counts.refreshErrors++
    const error = ok ? undefined : value
    if (hasListeners(this.events, 'refreshError', work)) emitForCall(this.events, 'refreshError', work, { key, error })
  }

  /** Gives a stale value in place of a failure, if there is one. */
  #replace(scope: Scope, index: number, load: Load, error: unknown): Exit {
    const { staleIfError } = this.options
    if (staleIfError === 0) return undefined
    // The store may have lost it since the call began.
    const entry = this.#entries.read(load.key) ?? (load.current ? load.entry : undefined)
    if (entry === undefined || scope.over) return undefined
    const now = scope.now(this.clock)
    const age = now - entry.storedAt
    if (age >= entry.ttl + staleIfError) return undefined
    this.#counts.saved++
    scope.takenOverBy(this.name)
    this.#emitStale(scope, entry, age, 'error', error, now)
    give(scope, index, entry.value)
    return TAKEN
  }

  #emitStale(
    scope: Scope,
    { key }: StoredEntry,
    age: Milliseconds,
    reason: 'revalidate' | 'error',
    error: unknown,
    now: Milliseconds,
  ): void {
    if (!hasListeners(this.events, 'stale', scope)) return
    emitForCall(this.events, 'stale', scope, { key, age, reason, error }, now)
  }

  #judge(scope: Scope, ok: boolean, value: unknown): Verdict {
    return judge(this.#judging, ok, value, scope, this.events, everyError)
  }

  #store(load: Load, value: unknown, scope: Scope): boolean {
    if (!this.#rules.stores(value, scope)) return false
    const ttl = this.#rules.ttlOf(value, scope, this.random)
    if (ttl === undefined || !this.#loads.mayStore(load, scope)) return false
    if (!this.#put(load.key, value, ttl, scope.now(this.clock), scope)) return false
    load.stored()
    return true
  }

  #put(key: string, value: unknown, ttl: Milliseconds, now: Milliseconds, scope: Scope | undefined): boolean {
    if (!this.#entries.put(key, value, now, ttl)) return false
    this.#counts.stores++
    if (scope === undefined) {
      if (this.events.hasListeners('store')) this.events.emit('store', { key, ttl }, now)
    } else if (hasListeners(this.events, 'store', scope)) emitForCall(this.events, 'store', scope, { key, ttl }, now)
    return true
  }

  #evicted(key: string): void {
    this.#counts.evictions++
    if (this.events.hasListeners('evict')) this.events.emit('evict', { key })
  }
}

/**
 * Whether the same policy is also further out in the pipeline. There it stores what comes from here, so a stale value given here
 * would become fresh.
 */
function isWithin({ links }: Scope, index: number, policy: Hooks): boolean {
  for (let i = 0; i < index; i++) if (links.layers[i]?.policy === policy) return true
  return false
}

/** Ends the call with a value that it did not have to make. */
function give(scope: Scope, index: number, value: unknown): void {
  // An earlier try of the call may have failed.
  scope.markFailed(false)
  scope.answer(index, true, value)
}
