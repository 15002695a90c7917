/** Failover pools, member by member. */
import type { ControlAction, Hello, MemberFact, PoolFact } from '../../wire/facts.ts'
import type { Board } from '../live/page-state.ts'
import { withinText } from '../text/location.ts'
import { countText, latencyText } from '../text/numbers.ts'
import { Controls } from '../widgets/controls.tsx'
import { When } from '../widgets/instant.tsx'
import { Mark } from '../widgets/mark.tsx'
import { Panel } from '../widgets/panel.tsx'
import { Steady } from '../widgets/pure-component.ts'

export function Pools({ board }: { readonly board: Board }) {
  const pools = board.of('pool')
  if (pools.length === 0) return null
  const members = Map.groupBy(board.of('member'), ([, { pool }]) => pool)
  return (
    <Panel id="pools" title="Pools">
      {pools.map(([id, fact]) => (
        <Pool key={id} fact={fact} members={members.get(id) ?? []} board={board} />
      ))}
    </Panel>
  )
}

type Entry = readonly [id: string, fact: MemberFact]

interface PoolProperties {
  readonly fact: PoolFact
  readonly members: readonly Entry[]
  readonly board: Board
}

function Pool({ fact, members, board }: PoolProperties) {
  const total = members.reduce((sum, [, { weight }]) => sum + weight, 0)
  const controlled = (board.hello?.controls.length ?? 0) > 0
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keys
    <section class="wide" tabIndex={0} aria-label={`Members of ${fact.name}`}>
      <table class="rows">
        <caption>
          <strong>{fact.name}</strong>{' '}
          <span class="soft">
            in {withinText(fact)}: {countText(fact.failovers)} failovers, {countText(fact.exhausted)} calls found no
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
            const guard = member.breaker === null ? undefined : board.facts.get(member.breaker)
            return (
              <MemberRow
                key={id}
                id={id}
                fact={member}
                breaker={guard?.kind === 'breaker' ? guard.state : undefined}
                share={total > 0 ? member.weight / total : 0}
                hello={board.hello}
                minute={Math.floor(board.at / 60_000)}
              />
            )
          })}
        </tbody>
      </table>
    </section>
  )
}

interface RowProperties {
  readonly id: string
  readonly fact: MemberFact
  readonly breaker: string | undefined
  readonly share: number
  readonly hello: Hello | undefined
  readonly minute: number
}

class MemberRow extends Steady<RowProperties> {
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
          <When at={ejectedUntil} now={minute * 60_000} />
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
