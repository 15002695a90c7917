/** The gauges and counts of a policy by name. Slots in use are also drawn against their limit. */
import type { NumbersFact } from '../../wire/facts.ts'
import { countText } from '../text/numbers.ts'

export function Numbers({ fact: { gauges, counts } }: { readonly fact: NumbersFact }) {
  const { active, limit, ...others } = gauges
  const isLimited = typeof active === 'number' && typeof limit === 'number'
  const numbers = Object.entries({ ...(isLimited ? others : gauges), ...counts })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${countText(value as number)} ${name}`)
  return (
    <span>
      {isLimited && (
        <>
          <span class="gauge" aria-hidden="true">
            <span style={{ width: `${Math.min(100, (active / Math.max(1, limit)) * 100)}%` }} />
          </span>
          {active} of {limit} active{numbers.length > 0 && ', '}
        </>
      )}
      {numbers.join(', ')}
    </span>
  )
}
