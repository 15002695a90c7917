/** The state of a throttle, as plain JSON. */

/** What a throttle counts of the calls of one priority. */
export interface ThrottleClassSnapshot {
  readonly priority: number
  /** How likely a call is refused, from 0 to 1. */
  readonly probability: number
  /** Calls in the window, those the throttle refused included. */
  readonly requests: number
  /** Those of them that the dependency did not refuse. */
  readonly accepts: number
}

export interface ThrottleSnapshot {
  /** The highest of all classes, from 0 to 1. */
  readonly probability: number
  /** Calls in the window, of all classes. */
  readonly requests: number
  readonly accepts: number
  /** Calls the throttle has refused since it was made. */
  readonly rejections: number
  /** The most important one first. */
  readonly classes: readonly ThrottleClassSnapshot[]
}
