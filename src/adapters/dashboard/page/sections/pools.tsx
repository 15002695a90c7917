/** Failover pools and their members. */
import type { MemberFact, PoolFact } from '../../wire/facts.ts'
import type { ControlAction, Hello } from '../../wire/messages.ts'
import type { PageState } from '../live/page-state.ts'
import { locationText } from '../text/location.ts'
import { countText, latencyText } from '../text/numbers.ts'
import { Controls } from '../widgets/controls.tsx'
import { Instant } from '../widgets/instant.tsx'
import { Mark } from '../widgets/mark.tsx'
import { Panel } from '../widgets/panel.tsx'
import { PureComponent } from '../widgets/pure-component.ts'

export function Pools({ page }: { readonly page: PageState }) {
  const pools = page.of('pool')
  if (pools.length === 0) return null
  const members = Map.groupBy(page.of('member'), ([, { pool }]) => pool)
  return (
    <Panel id="pools" title="Pools">
      {pools.map(([id, fact]) => (
        <Pool key={id} fact={fact} members={members.get(id) ?? []} page={page} />
      ))}
    </Panel>
  )
}

type MemberWithId = readonly [id: string, fact: MemberFact]

interface PoolProps {
  readonly fact: PoolFact
  readonly members: readonly MemberWithId[]
  readonly page: PageState
}

function Pool({ fact, members, page }: PoolProps) {
  const total = members.reduce((sum, [, { weight }]) => sum + weight, 0)
  const controlled = (page.hello?.controls.length ?? 0) > 0
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section class="wide" tabIndex={0} aria-label={`Members of ${fact.name}`}>
      <table class="rows">
        <caption>
          <strong>{fact.name}</strong>{' '}
          <span class="soft">
            in {locationText(fact)}: {countText(fact.failovers)} failovers, {countText(fact.exhausted)} calls found no
            member
          </span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Member</th>
            <th scope="col">State</th>
            <th scope="col" class="number">
              Weight
            </th>
            <th scope="col" class="number">
              Pending
            </th>
            <th scope="col" class="number">
              Latency
            </th>
            <th scope="col">Breaker</th>
            <th scope="col" class="number">
              Ejections
            </th>
            <th scope="col">Out until</th>
            {controlled && <th scope="col">Control</th>}
          </tr>
        </thead>
        <tbody>
          {members.map(([id, member]) => {
            const guard = member.breaker === null ? undefined : page.facts.get(member.breaker)
            return (
              <MemberRow
                key={id}
                id={id}
                fact={member}
                breaker={guard?.kind === 'breaker' ? guard.state : undefined}
                share={total > 0 ? member.weight / total : 0}
                hello={page.hello}
                minute={Math.floor(page.at / 60_000)}
              />
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

interface MemberRowProps {
  readonly id: string
  readonly fact: MemberFact
  readonly breaker: string | undefined
  readonly share: number
  readonly hello: Hello | undefined
  readonly minute: number
}

class MemberRow extends PureComponent<MemberRowProps> {
  render() {
    const { id, fact, breaker, share, hello, minute } = this.props
    const { name, state, weight, pending, latency, ejections, ejectedUntil, zone, priority } = fact
    const controlled = (hello?.controls.length ?? 0) > 0
    return (
      <tr data-member={name}>
        <th scope="row">
          {name}
          {(zone !== null || priority !== 0) && (
            <span class="soft"> {[zone, priority === 0 ? null : `tier ${priority}`].filter(Boolean).join(', ')}</span>
          )}
        </th>
        <td>
          <Mark state={state} />
        </td>
        <td class="number">
          {countText(weight)} <span class="soft">{Math.round(share * 100)}%</span>
        </td>
        <td class="number">{pending}</td>
        <td class="number">{latencyText(latency)}</td>
        <td>{breaker === undefined ? <span class="soft">none</span> : <Mark state={breaker} />}</td>
        <td class="number">{countText(ejections)}</td>
        <td>
          <Instant at={ejectedUntil} now={minute * 60_000} />
        </td>
        {controlled && (
          <td>
            <Controls id={id} name={name} actions={actionsFor(state)} hello={hello} />
          </td>
        )}
      </tr>
    )
  }
}

function actionsFor(state: string): readonly ControlAction[] {
  if (state === 'drain') return ['ready', 'maintenance']
  return state === 'maintenance' ? ['ready'] : ['drain', 'maintenance']
}
