import { describe, expect, it } from 'vitest'
import { holdfastDashboard } from '../../monitoring/dashboard.ts'
import { complaints, type Panel } from './grafana-schemas.ts'

type Loose = Record<string, unknown> & { panels: (Panel & Record<string, unknown>)[] }

const made = () => JSON.parse(JSON.stringify(holdfastDashboard())) as Loose

/** The dashboard with the first panel of a type changed. */
function broken(type: string, change: (panel: Record<string, never>) => void): readonly string[] {
  const dashboard = made()
  change(dashboard.panels.find((panel) => panel.type === type) as unknown as Record<string, never>)
  return complaints(dashboard)
}

describe('the schemas of Grafana', () => {
  it('find no fault with the dashboard', () => {
    expect(complaints(made())).toEqual([])
  })

  it('refuse a dashboard without the version of its schema', () => {
    const { schemaVersion: _, ...dashboard } = made()

    expect(complaints(dashboard as never)).toEqual(["dashboard must have required property 'schemaVersion'"])
  })

  it('refuse a key that a dashboard does not have', () => {
    expect(complaints({ ...made(), refreshes: '5s' } as never)).toEqual([
      'dashboard must NOT have additional properties',
    ])
  })

  it.each<[string, string, (panel: Record<string, never>) => void, RegExp]>([
    ['a panel without its type', 'stat', (panel) => void Reflect.deleteProperty(panel, 'type'), /property 'type'/],
    [
      'a place that is no number',
      'stat',
      (panel) => Object.assign(panel['gridPos'] ?? {}, { x: 'left' }),
      /gridPos\/x/,
    ],
    ['a type nobody knows', 'stat', (panel) => Object.assign(panel, { type: 'stats' }), /of type stats/],
    [
      'an option that panels of the type do not have',
      'timeseries',
      (panel) => Object.assign(panel['options'] ?? {}, { legends: {} }),
      /: options must NOT have additional properties/,
    ],
    [
      'a value that the option does not take',
      'timeseries',
      (panel) => Object.assign(panel['fieldConfig']?.['defaults'] ?? {}, { custom: { showPoints: 'often' } }),
      /: custom\/showPoints/,
    ],
    [
      'a query whose text is none',
      'timeseries',
      (panel) => Object.assign(panel['targets']?.[0] ?? {}, { expr: 5 }),
      /: target\/expr must be string/,
    ],
  ])('refuse %s', (_name, type, change, words) => {
    expect(broken(type, change).join('\n')).toMatch(words)
  })
})
