/** What a control acts on: a breaker or a member of a pool, found by its id. */
import type { DashboardControl } from '../options.ts'
import { BreakerView } from '../policies/breaker-view.ts'
import type { PolicyViews } from '../policies/policy-views.ts'
import { PoolView } from '../policies/pool-view.ts'
import type { ControlAction } from '../wire/messages.ts'

const breakerActions = ['isolate', 'release', 'reset'] as const
const memberActions = ['drain', 'maintenance', 'ready'] as const

export const controlActions: readonly ControlAction[] = [...breakerActions, ...memberActions]

export interface ControlTarget {
  /** Identifies this very target: another one that later has the same id has another identity. */
  readonly identity: object
  /** How it is described to the `control` option. */
  readonly about: Omit<DashboardControl, 'raw' | 'id' | 'action'>
  /** Performs the action. */
  apply(): void
}

/** Undefined if the id belongs to no breaker or member that the action fits. */
export function controlTarget(views: PolicyViews, action: ControlAction, id: string): ControlTarget | undefined {
  const isForMember = (memberActions as readonly string[]).includes(action)
  return isForMember ? memberTarget(views, action, id) : breakerTarget(views, action, id)
}

function breakerTarget(views: PolicyViews, action: ControlAction, id: string): ControlTarget | undefined {
  const view = views.get(id)
  if (!(view instanceof BreakerView)) return undefined
  const { name, location } = view.context
  const { policy, pool, member } = location
  return {
    identity: view,
    about: {
      kind: 'breaker',
      name,
      policy,
      ...(pool === null ? {} : { pool }),
      ...(member === null ? {} : { member }),
    },
    apply: () => view[action as (typeof breakerActions)[number]](),
  }
}

function memberTarget(views: PolicyViews, action: ControlAction, id: string): ControlTarget | undefined {
  for (const view of views.all) {
    if (!(view instanceof PoolView)) continue
    const found = view.findMember(id)
    if (found === undefined) continue
    const { name: pool, location } = view.context
    return {
      identity: found.identity,
      about: { kind: 'member', name: found.name, policy: location.policy, pool, member: found.name },
      apply: () => view.update(found.name, { admin: action as (typeof memberActions)[number] }),
    }
  }
  return undefined
}
