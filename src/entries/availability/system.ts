/** `holdfast/availability/system`: components made of others. */
export { type SystemOptions, system } from '../../availability/system/system.ts'
