/** All formats, in the order in which they are looked for: those with the most fields to be known by come first. */
import { betterstack } from './betterstack.ts'
import type { Format } from './format.ts'
import { github } from './github.ts'
import { icinga, icingaEvents } from './icinga.ts'
import { jira } from './jira.ts'
import { nativeIncidents, nativeStates } from './native.ts'
import { opsgenie } from './opsgenie.ts'
import { pagerduty } from './pagerduty.ts'
import { pingdom, pingdomResults } from './pingdom.ts'
import { servicenow } from './servicenow.ts'
import { servicenowOutages } from './servicenow-outages.ts'
import { statuspage } from './statuspage.ts'
import { uptimekuma } from './uptimekuma.ts'
import { uptimerobot } from './uptimerobot.ts'
import { usualIncidents, usualStates } from './usual.ts'

export const knownFormats: readonly Format[] = [
  pagerduty,
  opsgenie,
  statuspage,
  betterstack,
  uptimerobot,
  uptimekuma,
  pingdom,
  pingdomResults,
  servicenowOutages,
  servicenow,
  jira,
  github,
  icinga,
  icingaEvents,
]

const all: readonly Format[] = [...knownFormats, nativeIncidents, nativeStates, usualIncidents, usualStates]

/** As `--as` takes them. */
export const formatNames: readonly string[] = [...new Set(all.map(({ name }) => name))]

export function formatsNamed(name: string): readonly Format[] {
  return all.filter((format) => format.name === name)
}

/** The one that fields are a sign of. Names must be as `fieldName` gives them. */
export function formatOf(names: ReadonlySet<string>): Format | undefined {
  return knownFormats.find(({ signs }) => signs.some((set) => set.every((field) => names.has(field))))
}
