/** What exporters show of a failover pool and its members. */
import type { BasePolicy } from '../core/policy.ts'
import type { PolicyTelemetry } from '../core/telemetry.ts'
import type { FailoverEvents } from './events.ts'
import type { FailoverPool } from './failover-pool.ts'
import type { AdminState, EjectReason, MemberState, MemberStatus } from './members/member-status.ts'

/** A pool with what only exporters see of it. */
interface GuardedPool extends FailoverPool<unknown> {
  readonly guards: ReadonlyMap<string, BasePolicy>
}

const states: readonly (MemberState | Exclude<AdminState, 'ready'>)[] = [
  'unknown',
  'up',
  'suspect',
  'ejected',
  'probing',
  'warming',
  'drain',
  'maintenance',
]
const reasons: readonly EjectReason[] = ['consecutive', 'rate', 'probe', 'check']
const state = { state: 'pool.member.state' }

export const failoverTelemetry: PolicyTelemetry<GuardedPool, FailoverEvents, MemberStatus<unknown>> = {
  kind: 'failoverPool',
  label: ['pool', 'pool.name'],
  events: {
    select: {},
    failover: {
      counter: {
        metric: {
          name: 'pool.failovers',
          unit: '{failover}',
          description: 'Attempts that went on with another member',
        },
      },
    },
    reconnect: {},
    eject: {
      counter: {
        metric: {
          name: 'pool.ejections',
          unit: '{ejection}',
          description: 'Times a member left the rotation',
          attributes: { reason: 'reason' },
        },
        by: { label: 'reason', field: 'reason', initial: reasons },
        ofMember: true,
      },
    },
    restore: {},
    state: {},
    admin: {},
    exhausted: {
      counter: {
        metric: { name: 'pool.exhausted', unit: '{call}', description: 'Calls for which no member was left' },
      },
    },
    membersChanged: {},
    success: { everyCall: true },
  },
  members: {
    list: (pool) => pool.members,
    guards: (pool) => pool.guards,
    changedBy: 'membersChanged',
    states,
    // The operator's word goes before the measured health.
    stateOf: ({ admin, state }) => (admin === 'ready' ? state : admin),
    count: { name: 'pool.members', unit: '{member}', description: 'Members in each state', attributes: state },
    status: {
      name: 'pool.member.status',
      unit: '{member}',
      description: '1 for the state a member is in',
      attributes: state,
    },
    gauges: {
      weight: {
        metric: {
          name: 'pool.member.weight',
          unit: '{weight}',
          description: 'Weight, reduced during a slow start',
        },
        additive: false,
        read: ({ weight, warmth }) => weight * warmth,
      },
      pending: {
        metric: { name: 'pool.member.pending', unit: '{attempt}', description: 'Attempts in flight' },
        additive: true,
        read: ({ pending }) => pending,
      },
      latency: {
        metric: {
          name: 'pool.member.latency',
          unit: 's',
          description: 'Mean time of recent successful attempts',
        },
        additive: false,
        read: ({ latency }) => (latency === undefined ? undefined : latency / 1000),
      },
    },
  },
  repeats: true,
  dashboard: { id: 'pool', counts: { failovers: 'failover', exhausted: 'exhausted' } },
  spanFields: {
    from: { attribute: 'failover.from' },
    to: { attribute: 'failover.to' },
  },
}
