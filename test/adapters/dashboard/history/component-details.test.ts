import { describe, expect, it } from 'vitest'
import type { ComponentDetails } from '../../../../src/adapters/dashboard/wire/details.ts'
import { data } from '../client.ts'
import { day, flapping, hour, minute, morning, watched } from '../tracked.ts'

describe('the details of a component', () => {
  it('have its days, hours and minutes, its figures and its outages', async () => {
    const { clock, tracker, board } = watched()
    await flapping(tracker.component('db'), clock, 60)
    tracker.component('db').down({ time: 60 * day, detected: 60 * day + 2000 })
    await clock.advance('5s')

    const details = await data<ComponentDetails>(board, '?component=db')

    const report = tracker.report({ component: 'db', window: '90d' })
    expect(details).toMatchObject({ at: clock.wall(), name: 'db' })
    expect(details.days).toHaveLength(90)
    expect(details.hours).toHaveLength(24)
    expect(details.hours.at(-1)).toMatchObject({ from: clock.wall() - hour, to: clock.wall() })
    expect(details.hours.filter(({ failures }) => failures > 0)).toHaveLength(1)
    expect(details.minutes).toHaveLength(60)
    expect(details.minutes.at(-1)).toMatchObject({ to: clock.wall(), down: minute })
    expect(details.figures).toEqual({
      availability: expect.closeTo(report.availability as number, 5),
      coverage: expect.closeTo(report.coverage as number, 5),
      downtime: report.downtime,
      failures: 60,
      mtbf: report.mtbf,
      mttr: report.mttr.recovery,
      mttd: 3_602_000,
    })
    expect(details.outages).toHaveLength(50)
    expect(details.outages[0]).toEqual({
      start: morning + 60 * day - hour,
      end: null,
      net: hour + 5000,
      startCensored: false,
      reason: 'outage 59',
      phases: [['detected', morning + 60 * day + 2000]],
    })
    expect(details.outages[1]).toMatchObject({ end: morning + 59 * day, reason: 'outage 58', phases: [] })
  })

  it('have the instants of the wall clock, also after a sleep of the machine', async () => {
    const { clock, tracker, board } = watched()
    const db = tracker.component('db')
    db.up()
    await clock.advance(hour)
    clock.suspend(day)
    tracker.state('db')
    db.up()
    await clock.advance(hour)
    db.down()
    await clock.advance(minute)

    const { outages } = await data<ComponentDetails>(board, '?component=db')

    expect(outages).toMatchObject([{ start: morning + day + 2 * hour, end: null }])
  })

  it('have the end of an outage, also after a sleep of a fraction of milliseconds', async () => {
    const { clock, tracker, board } = watched({}, 1e11)
    await clock.advance(1234.5678)
    tracker.component('db').down({ at: new Date(clock.wall()) })
    clock.suspend(2048.000007629395)
    tracker.component('db').up()
    const { outages } = await data<ComponentDetails>(board, '?component=db')

    expect(outages).toMatchObject([{ start: 1e11 + 1234, end: expect.any(Number) }])
  })

  it('exist without any outage too', async () => {
    const { tracker, board } = watched()
    tracker.component('db')
    tracker.record({ component: 'db', state: 'up' })

    expect((await data<ComponentDetails>(board, '?component=db')).outages).toEqual([])
  })
})
