// The report at the end, and the checks that decide the exit status.
import { settings } from './clients.mjs'
import { injuries } from './fleet.mjs'
import { percent, seconds, table } from './format.mjs'

/** Extra delay that a busy machine may add. */
const scheduling = 250

/** How far the measured outage may differ from the injected one, as the options imply. */
export function allowance(rate, share) {
  const gap = (3 * 1000) / (rate * share)
  return {
    // It starts with the first failure counted: the next call to that member, and its timeout if it hangs.
    late: gap + settings.attemptTimeout + scheduling,
    // It ends with the first good call after the ejection and the breaker let one through.
    over: settings.ejectForAtMost + settings.breakerOpenFor + gap + settings.attemptTimeout + scheduling,
  }
}

/** All results of the run, as data. */
export function results({ fleet, client, control, window, rate }) {
  const report = client.tracker.report({ window })
  const total = fleet.replicas.reduce((sum, { weight }) => sum + weight, 0)
  const members = fleet.replicas.map(({ name, weight }) => {
    const component = `replicas/${name}`
    const own = client.tracker.report({ component, window })
    const injected = fleet.record.filter(({ member }) => member === name)
    const injectedDowntime = injected.reduce((sum, { start, end }) => sum + ((end ?? window.to) - start), 0)
    return {
      name,
      injuries: injected.map(({ kind }) => injuries[kind].label),
      injectedOutages: injected.length,
      injectedDowntime,
      measuredDowntime: own.downtime,
      uptime: own.uptime,
      availability: own.availability,
      failures: own.failures,
      mtbf: own.mtbf,
      mttd: own.mttd,
      mttr: own.mttr,
      allowance: allowance(rate, weight / total),
    }
  })
  const { calls, attempts, rawAvailability, deliveredAvailability, savedBy, spared } = report.requests
  const { tally } = control
  return {
    seconds: (window.to - window.from) / 1000,
    members,
    requests: { calls, attempts, rawAvailability, deliveredAvailability, savedBy, spared },
    control: { calls: tally.calls, failed: tally.failed, availability: control.availability },
  }
}

/** `[{ what, ok }]`: all must hold. */
export function checks({ members, requests, control }) {
  const delivered = requests.deliveredAvailability ?? 0
  const raw = requests.rawAvailability ?? 1
  return [
    { what: `delivered availability is at least 99.9 %: ${percent(delivered)}`, ok: delivered >= 0.999 },
    { what: `the unprotected client is below 95 %: ${percent(control.availability)}`, ok: control.availability < 0.95 },
    { what: `first tries alone would have given less: ${percent(raw)}`, ok: raw < delivered },
    ...members.flatMap(({ name, injectedOutages, failures, injectedDowntime, measuredDowntime, allowance }) => [
      {
        what: `${name}: each of ${injectedOutages} outages was measured once: ${failures}`,
        ok: failures === injectedOutages,
      },
      {
        what:
          `${name}: measured ${seconds(measuredDowntime)} against ${seconds(injectedDowntime)} injected ` +
          `(allowed −${seconds(allowance.late)}, +${seconds(allowance.over)})`,
        ok:
          measuredDowntime >= injectedDowntime - allowance.late &&
          measuredDowntime <= injectedDowntime + allowance.over,
      },
    ]),
  ]
}

/** The report as lines of text. */
export function text(result, checked) {
  const { members, requests, control } = result
  const outages = table([
    [
      'member',
      'what was done',
      'injected',
      'measured',
      'uptime',
      'available',
      'failures',
      'MTBF',
      'MTTR',
      'detection',
      'recovery',
    ],
    ...members.map((member) => [
      member.name,
      member.injuries.join(', ') || 'nothing',
      seconds(member.injectedDowntime),
      seconds(member.measuredDowntime),
      seconds(member.uptime),
      percent(member.availability),
      member.failures,
      seconds(member.mtbf),
      seconds(member.mttr.recovery),
      seconds(member.mttd),
      seconds(member.mttr.respond),
    ]),
  ])
  const saved = { retry: 0, replicas: 0, ...requests.savedBy }
  return [
    `Report over ${result.seconds.toFixed(1)} s`,
    '',
    ...outages,
    '',
    'MTTR is from the first counted failure to recovery: detection, then recovery.',
    '',
    `protected     ${requests.calls} calls, ${requests.attempts} attempts`,
    `  raw         ${percent(requests.rawAvailability)}  (what first tries alone would have given)`,
    `  delivered   ${percent(requests.deliveredAvailability)}`,
    `  failover    saved ${saved.replicas} calls`,
    `  retry       saved ${saved.retry} calls`,
    `  breakers    spared ${requests.spared} tries: refused at once, instead of waiting for a dead server`,
    `unprotected   ${control.calls} calls, ${control.failed} failed`,
    `  delivered   ${percent(control.availability)}`,
    '',
    ...checked.map(({ what, ok }) => `${ok ? '✓' : '✗'} ${what}`),
  ]
}
