import fc from 'fast-check'
import { circuitBreaker, failoverPool } from 'holdfast'
import { availabilityTracker } from 'holdfast/availability'
import { dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { Bars, ComponentDetails } from '../../../src/adapters/dashboard/wire/details.ts'
import { ask, data, open } from './client.ts'

const names = [
  '<script>alert(1)</script>',
  '</script><img src=x onerror=alert(1)>',
  'a\nevent: frame\ndata: {"removed":["x"]}\n\n',
  'a\r\rb',
  'a\u2028b\u2029c',
  '\ud800 and \udfff',
  '\u0000\u0007\u001b[31m',
  '"],{}',
  '__proto__',
  'constructor',
]

function named(name: string) {
  const clock = virtualClock()
  const tracker = availabilityTracker({ clock })
  tracker.component(name).down({ reason: name })
  tracker.objective({ name, target: 0.9, period: '1d', indicator: { kind: 'time', component: name } })
  const pool = failoverPool([{ name, target: 1 }], { name, clock, guard: () => circuitBreaker({ name }) } as never)
  return { clock, tracker, board: dashboard({ clock, tracker, policies: [pool], title: name }) }
}

describe('a name', () => {
  it.each(names)('is treated as data: %j', async (name) => {
    const { clock, board, tracker } = named(name)
    const stream = await open(board)

    expect(stream.hello.title).toBe(name)
    expect(Object.keys(stream.hello.history[0]?.calls ?? {})).toEqual([name])
    expect([...stream.facts.keys()].sort()).toEqual(
      [
        `component:${name}`,
        `objective:${name}`,
        `policy:${name}`,
        `calls:${name}`,
        `pool:${JSON.stringify([name, null, null, name])}`,
        `member:${JSON.stringify([`pool:${JSON.stringify([name, null, null, name])}`, name])}`,
        `breaker:${JSON.stringify([name, name, name, name])}`,
      ].sort(),
    )
    tracker.component(`${name}2`).up()
    await clock.advance(500)
    expect(Object.keys((await stream.frames())[0]?.set ?? {})).toContain(`component:${name}2`)
    for (const line of stream.text.split('\n'))
      expect(line).toMatch(/^(|retry: 1000|event: (hello|frame)|data: \{.*\})$/)
    expect(stream.text).not.toMatch(/[\r\u2028\u2029\ud800-\udfff]/)
  })

  it.each(names.filter((name) => !/[\ud800-\udfff]/.test(name)))('can be requested: %j', async (name) => {
    const { board } = named(name)
    const encoded = encodeURIComponent(name)

    const details = await data<ComponentDetails>(board, `?component=${encoded}`)

    expect([details.name, details.outages[0]?.reason]).toEqual([name, name])
    expect(Object.keys((await data<Bars>(board, `?bars&name=${encoded}`)).bars)).toEqual([name])
    expect(await data(board, `?objective=${encoded}`)).toMatchObject({ name })
  })

  it('is in no page, no header and no error', async () => {
    const name = '<script>alert(1)</script>'
    const { board } = named(name)
    for (const query of ['', `?component=${name}x`, `?${name}`, `?component=${name}&bars`]) {
      const response = await ask(board, query)
      const all = `${JSON.stringify([...response.headers])}${await response.text()}`
      expect(all).not.toContain('alert(1)')
      if (query !== '') expect(response.headers.get('content-type')).toBe('application/json')
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  it('of any characters comes back unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (name) => {
        const { board } = named(name)
        const stream = await open(board)
        expect(stream.facts.get(`component:${name}`)).toMatchObject({ name })
        await stream.leave()
      }),
      { numRuns: 100 },
    )
  })
})
