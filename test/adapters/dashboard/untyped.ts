import type { DashboardHandler } from 'holdfast/dashboard'

/** A handler that is called as JavaScript may call it. */
export const untyped = (handler: DashboardHandler) =>
  handler as unknown as (...args: readonly unknown[]) => Promise<unknown>
