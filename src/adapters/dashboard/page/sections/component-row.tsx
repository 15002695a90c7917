/** One component in the list. */
import { createRef } from 'preact'
import type { ComponentFact, Slice } from '../../wire/facts.ts'
import { Bar } from '../charts/bar.tsx'
import type { BarBook } from '../live/bar-cache.ts'
import { coverageText, percentText } from '../text/numbers.ts'
import { Facts } from '../widgets/figure-list.tsx'
import { When } from '../widgets/instant.tsx'
import { Mark } from '../widgets/mark.tsx'
import { Steady } from '../widgets/pure-component.ts'
import { ComponentDetailsView } from './component-details.tsx'

interface Properties {
  readonly fact: ComponentFact
  readonly slices: readonly Slice[] | undefined
  readonly open: boolean
  readonly minute: number
  readonly bars: BarBook
  readonly toggle: (name: string) => void
}

/** Tells the book of bars what comes into sight and leaves it; one observer for all rows. */
const inSight = new WeakMap<Element, (seen: boolean) => void>()
const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) inSight.get(target)?.(isIntersecting)
  },
  { rootMargin: '200px' },
)

export class ComponentRow extends Steady<Properties> {
  readonly #row = createRef<HTMLLIElement>()

  override componentDidMount(): void {
    const row = this.#row.current as HTMLLIElement
    const { name } = this.props.fact
    inSight.set(row, (seen) => this.props.bars.sight(name, seen))
    observer.observe(row)
  }

  override componentWillUnmount(): void {
    observer.unobserve(this.#row.current as HTMLLIElement)
    this.props.bars.forget(this.props.fact.name)
  }

  render() {
    const { fact, slices, open, minute, toggle } = this.props
    const { name, state, since, availability, coverage, failures } = fact
    const seen = (of: keyof typeof coverage): string => `seen ${coverageText(coverage[of])}`
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
            since <When at={since} now={minute * 60_000} />
          </span>
        </div>
        <Bar
          slices={slices}
          label={`${name} in the last 90 days: ${percentText(availability.quarter)} available, ${seen('quarter')}, ${outages}`}
        />
        <Facts
          facts={[
            ['24 h', percentText(availability.day), undefined, seen('day')],
            ['30 d', percentText(availability.month), undefined, seen('month')],
            ['90 d', percentText(availability.quarter), undefined, seen('quarter')],
            ['outages', failures],
          ]}
        />
        {open && <ComponentDetailsView fact={fact} />}
      </li>
    )
  }
}
