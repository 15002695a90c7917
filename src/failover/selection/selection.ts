/** How a pool chooses among the members that may be tried. Anyone can implement one. */
import type { Call } from '../../core/call.ts'
import type { Milliseconds } from '../../core/duration.ts'
import type { Random } from '../../core/random.ts'
import type { KnownLoad } from '../load/load-report.ts'

/** Whom a member may serve: any call, only calls that stick to it (it drains), or none (it is out, or gone). */
export type Reach = 'all' | 'sticky' | 'none'

/** A member as a selection sees it: one object for as long as the member is in the pool. */
export interface Candidate {
  readonly name: string
  /** Its place in the order of adding; never given twice. */
  readonly ordinal: number
  readonly target: unknown
  /** >= 0. The pool leaves out members of weight 0 unless all are 0. */
  readonly weight: number
  /** In (0, 1]: how much of its weight it can take. Less than 1 only during its slow start. */
  readonly warmth: number
  readonly zone: string | undefined
  /** Lower is preferred, where a selection looks at it. */
  readonly priority: number
  /** Tries under way. */
  readonly pending: number
  /** Mean time of recent successful tries in ms; undefined before the first. */
  readonly latency: Milliseconds | undefined
  /** What it last said of its load by `pool.report`; undefined where nothing, or long ago. */
  readonly load: KnownLoad | undefined
  /** Whom it may serve at this moment, whatever list it stands in. */
  readonly reach: Reach
  /**
   * In (0, 1]: the share of its recent tries that did what was wanted, refusals of its guard counted as not; drifts back
   * to 1 while nothing is heard. Price it into any choice by load or latency: who fails at once is never busy.
   */
  reliability(now: Milliseconds): number
}

export type PickNext = (
  candidates: readonly Candidate[],
  call: Call,
  now: Milliseconds,
  tried: readonly Candidate[],
) => Candidate | undefined

export type PickSettled = (candidate: Candidate, ok: boolean, took: Milliseconds, now: Milliseconds) => void

/** The choosing in one pool, with what it remembers from pick to pick. */
export interface Picker {
  /**
   * One of `candidates`, which are never empty and in order of adding. The same array comes again for as long as nothing
   * has changed. An answer that is not among them is a fault, and the first is taken.
   */
  pick(candidates: readonly Candidate[], call: Call, now: Milliseconds): Candidate
  /**
   * For a further try of the same call, up to its sixteenth: one of `candidates` that is not in `tried`, or undefined where it is not worth
   * the search. Without it, or then, `pick` is asked with a shorter list.
   */
  readonly next?: PickNext | undefined
  /**
   * The order in which a call tries all of `candidates`, after so many of its tries have failed that the pool asks no more
   * for each one. Default: round the list, from the one tried last.
   */
  readonly order?: ((candidates: readonly Candidate[]) => readonly Candidate[]) | undefined
  /**
   * A try has ended, good or bad, after `took` ms. Not told of what was aborted, refused or ignored, nor of what began
   * before the member was last put out, maintained, drained or taken back.
   */
  readonly settled?: PickSettled | undefined
}

/** What a picker may use. */
export interface PickerContext {
  readonly random: Random
  /** All members, in order of adding, whatever their state. The same array until one comes or goes or is changed. */
  members(): readonly Candidate[]
  /**
   * The tries under way of each candidate of a list, side by side in its order, kept up to date; -1 where its failures have
   * a price, so that the candidate itself has to be asked. Undefined for a list that is not the pool's own present one.
   */
  underWay?(list: readonly Candidate[]): Int32Array | undefined
  /** Below this share of healthy members health is to be ignored. 0: never. */
  readonly panic: number
}

/** A way to choose. Each pool starts a picker of its own. */
export interface Selection {
  readonly kind: string
  /**
   * It looks at health itself: `candidates` are all members in service, also those that are out (`reach` is 'none'), and
   * panic is its own affair. Default false: they are those a call may go to.
   */
  readonly seesAll?: boolean
  /**
   * Throws a `TypeError` where it cannot choose among such members, all of the pool. Asked before members are added or get
   * another weight, which is refused then.
   */
  check?(members: readonly Pick<Candidate, 'name' | 'weight'>[]): void
  start(context: PickerContext): Picker
}
