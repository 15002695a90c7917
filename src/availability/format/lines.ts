/** What every form of a report shows, in the same order and the same words. */

import type { MeanInterval } from '../../reliability/intervals/mean-interval.ts'
import { formatPercent } from '../../reliability/nines/format-percent.ts'
import type { ComponentReport } from '../estimates/full-report.ts'
import { instantText, lengthText } from './length.ts'

export type Line = readonly [label: string, value: string]

/** Never an MTTR without its reading, a mean without its count, or a percentage without its coverage. */
export function linesOf(report: ComponentReport): readonly Line[] {
  const { window, mttr, outageLengths: lengths, requests, confidence, trend } = report
  const lines: (Line | undefined)[] = [
    ['window', `${window.label}${zoned(window.zone)}, ${instantText(window.fromAt)} to ${instantText(window.toAt)}`],
    ['state', report.state],
    ['availability', availabilityText(report)],
    ['coverage', formatPercent(report.coverage)],
    report.unknown > 0
      ? [
          'if unknown was down, up',
          `${formatPercent(report.availabilityIfUnknownDown)}, ${formatPercent(report.availabilityIfUnknownUp)}`,
        ]
      : undefined,
    ['up, down', `${lengthText(report.uptime)}, ${lengthText(report.downtime)}`],
    time('degraded', report.degraded),
    time('maintenance', report.maintenance),
    time('unknown', report.unknown),
    time('outside service hours', report.outside),
    ['failures, restorations', `${report.failures}, ${report.restorations}`],
    ['MTBF', `${lengthText(report.mtbf)}${between(confidence.mtbf)}`],
    ['MTTR (recovery)', `${lengthText(mttr.recovery)}${between(confidence.mttr)}`],
    known('MTTR (repair)', mttr.repair),
    known('MTTR (respond)', mttr.respond),
    known('MTTR (resolve)', mttr.resolve),
    known('MTTD', report.mttd),
    lengths === null
      ? undefined
      : [
          'outage median, p90, longest',
          `${lengthText(lengths.median)}, ${lengthText(lengths.p90)}, ${lengthText(lengths.max)}`,
        ],
    report.openOutage === null ? undefined : ['open outage', `for ${lengthText(report.openOutage.elapsed)}`],
    trend.verdict === null || trend.verdict === 'none' ? undefined : ['trend', `failures: ${trend.verdict}`],
    requests.calls === 0
      ? undefined
      : [
          'calls',
          `${requests.calls}, raw ${formatPercent(requests.rawAvailability)}, delivered ${formatPercent(requests.deliveredAvailability)}`,
        ],
    ['accounting', accountingText(report)],
    report.precision === 0 ? undefined : ['precision', `edges to ${lengthText(report.precision)}`],
  ]
  return lines.filter((line) => line !== undefined)
}

function availabilityText({ availability, nines }: ComponentReport): string {
  const counted = nines === null ? '' : ` (${(Math.floor(nines * 100) / 100).toFixed(2)} nines)`
  return `${formatPercent(availability)}${counted}`
}

export function accountingText({ accounting }: ComponentReport): string {
  const { preset, degraded, maintenance, unknown, mergeGap, confirmDown, zeroLength, serviceHours } = accounting
  const merged = accounting.mergedAsDown ? ', as down' : ''
  const parts = [
    preset,
    `degraded ${typeof degraded === 'number' ? `× ${degraded}` : degraded}`,
    `maintenance ${maintenance}`,
    `unknown ${unknown}`,
    mergeGap > 0 ? `gaps under ${lengthText(mergeGap)} merged${merged}` : '',
    accounting.split ? 'split by unknown time' : '',
    confirmDown > 0 ? `outages from ${lengthText(confirmDown)}` : '',
    zeroLength === 'count' ? 'blips counted' : '',
    serviceHours === null ? '' : `${serviceHours.from} to ${serviceHours.to} ${serviceHours.zone}`,
  ]
  return parts.filter((part) => part !== '').join(', ')
}

function zoned(zone: string | null): string {
  return zone === null ? '' : ` ${zone}`
}

function time(label: string, length: number): Line | undefined {
  return length > 0 ? [label, lengthText(length)] : undefined
}

function known(label: string, length: number | null): Line | undefined {
  return length === null ? undefined : [label, lengthText(length)]
}

/** In percent of confidence, if failures come at a constant rate. */
function between({ lower, upper, confidence, insufficient }: MeanInterval): string {
  const sure = `${Math.round(confidence * 100)} %`
  if (lower === null) return ''
  if (upper === null) return ` (${sure}: above ${lengthText(lower)})`
  return ` (${sure}: ${lengthText(lower)} to ${lengthText(upper)}${insufficient ? ', few data' : ''})`
}
