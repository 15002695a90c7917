/**
 * A second, naive reading of the rules: one state for each millisecond, counted one by one.
 *
 * No intervals, no sums, no bridging logic: only "what was known before this millisecond".
 */
import type { ComponentState as State } from 'holdfast/availability'

export interface Told {
  readonly time: number
  readonly state: State
  readonly seq: number
}

export interface Counted {
  readonly up: number
  readonly degraded: number
  readonly down: number
  readonly maintenance: number
  readonly unknown: number
  readonly failures: number
  readonly restorations: number
  readonly netOfEnded: readonly number[]
}

/** The state at every millisecond from 0 to `now`. */
export function statesUntil(told: readonly Told[], now: number): readonly State[] {
  return Array.from({ length: now }, (_, millisecond) => {
    let found: Told | undefined
    for (const event of told) {
      if (event.time > millisecond) continue
      const later = found === undefined || event.time > found.time
      if (later || (event.time === found?.time && event.seq >= found.seq)) found = event
    }
    return found?.state ?? 'unknown'
  })
}

/** `under` are the states without maintenance: what serves under one ends an outage, too. */
export function count(states: readonly State[], under: readonly State[], from: number, to: number): Counted {
  const inside = states.slice(from, to)
  const time = (state: State): number => inside.filter((one) => one === state).length
  let known: 'nothing' | 'serving' | 'failing' = 'nothing'
  let failures = 0
  let net = 0
  let lastFailing = 0
  const netOfEnded: number[] = []
  const serves = (one: State): boolean => one === 'up' || one === 'degraded'
  for (const [millisecond, state] of states.entries()) {
    if (state === 'down') {
      if (known !== 'failing') {
        net = 0
        const seen = known === 'serving' || states[millisecond - 1] === 'maintenance'
        if (seen && millisecond >= from && millisecond < to) failures++
      }
      net++
      lastFailing = millisecond
      known = 'failing'
    } else if (serves(state) || (state === 'maintenance' && serves(under[millisecond] as State))) {
      if (known === 'failing' && lastFailing + 1 > from && lastFailing + 1 <= to) netOfEnded.push(net)
      known = 'serving'
    }
  }
  return {
    up: time('up'),
    degraded: time('degraded'),
    down: time('down'),
    maintenance: time('maintenance'),
    unknown: time('unknown'),
    failures,
    restorations: netOfEnded.length,
    netOfEnded,
  }
}

/** Facts as they were told, for a whole component. */
export type Fact =
  | { readonly source: string; readonly time: number; readonly state: State; readonly seq?: number }
  | {
      readonly incident: string
      readonly state: 'down' | 'degraded' | 'maintenance'
      readonly start: number
      readonly end: number
    }

export interface Rules {
  readonly degraded: 'up' | 'down' | number
  readonly maintenance: 'exclude' | 'ignore' | 'down' | 'up'
  readonly unknown: 'exclude' | 'down' | 'up'
  readonly mergeGap: number
  readonly confirmDown: number
  readonly split: boolean
  readonly mergedAsDown: boolean
}

const order: readonly (State | 'nothing')[] = ['nothing', 'up', 'unknown', 'degraded', 'down', 'maintenance']

interface Word {
  readonly source: string
  readonly time: number
  readonly seq: number
  readonly state: State
}

/** Without a number an event comes after all that was said of its instant; the same event told twice is one. */
function wordsOf(facts: readonly Fact[]): Word[] {
  const words: Word[] = []
  for (const fact of facts) {
    if ('incident' in fact) continue
    const { source, time, state } = fact
    const same = words.filter((word) => word.source === source && word.time === time)
    if (fact.seq !== undefined && same.some((word) => word.seq === fact.seq && word.state === state)) continue
    const greatest = same.length === 0 ? 0 : Math.max(...same.map(({ seq }) => seq))
    words.push({ source, time, seq: fact.seq ?? greatest, state })
  }
  return words
}

/** The state of each millisecond from 0 to `now`: the worst of what sources and incidents say. */
export function statesOf(facts: readonly Fact[], now: number, ignoresMaintenance: boolean): State[] {
  const words = wordsOf(facts).filter(({ state }) => !ignoresMaintenance || state !== 'maintenance')
  const sources = [...new Set(words.map(({ source }) => source))]
  const spans = new Map<string, { state: 'down' | 'degraded' | 'maintenance'; start: number; end: number }>()
  for (const fact of facts) {
    const counts = 'incident' in fact && (!ignoresMaintenance || fact.state !== 'maintenance')
    if (counts) spans.set(`${fact.state} ${fact.incident}`, fact)
  }
  return Array.from({ length: now + 1 }, (_, instant) => {
    let rank = 0
    const say = (state: State): void => {
      rank = Math.max(rank, order.indexOf(state))
    }
    for (const source of sources) {
      let latest: Word | undefined
      for (const word of words) {
        if (word.source !== source || word.time > instant) continue
        const later = latest === undefined || word.time > latest.time
        if (later || (word.time === latest?.time && word.seq >= latest.seq)) latest = word
      }
      if (latest !== undefined) say(latest.state)
    }
    for (const { state, start, end } of spans.values()) {
      if (start <= instant && end > instant) say(state)
      else if (start <= instant && state !== 'maintenance') say('up')
    }
    return rank === 0 ? 'unknown' : (order[rank] as State)
  })
}

export interface NaiveOutage {
  start: number
  end: number
  open: boolean
  net: number
  startCensored: boolean
  plannedOverrun: boolean
  merged: boolean
  bridged: boolean
  startedAfter: number | null
  endedBefore: number | null
}

type Kind = 'serving' | 'failing' | 'out'

function kindOf(state: State, rules: Rules): Kind {
  const as = { up: 'serving', down: 'failing', exclude: 'out', ignore: 'out' } as const
  switch (state) {
    case 'up':
      return 'serving'
    case 'down':
      return 'failing'
    case 'degraded':
      return rules.degraded === 'down' ? 'failing' : 'serving'
    case 'maintenance':
      return as[rules.maintenance]
    case 'unknown':
      return as[rules.unknown]
  }
}

/** Time of which nobody ever knew anything is no outage, and no service, however unknown time counts. */
function kindsOf(states: readonly State[], rules: Rules): Kind[] {
  const first = states.findIndex((state) => state !== 'unknown')
  const begun = first < 0 ? states.length : first
  return states.map((state, instant) => (instant < begun ? 'out' : kindOf(state, rules)))
}

function runsOf(kinds: readonly Kind[]): [start: number, end: number][] {
  const runs: [start: number, end: number][] = []
  for (const [at, kind] of kinds.entries()) {
    if (kind !== 'failing') continue
    const last = runs.at(-1)
    if (last !== undefined && last[1] === at) last[1] = at + 1
    else runs.push([at, at + 1])
  }
  // That of now has no length yet.
  const now = kinds.length - 1
  for (const run of runs) run[1] = Math.min(run[1], now)
  return runs
}

/** The same states, with time served between outages that are merged as down. */
function filled(states: readonly State[], rules: Rules): readonly State[] {
  if (!rules.mergedAsDown) return states
  const kinds = kindsOf(states, rules)
  const found = [...states]
  for (const [index, [start]] of runsOf(kinds).entries()) {
    const end = runsOf(kinds)[index - 1]?.[1] ?? Number.NEGATIVE_INFINITY
    if (start - end >= rules.mergeGap) continue
    for (let at = end; at < start; at++) if (kinds[at] === 'serving') found[at] = 'down'
  }
  return found
}

/**
 * By a list of the states of all milliseconds from 0 to now: runs of failing, bridged, merged, and sifted. `under` are the
 * states without maintenance: what serves under one that is out of the account ends an outage too.
 */
export function outagesOf(states: readonly State[], under: readonly State[], rules: Rules): NaiveOutage[] {
  const kinds = kindsOf(states, rules)
  const runs = runsOf(kinds)
  const hidden = kindsOf(under, rules)
  const served = kinds.map(
    (kind, at) => kind === 'serving' || (kind === 'out' && states[at] === 'maintenance' && hidden[at] === 'serving'),
  )
  const serves = (from: number, to: number): boolean => served.slice(from, to).includes(true)
  const unseen = (from: number, to: number): boolean =>
    rules.split && kinds.slice(from, to).some((kind, index) => kind === 'out' && states[from + index] === 'unknown')
  const groups: [start: number, end: number][][] = []
  for (const run of runs) {
    const before = groups.at(-1)?.at(-1)
    const bridges = (end: number): boolean => !serves(end, run[0]) && !unseen(end, run[0])
    const joins = before !== undefined && (bridges(before[1]) || run[0] - before[1] < rules.mergeGap)
    if (joins) groups.at(-1)?.push(run)
    else groups.push([run])
  }
  const found = groups.map((group, index): NaiveOutage => {
    const [start, end] = [(group[0] as [number, number])[0], (group.at(-1) as [number, number])[1]]
    const plannedOverrun = states[start - 1] === 'maintenance' && kinds[start - 1] === 'out'
    const before = groups[index - 1]?.at(-1)?.[1]
    const last = start > 0 ? served.lastIndexOf(true, start - 1) : -1
    // What failed before, and was not seen to serve since, is split from this one by time nobody knows of.
    const seen = Math.max(last + 1, before ?? 0)
    const seenServing = last >= 0 || before !== undefined
    const begins = groups[index + 1]?.[0]?.[0] ?? -1
    const serving = served.indexOf(true, end)
    const next = serving < 0 || (begins >= 0 && begins < serving) ? begins : serving
    const gaps = group.slice(1).map((run, index) => [(group[index] as [number, number])[1], run[0]] as const)
    return {
      start,
      end,
      open: next < 0,
      net: group.reduce((sum, [from, to]) => sum + to - from, 0),
      startCensored: !seenServing && !plannedOverrun,
      plannedOverrun,
      merged: gaps.some(([from, to]) => serves(from, to)),
      bridged: gaps.some(([from, to]) => !serves(from, to)),
      startedAfter: plannedOverrun ? start : seenServing ? seen : null,
      endedBefore: next < 0 ? null : next,
    }
  })
  return found.filter(({ net }) => net >= rules.confirmDown)
}

/** A report on [from, to) at `now`, counted millisecond by millisecond. */
export function naively(facts: readonly Fact[], rules: Rules, from: number, to: number, now: number) {
  const ignores = rules.maintenance === 'ignore'
  const known = filled(statesOf(facts, now, ignores), rules)
  const under = statesOf(facts, now, true)
  const states = known.slice(0, now)
  const inside = states.slice(Math.min(from, now), Math.min(to, now))
  const time = (state: State): number => inside.filter((one) => one === state).length
  const counted = (as: 'up' | 'down'): number => {
    let sum = time(as)
    if (rules.degraded === as) sum += time('degraded')
    if (rules.maintenance === as) sum += time('maintenance')
    if (rules.unknown === as) sum += time('unknown')
    return sum
  }
  const future = to - from - inside.length
  const [uptime, downtime] = [counted('up'), counted('down')]
  const weight = typeof rules.degraded === 'number' ? rules.degraded : 0
  const weighed = typeof rules.degraded === 'number' ? time('degraded') : 0
  const maintenance = ['up', 'down'].includes(rules.maintenance) ? 0 : time('maintenance')
  const unknown = (rules.unknown === 'exclude' ? time('unknown') : 0) + future
  const outages = outagesOf(known, under, rules)
  const end = Math.min(to, now)
  const touching = outages.filter((outage) => (outage.open || outage.end >= from) && outage.start <= end)
  const last = touching.at(-1)
  const open = last !== undefined && (last.open || last.end > to) ? last : undefined
  const ended = outages.filter((outage) => !outage.open && outage.end > from && outage.end <= to)
  const failing = (start: number, until: number): number =>
    states.slice(start, until).filter((state) => kindOf(state, rules) === 'failing').length
  const whole = uptime + downtime + weighed
  const nets = ended.map(({ net }) => net)
  return {
    uptime,
    downtime,
    degraded: time('degraded'),
    maintenance,
    unknown,
    availability: whole === 0 ? null : (uptime + weight * weighed) / whole,
    coverage: to === from ? null : (to - from - time('unknown') - future) / (to - from),
    failures: outages.filter(({ start, startCensored }) => !startCensored && start >= from && start < to).length,
    restorations: ended.length,
    recovery: nets.length === 0 ? null : nets.reduce((sum, net) => sum + net, 0) / nets.length,
    longest:
      touching.length === 0
        ? null
        : Math.max(...touching.map((one) => (one === open ? failing(one.start, end) : one.net))),
    openStart: open === undefined ? null : open.start,
    openNet: open === undefined ? null : failing(open.start, end),
    max: nets.length === 0 ? null : Math.max(...nets),
    outages: touching,
  }
}
