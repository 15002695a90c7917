/**
 * What the page knows: the facts by id, and the recent counts of calls.
 *
 * Invariants: an unchanged fact stays the same object, so components may compare by identity. `samples` is in order of time,
 * with at least a second between two, and no longer than the chart shows.
 */
import type { Fact } from '../../wire/facts.ts'
import { type CallSample, type Frame, type Hello, wireVersion } from '../../wire/messages.ts'

const shownTime = 15 * 60_000
const minDistance = 1000

export class PageState {
  hello: Hello | undefined
  /** The server's time at the latest frame. */
  at = 0
  readonly facts = new Map<string, Fact>()
  samples: CallSample[] = []

  /** Starts from a hello. Returns false, and changes nothing, if server and page have different versions. */
  start(hello: Hello): boolean {
    if (hello.version !== wireVersion) return false
    this.hello = hello
    this.at = hello.at
    this.samples = inOrder(hello.history, hello.at)
    // A fact that is the same after a reconnect keeps its object.
    for (const id of this.facts.keys()) if (!(id in hello.facts)) this.facts.delete(id)
    for (const [id, fact] of Object.entries(hello.facts)) this.#set(id, fact)
    this.#sample()
    return true
  }

  apply({ at, set = {}, removed = [] }: Frame): void {
    this.at = at
    for (const id of removed) this.facts.delete(id)
    for (const [id, fact] of Object.entries(set)) this.#set(id, fact)
    this.#sample()
  }

  /** All facts of a kind with their ids, in the order of their arrival. */
  of<Kind extends Fact['kind']>(kind: Kind): (readonly [id: string, fact: Extract<Fact, { kind: Kind }>])[] {
    const found: (readonly [string, Extract<Fact, { kind: Kind }>])[] = []
    for (const [id, fact] of this.facts) {
      if (fact.kind === kind) found.push([id, fact as Extract<Fact, { kind: Kind }>])
    }
    return found
  }

  #set(id: string, fact: Fact): void {
    const known = this.facts.get(id)
    if (known === undefined || JSON.stringify(known) !== JSON.stringify(fact)) this.facts.set(id, fact)
  }

  #sample(): void {
    const last = this.samples.at(-1)
    // If the clock was set back, the line continues from the new time.
    if (last !== undefined && last.at - this.at >= minDistance) this.samples = inOrder(this.samples, this.at)
    else if (last !== undefined && this.at - last.at < minDistance) return
    const calls = Object.fromEntries(this.of('calls').map(([, fact]) => [fact.policy, fact]))
    if (Object.keys(calls).length === 0) return
    this.samples = [...this.samples.filter(({ at }) => this.at - at <= shownTime), { at: this.at, calls }]
  }
}

/** The samples up to `at` in order of time. Where a clock was set back, the later sample replaces the earlier ones. */
function inOrder(samples: readonly CallSample[], at: number): CallSample[] {
  const kept: CallSample[] = []
  let next = at
  for (const sample of samples.toReversed()) {
    if (sample.at > next) continue
    kept.push(sample)
    next = sample.at
  }
  return kept.reverse()
}
