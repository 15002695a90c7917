/**
 * Takes a snapshot of a ledger, and fills a new one from it.
 *
 * How long the restart took, only the wall clock can tell. A short one is bridged: what was said holds until there is
 * news. After a longer one nothing that was said holds any more, so the time since the snapshot is unknown up to the first
 * evidence; incidents hold, because whoever declared them has not taken them back.
 */
import type { Component } from '../component.ts'
import type { Ledger } from '../ledger.ts'
import { ownTime } from '../record/incidents.ts'
import { phases, type Stamps } from '../record/stamps.ts'
import type { EventLog } from '../timeline/event-log.ts'
import { SILENT } from '../timeline/states.ts'
import type { AvailabilitySnapshot, SavedComponent, SavedIncidents, SavedLog } from './snapshot.ts'

export function snapshotOf(ledger: Ledger): AvailabilitySnapshot {
  const time = ledger.now()
  return {
    format: 'holdfast.availability',
    version: 1,
    at: ledger.time.wall(time),
    time,
    since: ledger.since,
    asleep: saved(ledger.asleep, null),
    components: [...ledger.components.values()].map(savedComponent),
    objectives: ledger.objectives.save(),
  }
}

function saved(log: EventLog, teller: string | null): SavedLog {
  return { teller, ...log.save() }
}

function savedComponent(component: Component): SavedComponent {
  const { name, member, rejected } = component
  const tellers = new Map([...component.told].map(([teller, log]) => [log, teller]))
  return {
    name,
    member,
    logs: component.logs.map((log) => saved(log, tellers.get(log) ?? null)),
    incidents: {
      down: savedIncidents(component, 'down'),
      degraded: savedIncidents(component, 'degraded'),
      maintenance: savedIncidents(component, 'maintenance'),
    },
    stamps: component.stamps.all.map((stamps) => ({ ...stamps })),
    reasons: [...component.reasons],
    ids: [...component.ids],
    rejected,
    announced: component.announced ?? null,
    requests: component.requests.save(),
  }
}

function savedIncidents(component: Component, state: 'down' | 'degraded' | 'maintenance'): SavedIncidents {
  const spans = component.allIncidents.get(state)?.spans ?? []
  return spans.map(([id, { start, end }]) => [id, start, Number.isFinite(end) ? end : null])
}

export function restore(ledger: Ledger, snapshot: AvailabilitySnapshot): void {
  const now = ledger.now()
  const away = Math.max(0, ledger.time.wall(now) - snapshot.at)
  const lastSeen = now - away
  const shift = lastSeen - snapshot.time
  const bridged = away <= ledger.options.restartTolerance
  ledger.since = snapshot.since + shift
  ledger.asleep.restore(snapshot.asleep, shift)
  ledger.objectives.restore(snapshot.objectives ?? [], shift, bridged ? undefined : [lastSeen, now])
  for (const part of snapshot.components) {
    const component = ledger.component(part.name, part.member)
    const gone = fill(component, part, shift)
    for (const log of component.told.values()) if (!bridged) log.rewrite(lastSeen, SILENT)
    for (const log of gone) {
      if (bridged && log.last !== SILENT) component.carry(log)
      else component.retire(log, lastSeen)
    }
    if (!bridged) for (const incidents of component.allIncidents.values()) incidents.hush(lastSeen)
    component.changed(Number.NEGATIVE_INFINITY)
  }
}

/** Gives the logs whose sources are gone. */
function fill(component: Component, part: SavedComponent, shift: number): readonly EventLog[] {
  const gone: EventLog[] = []
  for (const log of part.logs) {
    if (log.times.length === 0) continue
    const target = log.teller === null ? component.source() : component.toldBy(log.teller)
    target.restore(log, shift)
    if (log.teller === null) gone.push(target)
  }
  for (const kind of ['down', 'degraded', 'maintenance'] as const) {
    for (const [id, start, end] of part.incidents[kind]) {
      const key = id.startsWith(ownTime) ? `before ${start + shift}` : id
      component.incidents(kind).put(key, {
        start: start + shift,
        end: end === null ? Number.POSITIVE_INFINITY : end + shift,
      })
    }
  }
  for (const stamps of part.stamps) component.stamp(moved(stamps, shift))
  for (const [time, reason] of part.reasons) component.explain(time + shift, reason)
  for (const id of part.ids) component.isNew(id)
  component.rejected = part.rejected
  component.announced = part.announced === null ? undefined : part.announced + shift
  component.requests.restore(part.requests)
  return gone
}

function moved(stamps: Stamps, shift: number): Stamps {
  const known = phases.flatMap((phase) => {
    const at = stamps[phase]
    return typeof at === 'number' ? [[phase, at + shift]] : []
  })
  return { ...Object.fromEntries(known), start: stamps.start + shift }
}
