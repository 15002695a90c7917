import { circuitBreaker } from 'holdfast'
import { type DashboardControl, type DashboardOptions, dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { vi } from 'vitest'

export const breakerId = 'breaker:["db",null,null,"db"]'
export const memberId = (pool: string, name: string) => `member:${JSON.stringify([pool, name])}`

export function made(options: DashboardOptions = {}) {
  const clock = virtualClock()
  const breaker = circuitBreaker({ name: 'db', clock })
  const faults: string[] = []
  const decide = vi.fn((_: DashboardControl): boolean | Promise<boolean> => true)
  const onFault = ({ source }: { source: string }) => faults.push(source)
  const board = dashboard({ clock, policies: [breaker], control: decide, keep: 0, onFault, ...options })
  return { clock, breaker, faults, decide, board }
}

export async function answerOf(response: Promise<Response>): Promise<[number, unknown]> {
  const { status } = await response
  return [status, await (await response).json()]
}
