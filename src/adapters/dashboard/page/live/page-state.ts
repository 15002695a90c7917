/**
 * What the page knows: the facts by id, and the latest counts of calls.
 *
 * Invariant: a fact that has not changed stays the same object, so whoever draws it may compare by identity; `past` is in
 * order of time, at least a second apart, and no longer than it is shown.
 */
import { type Fact, type Frame, type Hello, type Sample, wireVersion } from '../../wire/facts.ts'

/** So much of the calls is kept. */
const shown = 15 * 60_000
/** Finer than this nobody sees. */
const finest = 1000

export class Board {
  hello: Hello | undefined
  /** The server's time at the latest frame. */
  at = 0
  readonly facts = new Map<string, Fact>()
  past: Sample[] = []

  /** False where the page is of another version than what it is told. */
  begin(hello: Hello): boolean {
    if (hello.version !== wireVersion) return false
    this.hello = hello
    this.at = hello.at
    this.past = inOrder(hello.past, hello.at)
    // What came back the same after a break keeps its object.
    for (const id of this.facts.keys()) if (!(id in hello.facts)) this.facts.delete(id)
    for (const [id, fact] of Object.entries(hello.facts)) this.#set(id, fact)
    this.#sample()
    return true
  }

  take({ at, set = {}, gone = [] }: Frame): void {
    this.at = at
    for (const id of gone) this.facts.delete(id)
    for (const [id, fact] of Object.entries(set)) this.#set(id, fact)
    this.#sample()
  }

  /** All facts of a kind, with their ids, in the order they came. */
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
    const last = this.past.at(-1)
    // Where the clock was set back the line goes on from there.
    if (last !== undefined && last.at - this.at >= finest) this.past = inOrder(this.past, this.at)
    else if (last !== undefined && this.at - last.at < finest) return
    const calls = Object.fromEntries(this.of('calls').map(([, fact]) => [fact.policy, fact]))
    if (Object.keys(calls).length === 0) return
    this.past = [...this.past.filter(({ at }) => this.at - at <= shown), { at: this.at, calls }]
  }
}

/** Of samples in the order they came: those of before `at` in order of time too; what a later one overtakes is left out. */
function inOrder(samples: readonly Sample[], at: number): Sample[] {
  const kept: Sample[] = []
  let next = at
  for (const sample of samples.toReversed()) {
    if (sample.at > next) continue
    kept.push(sample)
    next = sample.at
  }
  return kept.reverse()
}
