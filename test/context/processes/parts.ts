/** What the service of this folder uses of the library. */
export * from '../../../src/context/index.ts'
export { isRejection } from '../../../src/core/errors.ts'
export { pipeline } from '../../../src/pipeline/index.ts'
export { timeout } from '../../../src/timeout/index.ts'
