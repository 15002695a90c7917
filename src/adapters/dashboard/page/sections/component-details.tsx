/** All about one component: its time from ninety days down to the last minutes, its figures, and its outages. */
import { useEffect, useState } from 'preact/hooks'
import type { ComponentDetails, ComponentFact } from '../../wire/facts.ts'
import { BarWalk } from '../charts/slice-slider.tsx'
import { askComponent } from '../live/requests.ts'
import { coverageText, lengthText, percentText } from '../text/numbers.ts'
import { Facts } from '../widgets/figure-list.tsx'
import { Outages } from './outages.tsx'

const fresh = 10_000
/** News of a change is told some time later, when it has settled. */
const settled = 700

export function ComponentDetailsView({ fact: { name, state } }: { readonly fact: ComponentFact }) {
  const [details, show] = useState<ComponentDetails | undefined>(undefined)
  const [failed, fail] = useState<string | undefined>(undefined)
  // Another state is a reason to ask anew.
  useEffect(() => {
    let gone = false
    const look = (): void => {
      if (document.hidden) return
      askComponent(name)
        .then((found) => {
          if (gone) return
          show(found)
          fail(undefined)
        })
        .catch((error: Error) => !gone && fail(error.message))
    }
    const soon = window.setTimeout(look, details === undefined ? 0 : settled)
    const timer = window.setInterval(look, fresh)
    return () => {
      gone = true
      window.clearTimeout(soon)
      window.clearInterval(timer)
    }
  }, [name, state])
  if (details === undefined) return <p class="soft details">{failed ?? 'Asking the process…'}</p>
  const { days, zone, hours, minutes, figures, outages, at } = details
  return (
    <div class="details">
      <BarWalk title="90 days" slices={days} now={at} zone={zone} />
      <div class="two">
        <BarWalk title="24 hours" slices={hours} now={at} />
        <BarWalk title="60 minutes" slices={minutes} now={at} />
      </div>
      <Facts
        facts={[
          ['availability', percentText(figures.availability), undefined, `seen ${coverageText(figures.coverage)}`],
          ['time down', lengthText(figures.downtime)],
          ['outages', figures.failures],
          ['MTBF', lengthText(figures.mtbf), 'mean operating time between failures'],
          ['MTTR', lengthText(figures.mttr), 'mean time to recovery'],
          ['MTTD', lengthText(figures.mttd), 'mean time to detect'],
        ]}
      />
      <Outages name={name} outages={outages} now={at} />
      {failed !== undefined && <p class="soft">{failed}</p>}
    </div>
  )
}
