/** How a pool chooses among its members. Users can implement their own. */
import type { Call } from '../../core/call/call.ts'
import type { Milliseconds } from '../../core/duration.ts'
import type { Random } from '../../core/random.ts'
import type { KnownLoad } from '../load/load-report.ts'

/** Which calls a member may get: all, only those that stick to it (it drains), or none (it is ejected, maintained or removed). */
export type Reach = 'all' | 'sticky' | 'none'

/** A member as a selection sees it: one object for as long as the member is in the pool. */
export interface Candidate {
  readonly name: string
  /** Its number in the order of adding; never used twice. */
  readonly ordinal: number
  readonly target: unknown
  /** >= 0. The pool leaves out members of weight 0 unless all are 0. */
  readonly weight: number
  /** In (0, 1]: the share of its weight that counts. Less than 1 only during its slow start. */
  readonly warmth: number
  readonly zone: string | undefined
  /** Lower is preferred, by selections that use it. */
  readonly priority: number
  /** Tries under way. */
  readonly pending: number
  /** Mean time of recent successful tries in ms; undefined before the first. */
  readonly latency: Milliseconds | undefined
  /** The load it last reported by `pool.report`; undefined before the first report. */
  readonly load: KnownLoad | undefined
  /** Which calls it may get at this moment, whatever list it is in. */
  readonly reach: Reach
  /**
   * In (0, 1]: the share of its recent tries that succeeded, where a refusal by its guard counts as a failure; drifts back to
   * 1 while there are no results. Include it in any choice by load or latency: a member that fails at once is never busy.
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

/** Chooses for one pool, and keeps what it needs from pick to pick. */
export interface Picker {
  /**
   * Returns one of `candidates`, which are never empty and in order of adding. The pool passes the same array until something
   * changes. Any other answer is a fault, and the first candidate is taken.
   */
  pick(candidates: readonly Candidate[], call: Call, now: Milliseconds): Candidate
  /**
   * For a further try of the same call, up to its sixteenth: one of `candidates` that is not in `tried`, or undefined where
   * searching is not worth it. Then, or without this method, the pool calls `pick` with a shorter list.
   */
  readonly next?: PickNext | undefined
  /**
   * The order in which a call tries all of `candidates`, once so many of its tries have failed that the pool no longer asks
   * for each try. Default: the order of adding, starting after the member tried last.
   */
  readonly order?: ((candidates: readonly Candidate[]) => readonly Candidate[]) | undefined
  /**
   * A try has succeeded or failed after `took` ms. Not called for tries that were aborted, refused or ignored, nor for tries
   * that began before the member was last ejected, restored, maintained, drained or made ready.
   */
  readonly settled?: PickSettled | undefined
}

/** What a pool offers to its picker. */
export interface PickerContext {
  readonly random: Random
  /** All members, in order of adding, whatever their state. The same array until one is added, removed or changed. */
  members(): readonly Candidate[]
  /**
   * The tries under way of each candidate of a list, in its order, kept up to date; -1 where a candidate has failed recently,
   * so that its `reliability` has to be read. Undefined for a list that is not the pool's present list of candidates.
   */
  underWay?(list: readonly Candidate[]): Int32Array | undefined
  /** Below this share of healthy members the picker should ignore health. 0: never. */
  readonly panic: number
}

/** A way to choose among members. Each pool starts its own picker. */
export interface Selection {
  readonly kind: string
  /**
   * It handles health and panic itself: `candidates` are all members in service, including ejected ones (`reach` is
   * `'none'`). Default false: `candidates` are the members that a call may go to.
   */
  readonly seesAll?: boolean
  /**
   * Throws a `TypeError` where it cannot choose among these members, which are all of the pool's. Called before a member is
   * added or its weight changed; if it throws, the change is refused.
   */
  check?(members: readonly Pick<Candidate, 'name' | 'weight'>[]): void
  start(context: PickerContext): Picker
}
