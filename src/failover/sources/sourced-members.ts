/**
 * Brings the members of a pool into line with each list of a source.
 *
 * Members are known by name, so a member keeps its statistics through lists in another order; one that is missing from a
 * list leaves the pool. A list without a valid member keeps the last one: a registry that fails must not empty the pool.
 *
 * Invariant: `#owned` are the members that the source put into the pool, with the settings it last gave for each. Members
 * that the user added are left alone, and what the user changed stays until the source gives other settings.
 */
import type { BasePolicy } from '../../core/policy.ts'
import type { MemberRegistry } from '../members/member-registry.ts'
import type { PoolMember } from '../members/pool-member.ts'
import type { MemberInfo } from '../options.ts'
import { named } from './naming.ts'

/** A member that came from the source. */
interface SourcedMember {
  /** This very member in the pool: the user may replace it by another of the same name. */
  readonly member: PoolMember
  /** The settings that the source last gave for it. */
  readonly info: MemberInfo<unknown>
}

export class SourcedMembers {
  readonly #registry: MemberRegistry
  readonly #events: BasePolicy['events']
  readonly #kind: string
  readonly #owned = new Map<string, SourcedMember>()

  /** `kind` is the source's. */
  constructor(registry: MemberRegistry, events: BasePolicy['events'], kind: string) {
    this.#registry = registry
    this.#events = events
    this.#kind = kind
  }

  /** Adds members of a pool that has no list of the source yet. @throws TypeError where one is wrong. */
  begin(initial: readonly unknown[]): void {
    for (const given of initial) this.#join(this.#registry.resolve(named(given)), false)
  }

  /** Applies a new list; what is wrong in it is a fault each. */
  apply(given: readonly unknown[]): void {
    const wanted = this.#valid(given)
    if (wanted.size === 0) {
      this.#fault(new TypeError(`${this.#kind}: gave no member, the last list stays`))
      return
    }
    const removed = this.#removeMissing(wanted)
    const { added, changed } = this.#joinOrChange(wanted)
    if (added.length + removed.length + changed.length > 0) this.#registry.announce(added, removed, changed)
  }

  /** The valid entries of a list, by name. */
  #valid(given: readonly unknown[]): Map<string, MemberInfo<unknown>> {
    const wanted = new Map<string, MemberInfo<unknown>>()
    for (const each of given) {
      try {
        const info = this.#registry.resolve(named(each))
        const present = this.#registry.get(info.name)
        if (present !== undefined && present !== this.#owned.get(info.name)?.member) {
          throw new TypeError(`${this.#kind}: ${JSON.stringify(info.name)} is a member already`)
        }
        // Of entries with the same name the first counts.
        if (!wanted.has(info.name)) wanted.set(info.name, info)
      } catch (error) {
        this.#fault(error)
      }
    }
    return wanted
  }

  #removeMissing(wanted: ReadonlyMap<string, MemberInfo<unknown>>): readonly string[] {
    const removed: string[] = []
    for (const [name, { member, info: last }] of this.#owned) {
      const info = wanted.get(name)
      const present = this.#registry.get(name) === member
      if (present && info !== undefined && sameTarget(last.target, info.target)) continue
      this.#owned.delete(name)
      if (!present) continue
      this.#registry.leave(name)
      removed.push(name)
    }
    return removed
  }

  #joinOrChange(wanted: ReadonlyMap<string, MemberInfo<unknown>>) {
    const added: string[] = []
    const changed: string[] = []
    const others = this.#registry.size > 0
    for (const [name, info] of wanted) {
      const owned = this.#owned.get(name)
      try {
        if (owned === undefined) {
          this.#join(info, others)
          added.push(name)
        } else {
          if (!sameSettings(owned.info, info) && this.#registry.change(name, info)) changed.push(name)
          this.#owned.set(name, { member: owned.member, info })
        }
      } catch (error) {
        // Its guard could not be made, or the selection refuses it.
        this.#fault(error)
      }
    }
    return { added, changed }
  }

  #join(info: MemberInfo<unknown>, others: boolean): void {
    this.#owned.set(info.name, { member: this.#registry.join(info, others), info })
  }

  #fault(error: unknown): void {
    this.#events.fault('source', error)
  }
}

function sameSettings(a: MemberInfo<unknown>, b: MemberInfo<unknown>): boolean {
  return a.weight === b.weight && a.zone === b.zone && a.priority === b.priority
}

/** Whether two targets are the same: equal, or objects with equal fields. */
function sameTarget(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof URL && b instanceof URL) return a.href === b.href
  const [one, other] = [Object.entries(a), Object.entries(b)]
  return (
    one.length === other.length && one.every(([key, value]) => Object.is(value, (b as Record<string, unknown>)[key]))
  )
}
