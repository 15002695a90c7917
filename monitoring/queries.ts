/** Queries that several panels are made of. */

export const time = 'holdfast_component_state_time_seconds_total'
export const by = 'job=~"$job"'

/** The worst any instance says, as a number: the states are in order of badness. */
export function worst(metric: string, labels: string, names: readonly string[]): string {
  const parts = names.map((name, value) => `${metric}{${by},state="${name}"} * ${value}`)
  return `max by (${labels}) (${parts.join(' or ')})`
}

export function per(metric: string, labels: string, more = ''): string {
  return `sum by (${labels}) (rate(${metric}{${by}${more}}[$__rate_interval]))`
}

export const inRange = (states: string): string =>
  `sum by (component) (increase(${time}{${by},state=~"${states}"}[$__range]))`
