/** How each number of a report came about, in words and with its figures. */
import { formatPercent } from '../../reliability/nines/format-percent.ts'
import type { ComponentReport } from '../estimates/full-report.ts'
import { instantText, lengthText } from './length.ts'
import { accountingText } from './lines.ts'
import { nameText } from './name.ts'

/**
 * Explains a report line by line, so that every number can be checked.
 *
 * ```ts
 * import { availabilityTracker, explainReport } from 'holdfast/availability'
 * import { virtualClock } from 'holdfast/testing'
 * const clock = virtualClock()
 * const tracker = availabilityTracker({ clock })
 * const stock = tracker.component('stock')
 * stock.up()
 * await clock.advance('9m')
 * stock.down()
 * await clock.advance('1m')
 * explainReport(tracker.report()).split('\n')[1] // => 'Availability 90% = up 9 min / (up 9 min + down 1 min).'
 * ```
 */
export function explainReport(report: ComponentReport): string {
  return [
    windowWords(report),
    availabilityWords(report),
    coverageWords(report),
    failureWords(report),
    recoveryWords(report),
    confidenceWords(report),
    `Accounting: ${accountingText(report)}.`,
    ...noteWords(report),
  ].join('\n')
}

function windowWords({ component, window }: ComponentReport): string {
  const zone = window.zone === null ? '' : ` of ${window.zone}`
  return `${nameText(component)}, ${window.label}${zone}: from ${instantText(window.fromAt)} until before ${instantText(window.toAt)}.`
}

function availabilityWords({ availability, uptime, downtime, degraded, accounting }: ComponentReport): string {
  if (availability === null) return 'Availability is not known: nothing was observed in the window.'
  const weight = accounting.degraded
  const weighed = typeof weight === 'number' && degraded > 0
  const up = `up ${lengthText(uptime)}${weighed ? ` + ${weight} × degraded ${lengthText(degraded)}` : ''}`
  const rest = weighed ? ` + ${lengthText(degraded)}` : ''
  const all = weighed ? `up ${lengthText(uptime)}${rest}` : up
  return `Availability ${formatPercent(availability)} = ${weighed ? `(${up})` : up} / (${all} + down ${lengthText(downtime)}).`
}

function coverageWords({
  coverage,
  unknown,
  availabilityIfUnknownDown: worst,
  availabilityIfUnknownUp: best,
}: ComponentReport): string {
  if (coverage === null) return 'Coverage is not known: the window is empty.'
  if (unknown === 0) return `Coverage ${formatPercent(coverage)}: all of it was observed.`
  const range =
    worst === null
      ? ''
      : ` Had that been down it would be ${formatPercent(worst)}, had it been up ${formatPercent(best)}.`
  return `Coverage ${formatPercent(coverage)}: ${lengthText(unknown)} is not known, and left out.${range}`
}

function failureWords({ failures, mtbf, uptime, confidence, censored }: ComponentReport): string {
  const unseen = censored.starts > 0 ? ' An outage that was there when it began to be seen is no failure.' : ''
  if (failures > 0)
    return `MTBF ${lengthText(mtbf)} = up ${lengthText(uptime)} / ${count(failures, 'failure')}.${unseen}`
  const { lower } = confidence.mtbf
  const bound = lower === null ? '' : ` With ${confidence.level * 100} % confidence it is above ${lengthText(lower)}.`
  return `No failure was seen, so there is no MTBF.${bound}${unseen}`
}

function recoveryWords({ restorations, mttr, openOutage, outageLengths }: ComponentReport): string {
  const open = openOutage === null ? '' : ` One is open for ${lengthText(openOutage.elapsed)}, and not in this mean.`
  if (outageLengths === null || mttr.recovery === null) return `No outage ended, so there is no MTTR.${open}`
  const { median, max } = outageLengths
  const mean = `MTTR (recovery) ${lengthText(mttr.recovery)} is the mean of ${count(restorations, 'outage')} that ended`
  return `${mean}; the median is ${lengthText(median)}, the longest ${lengthText(max)}.${open}`
}

function confidenceWords({ confidence, failures }: ComponentReport): string {
  const { lower, upper } = confidence.availability.availability
  if (lower === null || upper === null) return 'Too little happened to say how sure the availability is.'
  const few = failures < 3 ? ' That is little to go by.' : ''
  const sure = `${confidence.level * 100} %`
  return `With ${sure} confidence, if rates are constant, the availability behind it is ${formatPercent(lower, { decimals: 3 })} to ${formatPercent(upper, { decimals: 3 })}.${few}`
}

function noteWords({
  suspended,
  clockSteps,
  rejectedEvents,
  blips,
  precision,
  trend,
}: ComponentReport): readonly string[] {
  const notes: readonly (readonly [boolean, string])[] = [
    [suspended > 0, `The machine slept for ${lengthText(suspended)}; that time is unknown.`],
    [clockSteps.length > 0, `The clocks disagreed ${count(clockSteps.length, 'time')}.`],
    [rejectedEvents > 0, `${count(rejectedEvents, 'event')} came too late, and were refused.`],
    [blips > 0, `${count(blips, 'outage')} of no length, or too short to count, are no failures.`],
    [precision > 0, `History this old is kept in buckets: edges of the window are right to ${lengthText(precision)}.`],
    [trend.verdict === 'worsening', 'Failures come more and more often, so an MTBF says little about the next one.'],
  ]
  return notes.flatMap(([holds, text]) => (holds ? [text] : []))
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
