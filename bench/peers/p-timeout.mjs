/** p-timeout around one call. */
import pTimeout from 'p-timeout'

const options = { milliseconds: 1000, message: 'timed out' }

export const timed = (work) => () => pTimeout(work(), options)
