/** One component in the list. */
import { createRef } from 'preact'
import type { BarSlice } from '../../wire/details.ts'
import type { ComponentFact } from '../../wire/facts.ts'
import { Bar } from '../charts/bar.tsx'
import type { BarCache } from '../live/bar-cache.ts'
import { coverageText, percentText } from '../text/numbers.ts'
import { FigureList } from '../widgets/figure-list.tsx'
import { Instant } from '../widgets/instant.tsx'
import { Mark } from '../widgets/mark.tsx'
import { PureComponent } from '../widgets/pure-component.ts'
import { ComponentDetailsView } from './component-details.tsx'

interface ComponentRowProps {
  readonly fact: ComponentFact
  readonly slices: readonly BarSlice[] | undefined
  readonly open: boolean
  readonly minute: number
  readonly bars: BarCache
  readonly toggle: (name: string) => void
}

/** Reports to the bar cache which rows are in sight. One observer serves all rows. */
const onSight = new WeakMap<Element, (inSight: boolean) => void>()
const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) onSight.get(target)?.(isIntersecting)
  },
  { rootMargin: '200px' },
)

export class ComponentRow extends PureComponent<ComponentRowProps> {
  readonly #row = createRef<HTMLLIElement>()

  override componentDidMount(): void {
    const row = this.#row.current as HTMLLIElement
    const { name } = this.props.fact
    onSight.set(row, (inSight) => this.props.bars.setInSight(name, inSight))
    observer.observe(row)
  }

  override componentWillUnmount(): void {
    observer.unobserve(this.#row.current as HTMLLIElement)
    this.props.bars.forget(this.props.fact.name)
  }

  render() {
    const { fact, slices, open, minute, toggle } = this.props
    const { name, state, since, availability, coverage, failures } = fact
    const observed = (of: keyof typeof coverage): string => `observed ${coverageText(coverage[of])}`
    const outages = failures === 1 ? '1 outage' : `${failures} outages`
    return (
      <li class="component" data-component={name} ref={this.#row}>
        <div class="component-head">
          <button
            type="button"
            class="component-name"
            aria-expanded={open}
            onClick={() => toggle(name)}
            title={open ? 'Show less' : 'Show more'}
          >
            {name}
          </button>
          <Mark state={state} />
          <span class="soft component-since">
            since <Instant at={since} now={minute * 60_000} />
          </span>
        </div>
        <Bar
          slices={slices}
          label={`${name} in the last 90 days: ${percentText(availability.quarter)} available, ${observed('quarter')}, ${outages}`}
        />
        <FigureList
          figures={[
            ['24 h', percentText(availability.day), undefined, observed('day')],
            ['30 d', percentText(availability.month), undefined, observed('month')],
            ['90 d', percentText(availability.quarter), undefined, observed('quarter')],
            ['outages', failures],
          ]}
        />
        {open && <ComponentDetailsView fact={fact} />}
      </li>
    )
  }
}
