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
}
