/**
 * How sure the numbers of a report are, if failures and repairs come at constant rates: chi-square for MTBF and MTTR (NIST
 * e-Handbook 8.4.5.1), F for availability. Failures that cluster make the true bounds wider.
 */

import { availabilityInterval } from '../../reliability/intervals/availability-interval.ts'
import { type MeanInterval, mtbfInterval, mttrInterval } from '../../reliability/intervals/mean-interval.ts'
import type { RatioBounds } from '../../reliability/intervals/ratio-bounds.ts'
import type { Sums } from '../accounting/sums.ts'
import type { OutageCounts } from '../outages/tracked-outage.ts'

export interface ReportConfidence {
  /** Of every two-sided interval here. */
  readonly level: number
  readonly assumes: 'constant rates'
  /** Without failures it has a lower bound alone, at the same level. */
  readonly mtbf: MeanInterval
  readonly mttr: MeanInterval
  readonly availability: RatioBounds
}

const level = 0.9

export function confidenceOf(
  total: Sums,
  { failures, restorations, restoring }: OutageCounts,
  open: boolean,
): ReportConfidence {
  const { operating, lost } = total
  const cycles = Math.min(failures, restorations)
  const sided = failures === 0 ? 'lower' : 'two'
  return {
    level,
    assumes: 'constant rates',
    mtbf: mtbfInterval({ uptime: operating, failures, confidence: level, sided }),
    mttr: mttrInterval({
      downtime: open ? Math.max(lost, restoring) : restoring,
      repairs: restorations,
      open,
      confidence: level,
    }),
    availability: availabilityInterval({
      cycles,
      meanUp: failures > 0 && operating > 0 ? operating / failures : null,
      meanDown: restorations > 0 && restoring > 0 ? restoring / restorations : null,
      confidence: level,
    }),
  }
}
