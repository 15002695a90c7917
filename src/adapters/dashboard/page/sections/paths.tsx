/** The path of a call through each policy, as in `explain()`, with the present state of each stage. */
import type { Fact, PathStage, PolicyFact } from '../../wire/facts.ts'
import type { PageState } from '../live/page-state.ts'
import { countText, percentText } from '../text/numbers.ts'
import { Mark } from '../widgets/mark.tsx'
import { Numbers } from '../widgets/numbers.tsx'
import { Panel } from '../widgets/panel.tsx'

export function Paths({ page }: { readonly page: PageState }) {
  const policies = page.of('policy')
  if (policies.length === 0) return null
  return (
    <Panel id="paths" title="Call paths">
      {policies.map(([id, fact]) => (
        <Path key={id} fact={fact} page={page} />
      ))}
    </Panel>
  )
}

function Path({ fact, page }: { readonly fact: PolicyFact; readonly page: PageState }) {
  const calls = page.facts.get(`calls:${fact.name}`)
  const counts = calls?.kind === 'calls' ? calls : undefined
  const counted = (counts?.success ?? 0) + (counts?.failure ?? 0)
  return (
    <article class="path" aria-label={`Call path through ${fact.name}`}>
      <h3>{fact.name}</h3>
      <ol class="stages">
        <li class="stage end">
          <span class="stage-kind">caller</span>
          <span class="soft">
            gets {percentText(counted === 0 ? null : (counts?.success ?? 0) / counted)} of {countText(counted)}
          </span>
        </li>
        {fact.stages.map((stage, index) => (
          <StageBox key={index} stage={stage} page={page} saved={counts?.saved[stage.name] ?? 0} />
        ))}
        <li class="stage end">
          <span class="stage-kind">your code</span>
          <span class="soft">
            ran {countText(counts?.attempts ?? 0)} times
            {counted > 0 && `, first attempt good ${percentText((counts?.first ?? 0) / counted)}`}
          </span>
        </li>
      </ol>
    </article>
  )
}

interface StageBoxProps {
  readonly stage: PathStage
  readonly page: PageState
  readonly saved: number
}

/** The rest is shown on demand. */
const shownOptions = 3

function StageBox({ stage: { name, policyKind, options, fact: id }, page, saved }: StageBoxProps) {
  const fact = page.facts.get(id)
  return (
    <li class="stage">
      <span class="stage-kind">{policyKind}</span>
      {name !== policyKind && <span class="stage-name">{name}</span>}
      <dl class="options">
        {options.slice(0, shownOptions).map(([option, value]) => (
          <Option key={option} name={option} value={value} />
        ))}
      </dl>
      {options.length > shownOptions && (
        <details>
          <summary>
            {options.length - shownOptions} more<span class="unseen"> options of {name}</span>
          </summary>
          <dl class="options">
            {options.slice(shownOptions).map(([option, value]) => (
              <Option key={option} name={option} value={value} />
            ))}
          </dl>
        </details>
      )}
      {fact !== undefined && <StageState fact={fact} id={id} page={page} />}
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

function StageState({ fact, id, page }: { readonly fact: Fact; readonly id: string; readonly page: PageState }) {
  if (fact.kind === 'breaker') {
    return (
      <span>
        <Mark state={fact.state} /> <span class="soft">rejected {countText(fact.rejections)}</span>
      </span>
    )
  }
  if (fact.kind === 'numbers') return <Numbers fact={fact} />
  if (fact.kind !== 'pool') return null
  const members = page.of('member').filter(([, member]) => member.pool === id)
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
