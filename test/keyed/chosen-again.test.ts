/** Where a policy outside tries again, each try is under the policy of its own key alone. */
import { bulkhead, fallback, keyed, pipeline, retry, timeout } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

const settings = { clock: virtualClock() }

describe('a retry outside a keyed policy', () => {
  it('runs each attempt under the policy that its key chooses, and under no other', async () => {
    const shards = keyed(() => bulkhead(1), { key: ({ attempt }) => `shard ${attempt}` })
    const active: number[][] = []
    const write = pipeline(settings, retry({ retries: 2, backoff: 0 }), shards, timeout('1s'))
    const written = write.execute(({ attempt }) => {
      active.push([1, 2, 3].map((n) => shards.peek(`shard ${n}`)?.active ?? 0))
      if (attempt < 3) throw new Error('not yet')
      return 'written'
    })

    expect(await settings.clock.settle(written)).toBe('written')
    expect(active).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ])
    expect(shards.entries().map(([, { active }]) => active)).toEqual([0, 0, 0])
  })

  it('does so where the policy of a key has keys of its own', async () => {
    const tenants = keyed(() => keyed(() => bulkhead(1), { key: ({ attempt }) => `host ${attempt}` }), {
      key: ({ attempt }) => (attempt < 3 ? 'old' : 'new'),
    })
    const read = pipeline(settings, retry({ retries: 3, backoff: 0 }), tenants, timeout('1s'))
    const active = () =>
      tenants
        .entries()
        .flatMap(([tenant, hosts]) =>
          hosts.entries().flatMap(([host, { active }]) => (active > 0 ? [`${tenant}, ${host}, ${active}`] : [])),
        )
    const seen: string[][] = []
    const done = read.execute(({ attempt }) => {
      seen.push(active())
      if (attempt < 4) throw new Error('not yet')
      return 'read'
    })

    expect(await settings.clock.settle(done)).toBe('read')
    expect(seen).toEqual([['old, host 1, 1'], ['old, host 2, 1'], ['new, host 3, 1'], ['new, host 4, 1']])
    expect(active()).toEqual([])
  })

  it('gives each attempt a signal that the policy of its key aborts', async () => {
    const hosts = keyed((key) => timeout(key === 'slow' ? '1s' : '5s'), {
      key: ({ attempt }) => (attempt === 1 ? 'slow' : 'quick'),
    })
    const aborted: boolean[] = []
    const read = pipeline(settings, retry({ retries: 1, backoff: 0 }), hosts)
    const done = read.execute(({ attempt, signal }) => {
      if (attempt === 2) return 'read'
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted.push(signal.aborted)
          reject(signal.reason)
        })
      })
    })

    expect(await settings.clock.settle(done)).toBe('read')
    expect(aborted).toEqual([true])
    expect(settings.clock.pending).toBe(0)
  })
})

describe('the policy of a key', () => {
  it('is the same one in two pipelines', async () => {
    const hosts = keyed(() => bulkhead(1))
    const one = pipeline(settings, hosts)
    const other = pipeline(settings, fallback({ value: 'full' }), hosts)
    let free!: () => void
    const held = one.execute(() => new Promise<void>((resolve) => (free = resolve)), { key: 'a' })

    expect(await other.execute(() => 'read', { key: 'a' })).toBe('full')
    expect(await other.execute(() => 'read', { key: 'b' })).toBe('read')
    free()
    await held
    expect(await other.execute(() => 'read', { key: 'a' })).toBe('read')
  })
})
