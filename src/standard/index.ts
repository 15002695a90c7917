export type { StandardOptions, StandardPool } from './options.ts'
export { type Standard, standard } from './standard.ts'
