export { type AnswerTo, type HealthAnswerOptions, healthAnswer } from './health-answer.ts'
export { type UpstreamBlockOptions, type UpstreamRules, type UpstreamServer, upstreamBlock } from './upstream-block.ts'
export { upstreamFile } from './upstream-file.ts'
export type { AnyPool, Reload, UpstreamFile, UpstreamFileOptions } from './upstream-follower.ts'
