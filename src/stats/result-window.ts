/** Consecutive results, as plain JSON. Ages are ms before the moment of saving. */
export interface SavedResults {
  /** The age of the results; those of one bucket have the age of its start. */
  readonly age: number
  readonly good: number
  readonly bad: number
  /** The age of the first bad one; the same as `age` where there is none. */
  readonly badAge: number
}

/** A window over the latest results, each good or bad. It reads no clock: time is an argument. */
export interface ResultWindow {
  /** Results in the window as of the latest `record`. */
  readonly total: number
  /** The bad ones among them. */
  readonly bad: number
  /** The window depends on the time of its results. */
  readonly dated: boolean
  /** Adds a result at `now`; `since` is the time that counts for a bad one in `firstBad`. */
  record(bad: boolean, now: number, since: number): void
  /** The time of the oldest bad result in the window; `otherwise` where there is none. */
  firstBad(otherwise: number): number
  clear(): void
  /** Its results, oldest first. */
  saved(now: number): readonly SavedResults[]
  /** Takes saved results into an empty window; `now`, on this window's clock, is the moment of saving. */
  restore(saved: readonly SavedResults[], now: number): void
}
