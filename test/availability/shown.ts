import type { AvailabilityReport as Report } from 'holdfast/availability'

/** What the naive count can tell, too. */
export function shown(report: Report) {
  return {
    uptime: report.uptime,
    downtime: report.downtime,
    degraded: report.degraded,
    maintenance: report.maintenance,
    unknown: report.unknown,
    availability: report.availability,
    coverage: report.coverage,
    failures: report.failures,
    restorations: report.restorations,
    recovery: report.mttr.recovery,
    longest: report.longestOutage,
    openStart: report.openOutage?.start ?? null,
    openNet: report.openOutage?.net ?? null,
    max: report.outageLengths?.max ?? null,
    outages: report.outages.map((outage) => ({
      start: outage.start,
      end: outage.end ?? outage.start + outage.wall,
      open: outage.open,
      net: outage.net,
      startCensored: outage.startCensored,
      plannedOverrun: outage.plannedOverrun,
      merged: outage.merged,
      bridged: outage.spansUnknown,
      startedAfter: outage.startedAfter,
      endedBefore: outage.endedBefore,
    })),
  }
}
