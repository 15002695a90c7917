export { type Keyed, type KeyedEvents, type KeyedOptions, keyed } from './keyed.ts'
export type { KeyedOverflow } from './keyed-policy.ts'
