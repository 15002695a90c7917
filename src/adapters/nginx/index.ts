import type { HealthAnswerResponse } from './health-answer.ts'

export type { AnyPool } from '../../reconcile/followed-pool.ts'
export { type HealthAnswerOptions, type HealthAnswerResponse, healthAnswer } from './health-answer.ts'
export { type UpstreamBlockOptions, type UpstreamRules, type UpstreamServer, upstreamBlock } from './upstream-block.ts'
export { upstreamFile } from './upstream-file.ts'
export type { Reload, UpstreamFile, UpstreamFileOptions } from './upstream-file-types.ts'
/** @deprecated Use HealthAnswerResponse. */
export type AnswerTo = HealthAnswerResponse
