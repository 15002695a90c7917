import { failoverPool } from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'
import { type ZooKeeperMembersOptions, zookeeperMembers } from 'holdfast/zookeeper'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type FakeEnsemble, freshEnsemble } from './fake-ensemble.ts'

vi.mock('node-zookeeper-client', async (original) =>
  (await import('./fake-ensemble.ts')).mockedPackage(original as never),
)

let zoo: FakeEnsemble
beforeEach(() => {
  zoo = freshEnsemble()
})

function made(options: Partial<ZooKeeperMembersOptions> = {}) {
  const clock = virtualClock()
  const source = zookeeperMembers({ connect: 'zoo:1', path: '/api', sessionTimeout: '9s', ...options })
  const pool = failoverPool(source, { clock, random: () => 0 })
  const log = recorder(pool)
  const names = () => pool.members.map(({ name }) => name)
  const faults = () => log.of('fault').map(({ error }) => String(error))
  const removed = () => log.of('membersChanged').flatMap(({ removed }) => removed as readonly string[])
  return { clock, pool, log, names, faults, removed, settled: () => clock.advance(100) }
}

describe('zookeeperMembers', () => {
  it('treats each child as a member: a target as text, or JSON of a target with settings', async () => {
    zoo.put('/api/1', 'http://a')
    zoo.put('/api/2', ' {"target": "http://b", "weight": 2, "zone": "eu", "priority": 1, "since": "today"}\n')
    zoo.put('/api/3', '"http://c"')
    zoo.put('/api/4', '{"target": {"host": "10.0.0.1", "port": 80}}')
    zoo.put('/api/5', '{"target": "http://e", "name": "e"}')
    const { pool, names, faults } = made()
    await pool.ready()

    expect(names()).toEqual(['http://a', 'http://b', 'http://c', '10.0.0.1:80', 'e'])
    expect(pool.members[1]).toMatchObject({ target: 'http://b', weight: 2, zone: 'eu', priority: 1 })
    expect(pool.members[3]?.target).toEqual({ host: '10.0.0.1', port: 80 })
    expect(faults()).toEqual([])
  })

  it('follows children that are added, removed and changed, and reads only what changed', async () => {
    zoo.put('/api/1', 'a')
    zoo.put('/api/2', 'b')
    const { pool, names, settled } = made()
    await pool.ready()
    zoo.operations.length = 0
    zoo.put('/api/3', 'c')
    await settled()
    expect(names()).toEqual(['a', 'b', 'c'])
    expect(zoo.operations).toEqual(['getChildren /api', 'getData /api/3'])
    zoo.put('/api/2', '{"target": "b", "weight": 5}')
    await settled()
    expect(pool.members[1]).toMatchObject({ name: 'b', weight: 5 })
    zoo.remove('/api/1')
    await settled()
    expect(names()).toEqual(['b', 'c'])
    // Watches fire once: they are set again each time.
    zoo.put('/api/2', '{"target": "b", "weight": 6}')
    zoo.put('/api/4', 'd')
    await settled()
    expect(pool.members.map(({ name, weight }) => [name, weight])).toEqual([
      ['b', 6],
      ['c', 1],
      ['d', 1],
    ])
  })

  it('keeps the state of a member that registers again under another node', async () => {
    zoo.put('/api/n-1', 'a')
    zoo.put('/api/n-2', 'b')
    const { pool, names, removed, settled } = made()
    await pool.ready()
    await pool.execute(() => 1)
    zoo.put('/api/n-3', '{"target": "a", "weight": 4}')
    await settled()
    expect(pool.members[0]).toMatchObject({ name: 'a', weight: 4, state: 'up' })
    zoo.remove('/api/n-1')
    await settled()

    expect(names()).toEqual(['a', 'b'])
    expect(pool.members[0]).toMatchObject({ state: 'up' })
    expect(removed()).toEqual([])
  })

  it('reads members from other formats with `read`', async () => {
    zoo.put('/api/one', '{"address": "10.0.0.1", "port": 80}')
    const read = ({ name, data }: { name: string; data: string }) => {
      const { address, port } = JSON.parse(data)
      return { target: `http://${address}:${port}`, name }
    }
    const { pool } = made({ read })
    await pool.ready()
    expect(pool.members).toMatchObject([{ name: 'one', target: 'http://10.0.0.1:80' }])
  })

  it('reads the root itself, and below its own root', async () => {
    zoo.put('/a', 'a')
    const root = made({ path: '/' })
    await root.pool.ready()
    expect(root.names()).toEqual(['a'])
    zoo.put('/shop/api/1', 'b')
    const own = made({ connect: 'zoo:1/shop' })
    await own.pool.ready()
    expect(own.names()).toEqual(['b'])
  })

  it('uses the members of `initial` until the first answer', async () => {
    zoo.put('/api/1', 'b')
    const { pool, names } = made({ initial: ['a'] })
    expect(names()).toEqual(['a'])
    await pool.ready()
    expect(names()).toEqual(['b'])
  })
})

describe('a child with invalid data', () => {
  it.each([
    ['', 'the node has no data'],
    ['{"target": ', 'Unexpected end of JSON input'],
    ['{"weight": 2}', 'the data has no target'],
    ['{"target": null}', 'a member must have a target, got null'],
    ['""', 'a member must have a target, got ""'],
  ])('is left out and reported once, and the others stay: %s', async (data, why) => {
    zoo.put('/api/1', 'a')
    zoo.put('/api/2', 'b')
    const { pool, names, faults, settled } = made()
    await pool.ready()
    zoo.put('/api/2', data)
    await settled()
    zoo.put('/api/3', 'c')
    await settled()

    expect(names()).toEqual(['a', 'c'])
    expect(faults()).toEqual([`TypeError: zookeeper: /api/2 is left out: ${why}`])
    zoo.put('/api/2', 'b')
    await settled()
    expect(names()).toEqual(['a', 'c', 'b'])
  })

  it('is reported by the pool if only its settings are invalid', async () => {
    zoo.put('/api/1', 'a')
    zoo.put('/api/2', '{"target": "b", "weight": -1}')
    const { pool, names, faults } = made()
    await pool.ready()
    expect(names()).toEqual(['a'])
    expect(faults()).toEqual(['TypeError: failoverPool: member: weight must be a finite number >= 0, got -1'])
  })

  it('may be one that `read` rejects, whatever it throws', async () => {
    zoo.put('/api/1', 'a')
    const { pool, faults } = made({
      read: () => {
        throw 'no'
      },
    })
    await pool.ready()
    expect(faults()[0]).toBe('TypeError: zookeeper: /api/1 is left out: "no"')
  })
})

describe('a list that', () => {
  it('is empty keeps the last one', async () => {
    zoo.put('/api/1', 'a')
    const { pool, names, faults, settled } = made()
    await pool.ready()
    zoo.remove('/api/1')
    await settled()
    expect(names()).toEqual(['a'])
    expect(faults()).toEqual(['TypeError: zookeeper: gave no member, the last list stays'])
  })

  it('has no node yet is waited for, and reported once', async () => {
    const { pool, names, faults, settled, clock } = made()
    await pool.ready()
    expect(faults()).toEqual(['ZooKeeperError: zookeeper: /api does not exist yet: NO_NODE'])
    await clock.advance('1m')
    zoo.put('/api', '')
    zoo.put('/api/1', 'a')
    await settled()
    expect(names()).toEqual(['a'])
    expect(faults()).toHaveLength(1)
    // The node goes, too.
    zoo.remove('/api/1')
    zoo.remove('/api')
    await settled()
    expect(names()).toEqual(['a'])
    expect(faults().at(-1)).toBe('ZooKeeperError: zookeeper: /api does not exist yet: NO_NODE')
  })

  it('appears between two looks is found', async () => {
    zoo.before = (operation) => {
      if (operation === 'exists /api' && !zoo.nodes.has('/api')) zoo.put('/api/1', 'a')
    }
    const { pool, names, settled } = made()
    await pool.ready()
    await settled()
    expect(names()).toEqual(['a'])
  })

  it('loses a child between two looks is read without it', async () => {
    zoo.put('/api/1', 'a')
    zoo.put('/api/2', 'b')
    zoo.before = (operation) => {
      if (operation === 'getData /api/2') zoo.nodes.delete('/api/2')
    }
    const { pool, names, faults } = made()
    await pool.ready()
    expect(names()).toEqual(['a'])
    expect(faults()).toEqual([])
  })

  it('cannot be read is reported, kept, and read again after growing waits', async () => {
    zoo.put('/api/1', 'a')
    zoo.put('/api/2', 'b')
    const { clock, pool, names, faults } = made()
    await pool.ready()
    zoo.failing.set('getData /api/2', 'NO_AUTH')
    zoo.put('/api/2', 'c')
    await clock.advance(3000)
    expect(names()).toEqual(['a', 'b'])
    expect(faults()).toEqual(new Array(3).fill('ZooKeeperError: zookeeper: data of /api/2: NO_AUTH'))
    zoo.failing.set('getChildren /api', 'NO_AUTH')
    zoo.put('/api/3', 'd')
    await clock.advance(100)
    expect(faults().at(-1)).toBe('ZooKeeperError: zookeeper: children of /api: NO_AUTH')
    zoo.failing.clear()
    await clock.advance('1m')
    expect(names()).toEqual(['a', 'c', 'd'])
  })
})

describe('a connection that', () => {
  it('is lost removes no member, and everything is read again with the next one', async () => {
    zoo.put('/api/1', 'a')
    zoo.put('/api/2', 'b')
    const { clock, pool, names, faults, removed } = made()
    await pool.ready()
    zoo.turn('refuses')
    await clock.advance('1m')
    expect(names()).toEqual(['a', 'b'])
    expect(faults()[0]).toBe('ZooKeeperError: zookeeper: zoo:1: CONNECTION_LOSS')
    expect(faults().length).toBeLessThan(10)
    expect(removed()).toEqual([])
    // Meanwhile.
    zoo.put('/api/1', '{"target": "a", "weight": 3}')
    zoo.remove('/api/2')
    zoo.put('/api/3', 'c')
    zoo.turn('serves')
    await clock.advance('5s')
    expect(names()).toEqual(['a', 'c'])
    expect(pool.members[0]).toMatchObject({ weight: 3 })
    zoo.put('/api/4', 'd')
    await clock.advance(100)
    expect(names()).toEqual(['a', 'c', 'd'])
  })

  it('cannot be made at first is reported at once, so that calls do not wait in vain', async () => {
    zoo.turn('refuses')
    zoo.servers.set('zoo:1', 'refuses')
    const { clock, pool, faults } = made()
    const call = pool.execute(() => 1)
    await expect(clock.settle(call)).rejects.toMatchObject({ code: 'HF_NO_MEMBER' })
    expect(clock.now()).toBeLessThan(10)
    expect(faults()).toEqual(['ZooKeeperError: zookeeper: zoo:1: NOT_REACHED'])
    zoo.put('/api/1', 'a')
    zoo.turn('serves')
    await clock.advance('5s')
    expect(await pool.execute(({ target }) => target)).toBe('a')
  })

  it('is lost during a look ends it, without a report', async () => {
    zoo.put('/api/1', 'a')
    const { clock, pool, names, faults } = made()
    zoo.before = (operation) => {
      if (operation !== 'getData /api/1') return
      zoo.before = () => {}
      for (const client of zoo.clients) client.drop()
    }
    const ready = pool.ready()
    await clock.advance(1000)
    await ready
    expect(names()).toEqual(['a'])
    expect(faults()).toEqual(['ZooKeeperError: zookeeper: zoo:1: CONNECTION_LOSS'])
  })
})

describe('the watch', () => {
  it('ends its session when the pool is closed, and leaves no timer', async () => {
    zoo.put('/api/1', 'a')
    const { clock, pool } = made()
    await pool.ready()
    expect(zoo.sessions.size).toBe(1)
    pool.close()
    await clock.advance(0)
    expect([zoo.sessions.size, zoo.clients.size, clock.pending]).toEqual([0, 0, 0])
  })

  it('leaves no timer even if no server answers', async () => {
    zoo.servers.set('zoo:1', 'refuses')
    const never = made()
    await never.pool.ready()
    never.pool.close()
    expect([zoo.clients.size, never.clock.pending]).toEqual([0, 0])

    zoo.servers.set('zoo:1', 'serves')
    zoo.put('/api/1', 'a')
    const { clock, pool } = made()
    await pool.ready()
    zoo.servers.set('zoo:1', 'frozen')
    pool.close()
    await clock.advance(999)
    expect([zoo.clients.size, clock.pending]).toEqual([1, 1])
    await clock.advance(1)
    expect([zoo.clients.size, clock.pending]).toEqual([0, 0])
  })

  it('sends credentials if given', async () => {
    const { pool } = made({ auth: { scheme: 'digest', credentials: 'me:secret' } })
    await pool.ready()
    expect(zoo.auths).toEqual(['digest me:secret'])
  })
})

describe('options', () => {
  const connect = 'zoo:1'
  const servers = "zookeeperMembers: connect must be servers as 'host:port,host:port'"
  it.each([
    [{ path: '/a' }, `${servers}, got undefined`],
    [{ connect: '', path: '/a' }, servers],
    [{ connect: 'a:1,,b:2', path: '/a' }, servers],
    [{ connect: 'a b:1', path: '/a' }, servers],
    [{ connect: 'a:x', path: '/a' }, servers],
    [{ connect: 'a:1/b//c', path: '/a' }, servers],
    [{ connect: 'a:1/b\nc', path: '/a' }, servers],
    [{ connect, path: 'a' }, `zookeeperMembers: path must be a path as '/services/shop', got "a"`],
    [{ connect, path: '/a/' }, 'zookeeperMembers: path must be a path'],
    [{ connect, path: '/a/../b' }, 'zookeeperMembers: path must be a path'],
    [{ connect }, 'zookeeperMembers: path must be a path'],
    [{ connect, path: '/a', sessionTimeout: 0 }, 'zookeeperMembers: sessionTimeout must be a duration > 0, got 0'],
    [
      { connect, path: '/a', auth: 'me' },
      'zookeeperMembers: auth must be a record of scheme and credentials, got "me"',
    ],
    [{ connect, path: '/a', auth: { scheme: 'digest' } }, 'zookeeperMembers: auth must be a record of scheme'],
    [{ connect, path: '/a', read: 1 }, 'zookeeperMembers: read must be a function, got 1'],
    [{ connect, path: '/a', initial: 1 }, 'zookeeperMembers: initial must be an array, got 1'],
    [{ connect, path: '/a', every: 1 }, 'zookeeperMembers: "every" is not an option'],
  ])('are refused if invalid: %j', (options, message) => {
    expect(() => zookeeperMembers(options as never)).toThrow(message)
  })

  it.each(['zoo', 'zoo:2181', 'a,b:1,c.d.e:2', '10.0.0.1:1/', 'zoo/shop/two'])('accept the servers %s', (connect) => {
    expect(zookeeperMembers({ connect, path: '/a' }).kind).toBe('zookeeper')
  })
})
