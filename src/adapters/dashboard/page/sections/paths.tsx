/** The way of a call through each policy, as `explain()` tells it, with what each part of it does now. */
import type { BulkheadFact, Fact, PolicyFact, Stage } from '../../wire/facts.ts'
import type { Board } from '../live/page-state.ts'
import { countText, percentText } from '../text/numbers.ts'
import { Mark } from '../widgets/mark.tsx'
import { Panel } from '../widgets/panel.tsx'

export function Paths({ board }: { readonly board: Board }) {
  const policies = board.of('policy')
  if (policies.length === 0) return null
  return (
    <Panel id="paths" title="The way of a call">
      {policies.map(([id, fact]) => (
        <Path key={id} fact={fact} board={board} />
      ))}
    </Panel>
  )
}

function Path({ fact, board }: { readonly fact: PolicyFact; readonly board: Board }) {
  const calls = board.facts.get(`calls:${fact.name}`)
  const counts = calls?.kind === 'calls' ? calls : undefined
  const counted = (counts?.success ?? 0) + (counts?.failure ?? 0)
  return (
    <article class="path" aria-label={`The way of a call through ${fact.name}`}>
      <h3>{fact.name}</h3>
      <ol class="stages">
        <li class="stage end">
          <span class="stage-kind">caller</span>
          <span class="soft">
            gets {percentText(counted === 0 ? null : (counts?.success ?? 0) / counted)} of {countText(counted)}
          </span>
        </li>
        {fact.stages.map((stage, index) => (
          <StageBox key={index} stage={stage} board={board} saved={counts?.saved[stage.name] ?? 0} />
        ))}
        <li class="stage end">
          <span class="stage-kind">your code</span>
          <span class="soft">
            ran {countText(counts?.attempts ?? 0)} times
            {counted > 0 && `, good at first ${percentText((counts?.first ?? 0) / counted)}`}
          </span>
        </li>
      </ol>
    </article>
  )
}

interface StageProperties {
  readonly stage: Stage
  readonly board: Board
  readonly saved: number
}

/** So many options are shown; the rest on demand. */
const shown = 3

function StageBox({ stage: { name, policyKind, options, fact: id }, board, saved }: StageProperties) {
  const fact = id === null ? undefined : board.facts.get(id)
  return (
    <li class="stage">
      <span class="stage-kind">{policyKind}</span>
      {name !== policyKind && <span class="stage-name">{name}</span>}
      <dl class="options">
        {options.slice(0, shown).map(([option, value]) => (
          <Option key={option} name={option} value={value} />
        ))}
      </dl>
      {options.length > shown && (
        <details>
          <summary>
            {options.length - shown} more<span class="unseen"> options of {name}</span>
          </summary>
          <dl class="options">
            {options.slice(shown).map(([option, value]) => (
              <Option key={option} name={option} value={value} />
            ))}
          </dl>
        </details>
      )}
      {fact !== undefined && <Now fact={fact} id={id as string} board={board} />}
      {saved > 0 && <span class="stage-saved">saved {countText(saved)}</span>}
    </li>
  )
}

function Option({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

/** What a counter counts, by the kind of its policy. */
const counted: Readonly<Record<string, string>> = { retry: 'retries', timeout: 'timeouts', fallback: 'uses' }

function fullness({ active, limit }: BulkheadFact): number {
  return limit === null ? 0 : Math.min(100, (active / Math.max(1, limit)) * 100)
}

function Now({ fact, id, board }: { readonly fact: Fact; readonly id: string; readonly board: Board }) {
  if (fact.kind === 'breaker') {
    return (
      <span class="stage-now">
        <Mark state={fact.state} /> <span class="soft">refused {countText(fact.rejections)}</span>
      </span>
    )
  }
  if (fact.kind === 'bulkhead') {
    return (
      <span class="stage-now">
        <span class="gauge" aria-hidden="true">
          <span style={{ width: `${fullness(fact)}%` }} />
        </span>
        {fact.active} {fact.limit === null ? '' : `of ${fact.limit} `}in use, {fact.queued} wait
      </span>
    )
  }
  if (fact.kind === 'counter') {
    return (
      <span class="stage-now soft">
        {countText(fact.count)} {counted[fact.policyKind] ?? 'times'}
      </span>
    )
  }
  if (fact.kind !== 'pool') return null
  const members = board.of('member').filter(([, member]) => member.pool === id)
  return (
    <ul class="stage-members" aria-label={`Members of ${fact.name}`}>
      {members.slice(0, 8).map(([member, { name, state }]) => (
        <li key={member}>
          {name} <Mark state={state} />
        </li>
      ))}
      {members.length > 8 && <li class="soft">and {members.length - 8} more</li>}
    </ul>
  )
}
