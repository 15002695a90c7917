/** The details of one component: its last days, hours and minutes, its figures and its outages. */
import { useEffect, useState } from 'preact/hooks'
import type { ComponentDetails } from '../../wire/details.ts'
import type { ComponentFact } from '../../wire/facts.ts'
import { SliceSlider } from '../charts/slice-slider.tsx'
import { fetchComponent } from '../live/requests.ts'
import { coverageText, lengthText, percentText } from '../text/numbers.ts'
import { FigureList } from '../widgets/figure-list.tsx'
import { Outages } from './outages.tsx'

const refreshEvery = 10_000
/** A change of state reaches the details only after this time. */
const settleTime = 700

export function ComponentDetailsView({ fact: { name, state } }: { readonly fact: ComponentFact }) {
  const [details, setDetails] = useState<ComponentDetails | undefined>(undefined)
  const [error, setError] = useState<string | undefined>(undefined)
  // A change of state fetches the details again.
  useEffect(() => {
    let left = false
    const load = (): void => {
      if (document.hidden) return
      fetchComponent(name)
        .then((found) => {
          if (left) return
          setDetails(found)
          setError(undefined)
        })
        .catch((error: Error) => !left && setError(error.message))
    }
    const soon = window.setTimeout(load, details === undefined ? 0 : settleTime)
    const timer = window.setInterval(load, refreshEvery)
    return () => {
      left = true
      window.clearTimeout(soon)
      window.clearInterval(timer)
    }
  }, [name, state])
  if (details === undefined) return <p class="soft details">{error ?? 'Loading…'}</p>
  const { days, zone, hours, minutes, figures, outages, at } = details
  return (
    <div class="details">
      <SliceSlider title="90 days" slices={days} now={at} zone={zone} />
      <div class="two">
        <SliceSlider title="24 hours" slices={hours} now={at} />
        <SliceSlider title="60 minutes" slices={minutes} now={at} />
      </div>
      <FigureList
        figures={[
          ['availability', percentText(figures.availability), undefined, `observed ${coverageText(figures.coverage)}`],
          ['time down', lengthText(figures.downtime)],
          ['outages', figures.failures],
          ['MTBF', lengthText(figures.mtbf), 'mean operating time between failures'],
          ['MTTR', lengthText(figures.mttr), 'mean time to recovery'],
          ['MTTD', lengthText(figures.mttd), 'mean time to detect'],
        ]}
      />
      <Outages name={name} outages={outages} now={at} />
      {error !== undefined && <p class="soft">{error}</p>}
    </div>
  )
}
