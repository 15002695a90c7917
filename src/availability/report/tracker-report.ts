/** The report of a tracker: which component it is about, and the others beside it. */
import { optional, resolveOptions, text } from '../../core/options.ts'
import { type AccountingOptions, type AccountingPreset, accountingCheck } from '../accounting/accounting.ts'
import type { Component } from '../components/component.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import { type WindowOption, windowOf } from '../time/window.ts'
import { zoneCheck } from '../time/zone.ts'
import { availabilityOf, type ReportDraft, reportOn } from './report.ts'
import type { ExtraFields } from './report-facts.ts'
import type { ComponentFigures } from './report-fields.ts'

/** What a report is about. */
export interface ReportOptions {
  /**
   * Default: the only component, or the one with the least availability. Members of a pool and parts of a system do not count:
   * their pool or system does.
   */
  readonly component?: string
  /** Default: since the tracking began. */
  readonly window?: WindowOption
  /** The IANA zone of a calendar window, such as `'Europe/Berlin'`. Default `'UTC'`. */
  readonly zone?: string
  /** What counts as what in this report. Default: the tracker's. */
  readonly accounting?: AccountingPreset | AccountingOptions
}

/** The report on one component, and on those it was chosen from. */
export type ReportOf<Fields> = Fields & {
  /** The requested component alone, or all, by name. */
  readonly components: Readonly<Record<string, Fields>>
}

export function trackerReport<Extra extends object>(
  tracker: TrackerState,
  options: ReportOptions | undefined,
  extra: ExtraFields<Extra>,
): ReportOf<ComponentFigures & Extra> {
  const asked = resolveOptions('availabilityTracker', options, {
    component: optional(text, undefined),
    window: (value) => value,
    zone: optional(zoneCheck, 'UTC' as string),
    accounting: optional(accountingCheck, tracker.accounting),
  })
  const { accounting } = asked
  const window = windowOf(tracker, asked.window, asked.zone, tracker.now())
  tracker.settle()
  const draftOf = (component: Component): ReportDraft<Extra> => reportOn(tracker, component, window, accounting, extra)
  if (asked.component !== undefined) {
    const draft = draftOf(tracker.known(asked.component))
    return draft.with(() => byName([draft]))
  }
  const all = [...tracker.components.values()]
  const parts = new Set([...tracker.systems.values()].flat())
  const roots = all.filter(({ member, name }) => !member && !parts.has(name))
  const root = worst(roots, (component) => availabilityOf(tracker, component, window, accounting))
  const draft = draftOf(root ?? tracker.known(''))
  const drafts = all.map((component) => (component === root ? draft : draftOf(component)))
  return draft.with(() => byName(drafts))
}

/** The root with the least availability; if nothing is known of any, the first. */
function worst(
  roots: readonly Component[],
  availability: (component: Component) => number | null,
): Component | undefined {
  let found: Component | undefined
  let least = 0
  for (const component of roots) {
    const rank = availability(component) ?? 2
    if (found === undefined || rank < least) [found, least] = [component, rank]
  }
  return found
}

/** Any name is a key, also `__proto__`. */
function byName<Extra extends object>(
  drafts: readonly ReportDraft<Extra>[],
): Readonly<Record<string, ComponentFigures & Extra>> {
  return Object.fromEntries(drafts.map(({ report }) => [String(report.component), report]))
}
