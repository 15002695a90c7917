import { type DashboardOptions, dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'

export const fail = async (): Promise<never> => {
  throw new Error('down')
}
export const fine = async (): Promise<string> => 'fine'
export const never = (): Promise<never> => new Promise(() => {})

export async function attempt(target: { execute(op: never): Promise<unknown> }, op: () => Promise<unknown> = fine) {
  await target.execute(op as never).catch(() => {})
}

export function shown(policies: DashboardOptions['policies'] & {}) {
  const clock = virtualClock({ wall: 1_000_000 })
  return { clock, board: dashboard({ policies, clock }) }
}
