/** `holdfast/availability/probe`: checks components in the background, and recovers them. */
export type { ProbeOptions } from '../../availability/probe/options.ts'
export { type ProbeCheck, type Probing, probe } from '../../availability/probe/probe.ts'
export type { RecoverOptions, RecoveryAction, RecoveryContext } from '../../availability/probe/recover-options.ts'
