/** Upper bounds of histograms in seconds; the defaults of the clients are for milliseconds, or end at ten seconds. */

/** For calls and the waits between attempts, as in the HTTP conventions of OpenTelemetry. */
export const callBuckets: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]

/** For outages: one second to one day. */
export const outageBuckets: readonly number[] = [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400]
