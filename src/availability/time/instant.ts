/** An instant as users give it. */
import type { Milliseconds } from '../../core/duration.ts'

/**
 * A Date is by the wall clock, a number is monotonic `time`. A number more than three years (1e11 ms) ahead of the monotonic
 * clock can only be ms since the epoch, and is taken as that.
 */
export type Instant = Milliseconds | Date
