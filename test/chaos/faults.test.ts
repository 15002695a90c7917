/** Functions of the user that fail, give nonsense, or abort the call. */
import { type ChaosOptions, chaos } from 'holdfast'
import { recorder, scripted } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

const on = { enabled: true, rate: 1 } as const
const bug = new Error('a bug')
const throws = () => {
  throw bug
}
const rejects = () => Promise.reject(bug)

async function outcome(options: ChaosOptions<unknown>) {
  const policy = chaos(options)
  const { of } = recorder(policy)
  const end = await ended(policy.execute(() => 'fine'))
  const faults = of('fault').map(({ source, error }) => [source, error === bug ? 'a bug' : String(error)])
  return { end: end.ok ? end.value : (end.error as { code: string }).code, faults, injected: policy.injected }
}

describe('a function of the user that fails', () => {
  it('is a fault, and the operation runs', async () => {
    const fine = (source: string, injected = 0) => ({ end: 'fine', faults: [[source, 'a bug']], injected })
    expect(await outcome({ rate: 1, enabled: throws })).toEqual(fine('enabled'))
    expect(await outcome({ enabled: true, rate: throws })).toEqual(fine('rate'))
    expect(await outcome({ ...on, random: throws })).toEqual(fine('random'))
    expect(await outcome({ ...on, value: throws })).toEqual(fine('value'))
    expect(await outcome({ ...on, value: rejects })).toEqual(fine('value'))
    expect(await outcome({ ...on, behavior: throws })).toEqual(fine('behavior', 1))
    expect(await outcome({ ...on, behavior: rejects })).toEqual(fine('behavior', 1))
  })

  it('still injects a fault, where it was to give one', async () => {
    expect(await outcome({ ...on, fault: throws })).toEqual({
      end: 'HF_CHAOS',
      faults: [['fault', 'a bug']],
      injected: 1,
    })
    expect(await outcome({ ...on, fault: rejects })).toMatchObject({
      end: 'HF_CHAOS',
      faults: [['fault', 'TypeError: fault must return what the call fails with, not a promise']],
    })
  })
})

describe('a function of the user that gives nonsense', () => {
  it('is a fault, and the operation runs', async () => {
    for (const enabled of [async () => true, () => 1, () => undefined] as (() => never)[]) {
      const faults = [['enabled', 'TypeError: enabled must return a boolean']]
      expect(await outcome({ rate: 1, enabled })).toEqual({ end: 'fine', faults, injected: 0 })
    }
    for (const rate of [rejects, () => Number.NaN, () => undefined, () => '1'] as (() => never)[]) {
      const faults = [['rate', 'TypeError: rate must return a number from 0 to 1']]
      expect(await outcome({ enabled: true, rate })).toEqual({ end: 'fine', faults, injected: 0 })
    }
    expect(await outcome({ enabled: true, rate: () => 7, value: 'always' })).toMatchObject({
      end: 'always',
      faults: [],
    })
    expect(await outcome({ ...on, random: () => Number.NaN })).toMatchObject({ end: 'fine', faults: [] })
  })
})

describe('a call that is aborted while chaos decides', () => {
  const kinds: Record<string, (abort: () => undefined) => ChaosOptions<unknown>> = {
    enabled: (abort) => ({ rate: 1, enabled: () => abort() === undefined }),
    rate: (abort) => ({ enabled: true, rate: () => Number(abort() === undefined) }),
    fault: (abort) => ({ ...on, fault: () => abort() }),
    value: (abort) => ({ ...on, value: () => abort() }),
    'a later value': (abort) => ({ ...on, value: async () => abort() }),
    behavior: (abort) => ({ ...on, behavior: () => abort() }),
    'a later behavior': (abort) => ({ ...on, behavior: async () => abort() }),
  }
  for (const [kind, make] of Object.entries(kinds)) {
    it(`gets the reason, and its operation does not run: ${kind}`, async () => {
      const caller = new AbortController()
      const operation = scripted('never')
      const policy = chaos(make(() => void caller.abort('left')))
      expect(await ended(policy.execute(operation, { signal: caller.signal }))).toEqual({ ok: false, error: 'left' })
      expect(operation.calls.length).toBe(0)
    })
  }

  it('gets the reason where a listener to `inject` aborts it', async () => {
    for (const kind of [{}, { value: 1 }, { value: async () => 1 }, { latency: 5 }, { behavior: () => {} }]) {
      const caller = new AbortController()
      const operation = scripted('never')
      const policy = chaos({ ...on, ...kind })
      policy.on('inject', () => caller.abort('left'))
      expect(await ended(policy.execute(operation, { signal: caller.signal }))).toEqual({ ok: false, error: 'left' })
      expect(operation.calls.length).toBe(0)
    }
  })
})
