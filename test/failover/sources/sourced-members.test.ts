import { circuitBreaker } from 'holdfast'
import { describe, expect, it } from 'vitest'
import { target, watched } from './by-hand.ts'

describe('a list from a source', () => {
  it('makes the members, and later lists add, remove and keep by name', async () => {
    const { names, say, log } = await watched(['a', { target: 'b', weight: 2 }])
    expect(names()).toEqual(['a', 'b'])
    await say(['c', { target: 'b', weight: 2 }])

    expect(names()).toEqual(['b', 'c'])
    expect(log.of('membersChanged')).toMatchObject([
      { added: ['a', 'b'], removed: [] },
      { added: ['c'], removed: ['a'] },
    ])
  })

  it('keeps what is known of a member through lists in another order', async () => {
    const { pool, say } = await watched(['a', 'b'], { outlier: { consecutiveFailures: 1 } })
    await pool.execute(({ target }) => (target === 'a' ? Promise.reject(new Error('down')) : target))
    expect(pool.members).toMatchObject([{ name: 'a', state: 'ejected' }, { state: 'up' }])
    await say(['b', 'c', 'a'])

    expect(pool.members).toMatchObject([
      { name: 'a', state: 'ejected' },
      { name: 'b', state: 'up', latency: 0 },
      { name: 'c', state: 'unknown' },
    ])
  })

  it('begins slowly with members that join others, and at once with a first or an entirely new list', async () => {
    const { pool, say } = await watched(['a', 'b', 'c'], { slowStart: '10s' })
    const cold = () => pool.members.filter(({ warmth }) => warmth < 1).map(({ name }) => name)
    expect(cold()).toEqual([])
    await say(['a', 'b', 'c', 'd'])
    expect(cold()).toEqual(['d'])
    await say(['x', 'y'])
    expect(cold()).toEqual([])
  })

  it('changes weight, zone and priority of a member that stays', async () => {
    const { pool, say, log } = await watched(['a', 'b'])
    await say(['a', { target: 'b', weight: 3, zone: 'z', priority: -1 }])

    expect(pool.members[1]).toMatchObject({ weight: 3, zone: 'z', priority: -1 })
    expect(await pool.execute(target)).toBe('b')
    expect(log.of('membersChanged').slice(1)).toMatchObject([{ added: [], removed: [], changed: ['b'] }])
  })

  it('keeps what the user changed until the source gives other settings', async () => {
    const { pool, say } = await watched([{ target: 'a', weight: 2 }])
    pool.update('a', { weight: 7 })
    await say([{ target: 'a', weight: 2 }])
    expect(pool.members[0]).toMatchObject({ weight: 7 })
    await say([{ target: 'a', weight: 3 }])
    expect(pool.members[0]).toMatchObject({ weight: 3 })
  })

  it('replaces a member whose target changed under the same name', async () => {
    const { pool, say, log } = await watched([{ name: 'x', target: 'a' }])
    await pool.execute(target)
    await say([{ name: 'x', target: 'b' }])

    expect(pool.members).toMatchObject([{ name: 'x', target: 'b', state: 'unknown', latency: undefined }])
    expect(log.of('membersChanged').at(-1)).toMatchObject({ added: ['x'], removed: ['x'] })
  })

  it('treats targets with equal fields, and equal URLs, as the same', async () => {
    const place = (port: number) => ({ name: 'x', target: { host: 'h', port } })
    const { log, say } = await watched([place(1), new URL('http://u/'), { name: 'n', target: 1 }])
    await say([place(1), new URL('http://u/'), { name: 'n', target: 1 }])
    expect(log.of('membersChanged')).toHaveLength(1)
    await say([place(2), new URL('http://u/'), { name: 'n', target: null }])
    expect(log.of('membersChanged').at(-1)).toMatchObject({ removed: ['x', 'n'], added: ['x'] })
    await say([{ name: 'x', target: { host: 'h' } }])
    expect(log.of('membersChanged').at(-1)).toMatchObject({ removed: ['http://u/', 'x'], added: ['x'] })
  })

  it('names hosts by address and other targets by their content, the same in each list', async () => {
    const list = [{ host: 'a', port: 1 }, { host: '::1', port: 2 }, { region: 'eu' }, { target: 5, weight: 2 }]
    const { names, say, log, faults } = await watched(list)
    await say([...list].reverse())

    expect(names()).toEqual(['a:1', '[::1]:2', '{"region":"eu"}', '5'])
    expect(log.of('membersChanged')).toHaveLength(1)
    expect(faults()).toEqual([])
  })

  it('leaves members of the user alone, and adds none of the same name', async () => {
    const { pool, names, say, faults } = await watched(['a'])
    pool.add('mine')
    await say(['b', 'mine'])
    expect(names()).toEqual(['mine', 'b'])
    expect(faults()).toEqual(['TypeError: byHand: "mine" is a member already'])

    // Its own member, which the user removed and added again, is the user's from then on.
    pool.remove('b')
    pool.add('b')
    await say(['c'])
    expect(names()).toEqual(['mine', 'b', 'c'])
  })

  it('adds a member again that the user removed', async () => {
    const { pool, names, say } = await watched(['a', 'b'])
    pool.remove('a')
    await say(['a', 'b'])
    expect(names()).toEqual(['b', 'a'])
  })

  it('warms up a new member beside warm ones', async () => {
    const { clock, pool, say } = await watched(['a'], { slowStart: '10s' })
    await say(['a', 'b'])
    expect(pool.members).toMatchObject([{ warmth: 1 }, { state: 'warming', warmth: 0.1 }])
    await clock.advance(5000)
    expect(pool.members[1]?.warmth).toBeCloseTo(0.5, 1)
    await clock.advance(5000)
    expect(pool.members[1]).toMatchObject({ state: 'up', warmth: 1 })
  })

  it('lets tries of a removed member end without counting', async () => {
    const { pool, names, say } = await watched(['a', 'b'])
    let end = (_: string): void => {}
    const running = pool.execute(() => new Promise<string>((resolve) => (end = resolve)))
    await say(['b'])
    end('late')

    expect(await running).toBe('late')
    expect(names()).toEqual(['b'])
  })
})

describe('a list with wrong entries', () => {
  it.each([
    ['empty', [], 'gave no member, the last list stays'],
    ['no list', 'a,b' as never, 'members must be an array'],
    ['nothing', undefined as never, 'members must be an array'],
  ])('keeps the last one where it is %s, and says so', async (_, list, message) => {
    const { names, say, faults } = await watched(['a', 'b'])
    await say(list)

    expect(names()).toEqual(['a', 'b'])
    expect(faults()).toEqual([`TypeError: byHand: ${message}`])
  })

  it('keeps the last one if none of its entries is valid', async () => {
    const { names, say, faults } = await watched(['a', 'b'])
    await say([null, undefined, '', { target: 'c', weight: -1 }, { target: 'd', wieght: 1 }, () => 1])

    expect(names()).toEqual(['a', 'b'])
    expect(faults()).toEqual([
      'TypeError: a member must have a target, got null',
      'TypeError: a member must have a target, got undefined',
      'TypeError: a member must have a target, got ""',
      'TypeError: failoverPool: member: weight must be a finite number >= 0, got -1',
      'TypeError: failoverPool: member: "wieght" is not an option, did you mean weight?',
      'TypeError: a member of a source must have a name, got a function',
      'TypeError: byHand: gave no member, the last list stays',
    ])
  })

  it('is applied without its wrong entries, and a repeated entry counts once', async () => {
    const { pool, say, faults } = await watched(['a'])
    await say([{ target: 'a', weight: 2 }, { target: Number.NaN, name: 5 }, 'b', { target: 'a', weight: 9 }])

    expect(pool.members).toMatchObject([
      { name: 'a', weight: 2 },
      { name: 'b', weight: 1 },
    ])
    expect(faults()).toEqual(['TypeError: failoverPool: member: name must be a non-empty string, got 5'])
  })

  it('is applied without a member whose guard cannot be made; a later list adds it', async () => {
    let broken = true
    const guard = ({ name }: { name: string }) => {
      if (name === 'b' && broken) throw new Error('no guard')
      return circuitBreaker()
    }
    const { names, say, faults, log } = await watched(['a', 'b'], { guard })
    expect(names()).toEqual(['a'])
    expect(faults()).toEqual(['Error: no guard'])
    broken = false
    await say(['a', 'b'])

    expect(names()).toEqual(['a', 'b'])
    expect(log.of('membersChanged').map(({ added }) => added)).toEqual([['a'], ['b']])
  })
})
