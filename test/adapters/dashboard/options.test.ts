import { timeout } from 'holdfast'
import { availabilityTracker } from 'holdfast/availability'
import { type DashboardOptions, dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { open } from './client.ts'

describe('the options', () => {
  it.each<[object, string]>([
    [{ tracker: {} }, 'tracker must be an availability tracker, got an object'],
    [{ tracker: { report() {}, statuses() {} } }, 'tracker must be an availability tracker, got an object'],
    [{ tracker: 5 }, 'tracker must be an availability tracker, got 5'],
    [{ policies: timeout(1) }, 'policies must be a list, got an object'],
    [{ policies: [1] }, 'policies must be policies, got 1'],
    [{ title: '' }, 'title must be a non-empty string, got ""'],
    [{ zone: 'Mars/Olympus' }, 'zone must be an IANA time zone, got "Mars/Olympus"'],
    [{ every: 10 }, 'every must be a duration from 50 ms to 10 s, got 10'],
    [{ every: '11s' }, 'every must be a duration from 50 ms to 10 s, got "11s"'],
    [
      { every: 'soon' },
      `every must be a duration from 50 ms to 10 s, got "soon"; durations are ms, or like '250ms', '2s', '5m', '1h', '30d'`,
    ],
    [{ maxClients: 0 }, 'maxClients must be an integer >= 1, got 0'],
    [{ keep: -1 }, 'keep must be a duration >= 0, got -1'],
    [{ timeout: 0 }, 'timeout must be a duration > 0, got 0'],
    ...[[], 'localhost', ['http://localhost'], ['localhost/'], ['a b'], [''], [5], ['me@localhost']].map(
      (hosts): [object, string] => [
        { hosts },
        `hosts must be a non-empty array of hosts, each a name or an address with an optional port, got ${typeof hosts === 'string' ? '"localhost"' : 'an array'}`,
      ],
    ),
    [{ control: true }, 'control must be a function, got true'],
    [{ onFault: 1 }, 'onFault must be a function, got 1'],
    [{ name: '' }, 'name must be a non-empty string, got ""'],
    [{ clock: {} }, 'clock must be a clock, got an object'],
    [{ titel: 'x' }, '"titel" is not an option, did you mean title?'],
  ])('are checked: %o', (options, message) => {
    expect(() => dashboard(options as DashboardOptions)).toThrow(new TypeError(`dashboard: ${message}`))
  })

  it('leave the policies alone if one of them is invalid', () => {
    const limit = timeout('1s')
    const clock = virtualClock()

    expect(() => dashboard({ clock, policies: [limit, limit] })).toThrow('got "timeout" again')

    expect(clock.pending).toBe(0)
    expect(limit).toMatchObject({ events: { counters: undefined } })
  })

  it('are all optional', async () => {
    const board = dashboard()
    const { hello, leave } = await open(board)

    expect(hello).toMatchObject({ title: 'holdfast', controls: [], facts: {}, history: [] })
    expect(Math.abs(hello.at - Date.now())).toBeLessThan(5000)
    await leave()
  })

  it('leave faults to one warning per source by default', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue()
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock })
    vi.spyOn(tracker, 'statuses').mockImplementation(() => {
      throw new Error('broken')
    })
    const stream = await open(dashboard({ clock, tracker, name: 'ops' }))
    await clock.advance('5s')

    expect(warned).toHaveBeenCalledOnce()
    expect(warned).toHaveBeenCalledWith('holdfast: dashboard "ops": tracker failed', new Error('broken'))
    expect(stream.hello.facts).toEqual({})
    vi.restoreAllMocks()
  })
})
