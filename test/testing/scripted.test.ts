import { type Call, retry, timeout } from 'holdfast'
import { scripted, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

describe('scripted', () => {
  it('follows its steps, and the last repeats', async () => {
    const clock = virtualClock()
    const down = new Error('down')
    const operation = scripted<unknown>(
      down,
      5,
      (call: Call) => call.attempt,
      { after: 10, value: 'later', clock },
      { after: '1s', error: undefined, clock },
      { plain: true },
    )
    const run = () => ended(retry(0).execute(operation))
    expect(await run()).toEqual({ ok: false, error: down })
    expect(await run()).toEqual({ ok: true, value: 5 })
    expect(await run()).toEqual({ ok: true, value: 1 })
    expect(await clock.settle(run())).toEqual({ ok: true, value: 'later' })
    expect(await clock.settle(run())).toEqual({ ok: false, error: undefined })
    for (let i = 0; i < 2; i++) expect(await run()).toEqual({ ok: true, value: { plain: true } })
    expect(operation.calls.length).toBe(7)
  })

  it('may hang', async () => {
    const clock = virtualClock()
    const call = ended(timeout({ after: 5, clock }).execute(scripted({ hang: true })))
    expect(await clock.settle(call)).toMatchObject({ ok: false })
  })

  it('refuses a wrong wait', async () => {
    const end = await ended(retry(0).execute(scripted<unknown>({ after: 'soon' as never })))
    expect(end.ok ? '' : String(end.error)).toBe('TypeError: scripted: after must be a duration >= 0, got "soon"')
  })
})
