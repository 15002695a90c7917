import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { holdfastDashboard } from '../../monitoring/dashboard.ts'

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly datasource?: { readonly uid: string }
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
}

const written = JSON.parse(
  readFileSync(new URL('../../monitoring/holdfast-dashboard.json', import.meta.url), 'utf8'),
) as { readonly panels: readonly Panel[]; readonly schemaVersion: number }

describe('the dashboard', () => {
  it('is what its builder builds: else run `npm run dashboard`', () => {
    expect(written).toEqual(JSON.parse(JSON.stringify(holdfastDashboard())))
  })

  it('has panels with titles of their own that lie beside each other', () => {
    const cells = new Set<string>()
    for (const { title, gridPos } of written.panels) {
      expect(title).not.toBe('')
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(x).toBeLessThan(24)
          expect(cells, `${title} at ${x}, ${y}`).not.toContain(`${x} ${y}`)
          cells.add(`${x} ${y}`)
        }
      }
    }
    const titles = written.panels.filter(({ type }) => type !== 'row').map(({ title }) => title)
    expect(new Set(titles).size).toBe(titles.length)
  })

  it('asks the data source that is chosen, and needs no other', () => {
    for (const { type, datasource } of written.panels) {
      if (type !== 'row') expect(datasource?.uid).toBe('$datasource')
    }
    expect(written.schemaVersion).toBeGreaterThanOrEqual(36)
  })
})
