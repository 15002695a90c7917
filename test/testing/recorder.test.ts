import { retry } from 'holdfast'
import { recorder, scripted } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

describe('recorder', () => {
  it('records the events of a policy in order, until it is stopped', async () => {
    const again = retry({ retries: 1, backoff: 0 })
    const record = recorder(again)
    await again.execute(scripted<string>(new Error('once'), 'fine'))
    expect(record.names).toEqual(['retry', 'call'])
    expect(record.of('retry')).toEqual([record.events[0]])
    record.stop()
    await again.execute(scripted<string>(new Error('once'), 'fine'))
    expect(record.events.length).toBe(2)
  })
})
