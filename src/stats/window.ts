/** Results that came one after the other, as plain JSON. Ages are ms before the moment they were saved at. */
export interface SavedResults {
  /** How long ago they were; those of one bucket share its start. */
  readonly age: number
  readonly good: number
  readonly bad: number
  /** How long ago the first bad one was; as `age` where there is none. */
  readonly badAge: number
}

/** A window over the latest results, each good or bad. Pure: time is an argument. */
export interface Window {
  /** Results in the window as of the latest `record`. */
  readonly total: number
  /** Bad ones among them. */
  readonly bad: number
  /** It looks at the time it is given. */
  readonly dated: boolean
  /** Adds a result at `now`; `since` is when a bad one is to be dated to. */
  record(bad: boolean, now: number, since: number): void
  /** When the oldest bad result in the window was; `otherwise` where there is none. */
  firstBad(otherwise: number): number
  clear(): void
  /** What it holds, oldest first. */
  saved(now: number): readonly SavedResults[]
  /** Goes on, empty as it is, with what was saved at the moment that is `now` on its own clock. */
  restore(saved: readonly SavedResults[], now: number): void
}
