export type { Amplification, ExplainedPolicy, Explanation } from './explain.ts'
export {
  type Accepted,
  type Added,
  type Emitted,
  type Given,
  type Pipeline,
  type PipelineOf,
  type PipelineSettings,
  pipeline,
} from './pipeline.ts'
export { type AddedBy, type CustomPolicy, type Inner, type Next, policy, type Run } from './policy.ts'
export { protect } from './protect.ts'
export type { ExplainedPlace, ExplainWarning, ExplainWarningCode } from './warning.ts'
