import { availabilityTracker, timelineReport } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { Component } from '../../../src/availability/components/component.ts'
import { nowhere } from '../../../src/availability/outages/tracked-outage.ts'
import { resumeArchive, savedArchive } from '../../../src/availability/snapshot/saved-archive.ts'
import { TrackerState } from '../../../src/availability/state/tracker-state.ts'
import { Archive } from '../../../src/availability/timeline/archive.ts'
import { Events } from '../../../src/core/events.ts'
import { resolveTrackerOptions } from '../../../src/full-tracker/options.ts'

const second = 1000
const stretch = {
  start: 5,
  end: 8,
  open: false,
  startCensored: true,
  plannedOverrun: false,
  lastServed: null,
  nextServed: null,
  net: 3,
  bridged: false,
  merged: false,
}

describe('a saved archive', () => {
  it('has the state of outages only where something was seen', () => {
    const archive = new Archive(0, 10)
    const component = { history: { timeline: { archive }, base: nowhere } }

    expect(savedArchive(component as never)).toEqual({ until: 10, buckets: [], standing: null })
  })

  it('is restored without a state of outages, and with one, moved in time', () => {
    const resume = vi.fn()
    const at = (standing: object | null) => ({ until: 10, buckets: [], standing }) as never
    resumeArchive({ resume } as never, at(null), 100, 7)
    const open = { ...stretch, lastServed: 1, nextServed: 9 }
    const walk = { time: 9, kind: 'failing', code: 2, served: null }
    resumeArchive({ resume } as never, at({ ...walk, last: stretch }), 100, 7)
    resumeArchive({ resume } as never, at({ ...walk, served: 1, last: open }), 100, 7)
    resumeArchive({ resume } as never, at({ ...walk, served: 1, last: undefined }), 100, 7)

    expect(resume.mock.calls.map(([archive]) => archive.until)).toEqual([110, 110, 110, 110])
    expect(resume.mock.calls.map(([, base]) => base)).toEqual([
      undefined,
      { ...walk, time: 109, last: { ...stretch, start: 105, end: 108 } },
      { ...walk, time: 109, served: 101, last: { ...open, start: 105, end: 108, lastServed: 101, nextServed: 109 } },
      { ...walk, time: 109, served: 101, last: undefined },
    ])
  })

  it('does not take the place of one that is there', () => {
    const clock = virtualClock()
    const options = resolveTrackerOptions({ clock })
    const ledger = new TrackerState(options, new Events({ name: 't', kind: 'availabilityTracker', clock }))
    const component = new Component('x', false, ledger)
    component.resume(new Archive(0, -20), undefined)
    component.resume(new Archive(0, -10), undefined)

    expect(component.history.timeline.archive?.until).toBe(-20)
  })
})

describe('outages too short to count', () => {
  it('that are in the archive stay there, whatever comes late after it', async () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock, keep: 100, accounting: { confirmDown: '1m' } })
    const x = tracker.component('x')
    for (let index = 0; index < 130; index++) {
      x[index % 2 === 0 ? 'up' : 'down']()
      await clock.advance(5 * second)
    }
    const before = tracker.report()
    for (let time = 649 * second; time > 0; time -= second) {
      tracker.record({ component: 'x', state: 'unknown', time, source: 'late' })
      tracker.record({ component: 'x', state: 'up', time: time + 1, source: 'late' })
      const { uptime, downtime, unknown, failures } = tracker.report()

      expect(uptime + downtime + unknown).toBe(650 * second)
      expect(failures).toBe(0)
    }
    expect(before.failures).toBe(0)
    expect(before.downtime).toBe(325 * second)
  })
})

describe('service hours', () => {
  it('are refused for a timeline that came from elsewhere', () => {
    const timeline = {
      format: 'holdfast.timeline',
      version: 1,
      component: 'x',
      observer: 'a',
      from: 0,
      to: 10,
      steps: [0],
      states: '0',
      requests: null,
    } as const
    const accounting = { serviceHours: { from: '08:00', to: '20:00' } }

    expect(() => timelineReport(timeline, { accounting })).toThrow('accounting must be one without service hours')
  })
})
