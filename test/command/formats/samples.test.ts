import { readdirSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { command, removeFolder } from '../support/command.ts'

const folder = new URL('../../data/command/', import.meta.url).pathname
const hour = 3_600_000
const minute = 60_000

afterAll(removeFolder)

interface Sample {
  readonly title: string
  readonly components: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** What else is said of it. */
  readonly said?: string
}

/** From the fifth of January to the seventh, at the latest; the shop is down for an hour at ten. */
const down = { downtime: hour, failures: 1 }
const twice = { downtime: 2 * hour, failures: 2 }

const samples: Readonly<Record<string, Sample>> = {
  'betterstack-incidents.json': { title: 'Better Stack incidents', components: { homepage: twice } },
  'github-issues.json': { title: 'GitHub issues', components: { all: twice } },
  'icinga-eventhistory.json': {
    title: 'the event history of Icinga',
    components: { 'web1/http': { ...down, uptime: 10 * hour } },
    said: '1 line about other things skipped; numbers are seconds since 1970',
  },
  'icinga.log': {
    title: 'the log of Icinga or Nagios',
    components: { web1: { ...down, uptime: 20 * hour }, 'web1/http': down },
  },
  'icingadb-history.csv': {
    title: 'the history of Icinga DB',
    components: { web1: { ...down, uptime: 20 * hour }, 'web1/http': down },
  },
  'jira-issues.csv': {
    title: 'Jira issues',
    components: { shop: down, all: { ...down, restorations: 0 } },
    said: 'times without an offset are in UTC',
  },
  'jira-search.json': { title: 'Jira issues', components: { shop: down } },
  'opsgenie-alerts.csv': {
    title: 'Opsgenie alerts',
    components: { mordor: down, shire: { ...down, restorations: 0 } },
    said: 'numbers are milliseconds since 1970',
  },
  'opsgenie-alerts.json': {
    title: 'Opsgenie alerts',
    components: { mordor: down, Zeus: { ...down, restorations: 0 } },
  },
  'pagerduty-incidents.json': {
    title: 'PagerDuty incidents',
    components: { checkout: { ...twice, restorations: 1 }, search: { downtime: 30 * minute, restorations: 1 } },
  },
  'pagerduty-report.csv': {
    title: 'PagerDuty incidents',
    components: { checkout: down, search: { downtime: 30 * minute } },
    said: 'component "service_name"',
  },
  'pingdom-periods.csv': {
    title: 'periods',
    components: { all: { ...down, uptime: 22 * hour, unknown: hour } },
    said: 'unknown outside of its periods',
  },
  'pingdom-results.json': { title: 'Pingdom results', components: { all: { ...down, uptime: 10 * hour } } },
  'pingdom-summary-outage.json': { title: 'Pingdom periods', components: { all: { ...down, uptime: 23 * hour } } },
  'pingdom-tms-report.json': { title: 'Pingdom periods', components: { checkout: { ...down, uptime: 10 * hour } } },
  'servicenow-incidents.csv': {
    title: 'ServiceNow incidents',
    components: { shop: down, mail: { ...down, restorations: 0 }, all: { downtime: 30 * minute } },
  },
  'servicenow-incidents.json': {
    title: 'ServiceNow incidents',
    components: { shop: down, all: { ...down, restorations: 0 } },
  },
  'servicenow-outages.csv': {
    title: 'ServiceNow outages',
    components: { shop: { ...down, degraded: hour, maintenance: 2 * hour } },
  },
  'statuspage-incidents.json': {
    title: 'Statuspage incidents',
    components: { API: { ...down, degraded: 0 }, Website: { ...down, degraded: 30 * minute } },
    said: 'component "components.name"',
  },
  'statuspage-scheduled-maintenances.json': {
    title: 'Statuspage incidents',
    components: { API: { downtime: 0, maintenance: 2 * hour } },
  },
  'uptimekuma-heartbeat.csv': {
    title: 'Uptime Kuma heartbeats',
    components: { shop: { ...down, uptime: 23 * hour, maintenance: 2 * hour } },
  },
  'uptimerobot-events.csv': {
    title: 'UptimeRobot events',
    components: { shop: { ...down, unknown: 5 * minute } },
    said: 'times without an offset are in UTC',
  },
  'uptimerobot-monitors.json': {
    title: 'UptimeRobot events',
    components: { shop: { ...down, uptime: 10 * hour }, blog: { downtime: 0, unknown: minute } },
  },
}

describe('a log of', () => {
  it('each sample is there, and has its numbers here', () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(samples).sort())
  })

  it.each(Object.entries(samples))('%s is read without options', async (name, { title, components, said = '' }) => {
    const argv = ['report', `${folder}${name}`, '--until', '2026-01-07', '--format', 'json']
    const { code, out, err } = await command(argv)

    expect(code, err).toBe(0)
    expect(JSON.parse(out).components).toMatchObject(components)
    expect(Object.keys(JSON.parse(out).components).sort()).toEqual(Object.keys(components).sort())
    expect(err.trimEnd().split('\n')).toHaveLength(1)
    expect(err).toContain(`, ${title};`)
    expect(err).toContain(said)
  })
})
