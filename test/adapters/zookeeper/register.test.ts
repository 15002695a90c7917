import { virtualClock } from 'holdfast/testing'
import { type RegisterOptions, register } from 'holdfast/zookeeper'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type FakeClient, type FakeEnsemble, freshEnsemble } from './fake-ensemble.ts'

vi.mock('node-zookeeper-client', async (original) =>
  (await import('./fake-ensemble.ts')).mockedPackage(original as never),
)

let zoo: FakeEnsemble
beforeEach(() => {
  zoo = freshEnsemble()
})

function made(options: Partial<RegisterOptions<unknown>> = {}) {
  const clock = virtualClock()
  const states: string[] = []
  const errors: string[] = []
  const registration = register({
    connect: 'zoo:1',
    path: '/services/api',
    sessionTimeout: '9s',
    member: { target: 'http://a:80' },
    clock,
    random: () => 0,
    onState: (state) => states.push(state),
    onFault: ({ source, error }) =>
      errors.push(source === 'zookeeper' ? (error as Error).message : `${source}: ${error}`),
    ...options,
  })
  const client = () => [...zoo.clients][0] as FakeClient
  return { clock, registration, states, errors, client }
}

const place = '/services/api/http:%2F%2Fa:80'

describe('register', () => {
  it('creates an ephemeral node with the member as JSON, and its parents', async () => {
    const { registration, states } = made({ member: { target: 'http://a:80', weight: 2, zone: 'eu', priority: 1 } })
    expect([registration.state, registration.path]).toEqual(['pending', undefined])
    await registration.ready()

    expect([registration.state, registration.path]).toEqual(['registered', place])
    expect(zoo.data(place)).toBe('{"target":"http://a:80","weight":2,"zone":"eu","priority":1}')
    expect(zoo.nodes.get(place)?.owner).toBe(1)
    expect(zoo.nodes.get('/services/api')?.owner).toBe(0)
    expect(states).toEqual(['registered'])
  })

  it.each([
    [{ member: { target: { host: '::1', port: 80 } } }, '[::1]:80'],
    [{ member: { target: 'a', name: 'b/c%' } }, 'b%2Fc%25'],
    [{ member: { target: '..' } }, '%2E%2E'],
    [{ name: 'mine' }, 'mine'],
  ])('names the node after the member, or as given: %j', async (options, name) => {
    const { registration } = made({ path: '/', ...options })
    await registration.ready()
    expect(registration.path).toBe(`/${name}`)
  })

  it('changes the registered member, and reports when that is written', async () => {
    const { registration } = made()
    await registration.ready()
    await registration.update({ weight: 3 })
    await registration.update({ zone: 'eu' })
    expect(zoo.data(place)).toBe('{"target":"http://a:80","weight":3,"zone":"eu"}')
    expect(() => registration.update({ weight: -1 })).toThrow(
      'register: member: weight must be a finite number >= 0, got -1',
    )
    expect(() => registration.update({ wait: 1 } as never)).toThrow('register: member: "wait" is not an option')
  })

  it('writes the latest of many changes', async () => {
    const { registration } = made()
    await registration.ready()
    zoo.operations.length = 0
    await Promise.all([1, 2, 3, 4, 5].map((weight) => registration.update({ weight })))
    expect(zoo.data(place)).toContain('"weight":5')
    expect(zoo.operations.filter((operation) => operation.startsWith('setData')).length).toBeLessThanOrEqual(2)
  })

  it('writes changes made before there was a connection, and without one', async () => {
    zoo.servers.set('zoo:1', 'refuses')
    const { clock, registration, states } = made()
    const early = registration.update({ weight: 3 })
    await clock.advance(1000)
    expect(states).toEqual(['disconnected'])
    zoo.turn('serves')
    await clock.advance(5000)
    await early
    expect(zoo.data(place)).toContain('"weight":3')
    zoo.turn('refuses')
    await clock.advance(1000)
    const late = registration.update({ weight: 4 })
    await clock.advance(1000)
    zoo.turn('serves')
    await clock.advance(5000)
    await late
    expect(zoo.data(place)).toContain('"weight":4')
    expect(zoo.nodes.get(place)?.owner).toBe(1)
  })

  it('does not overwrite the data of others until it has a change to write', async () => {
    const { clock, registration, client } = made()
    await registration.ready()
    zoo.put(place, '{"target":"http://a:80","weight":0}')
    await clock.advance(0)
    client().drop()
    await clock.advance(1000)
    expect(registration.state).toBe('registered')
    expect(zoo.data(place)).toContain('"weight":0')
  })

  it('creates the node again after it was removed by hand or with its session', async () => {
    const { clock, registration, states, errors } = made()
    await registration.ready()
    zoo.remove(place)
    await clock.advance(0)
    expect(zoo.nodes.get(place)?.owner).toBe(1)
    zoo.expire(1)
    await clock.advance(0)
    expect(zoo.nodes.get(place)?.owner).toBeGreaterThan(1)
    expect(states).toEqual(['registered', 'disconnected', 'registered'])
    expect(errors).toEqual(['zookeeper: zoo:1: CONNECTION_LOSS', 'zookeeper: the session: SESSION_EXPIRED'])
  })

  it('finds its node when the answer to create was lost', async () => {
    const { clock, registration, client } = made()
    zoo.put('/services/api', '')
    zoo.before = (operation) => {
      if (!operation.startsWith('create ')) return
      zoo.before = () => {}
      zoo.put(place, 'half', 1)
      client().drop()
    }
    await clock.advance(1000)
    expect(registration.state).toBe('registered')
    expect(zoo.operations.filter((operation) => operation === `create ${place}`)).toHaveLength(1)
    expect(zoo.data(place)).toBe('{"target":"http://a:80"}')
  })

  it('replaces the node of its own dead session in one step', async () => {
    const { clock, registration } = made()
    await registration.ready()
    // The server has let the session go, and not yet what was bound to it.
    zoo.before = (operation) => {
      if (operation.startsWith('exists /s')) zoo.before = () => {}
    }
    zoo.sessions.delete(1)
    for (const each of zoo.clients) each.drop()
    await clock.advance(0)
    expect(zoo.operations).toContain(`replace ${place}`)
    expect(zoo.nodes.get(place)?.owner).not.toBe(1)
    expect(registration.state).toBe('registered')
  })

  it('replaces the node of its process before a restart, which has the same target', async () => {
    zoo.put(place, '{"target":"http://a:80","weight":9}', 77)
    const { registration, errors } = made()
    await registration.ready()
    expect(zoo.operations).toContain(`replace ${place}`)
    expect(zoo.nodes.get(place)?.owner).toBe(1)
    expect(zoo.data(place)).toBe('{"target":"http://a:80"}')
    expect(errors).toEqual([])
  })

  it('creates its node when the earlier one was removed during the look', async () => {
    zoo.put(place, '{"target":"http://a:80"}', 77)
    zoo.before = (operation) => {
      if (operation.startsWith('getData')) zoo.nodes.delete(place)
    }
    const { registration } = made()
    await registration.ready()
    expect(zoo.nodes.get(place)?.owner).toBe(1)

    const other = '/services/api/other'
    zoo.before = (operation) => {
      if (operation === `create ${other}` && !zoo.nodes.has(other)) zoo.put(other, '{"target":"other"}', 78)
    }
    const late = made({ member: { target: 'other' } })
    await late.registration.ready()
    expect(zoo.nodes.get(other)?.owner).not.toBe(78)
  })
})

describe('a node that another owner holds', () => {
  it.each([
    ['with another target', '{"target":"http://b:80"}', 77, 'is owned by session 000000000000004d'],
    ['with data that cannot be read', '{"target":', 77, 'is owned by session 000000000000004d'],
    ['for good', '{"target":"http://a:80"}', 0, 'is owned by a persistent node'],
  ])('is waited for, and reported once: %s', async (_, data, owner, message) => {
    zoo.put(place, data, owner)
    const { clock, registration, errors } = made()
    await clock.advance('1m')
    expect(registration.state).toBe('pending')
    expect(zoo.data(place)).toBe(data)
    expect(errors).toEqual([`zookeeper: ${place} ${message}: NODE_EXISTS`])
    zoo.remove(place)
    await clock.advance(0)
    expect(registration.state).toBe('registered')
    expect(zoo.nodes.get(place)?.owner).toBe(1)
  })

  it('is looked at again when no watch reports that it was removed', async () => {
    zoo.put(place, 'other', 77)
    const { clock, registration } = made()
    await clock.advance(0)
    zoo.nodes.delete(place)
    await clock.advance(9000)
    expect(registration.state).toBe('registered')
  })

  it('is not taken back from a process that took it over, even with the same target', async () => {
    const first = made()
    await first.registration.ready()
    const second = made()
    await second.registration.ready()
    await first.clock.advance(0)
    await second.clock.advance(0)
    expect([first.registration.state, second.registration.state]).toEqual(['pending', 'registered'])
    expect(first.errors).toEqual([`zookeeper: ${place} is owned by session 0000000000000002: NODE_EXISTS`])
    await second.registration.close()
    await first.clock.advance(0)
    expect(first.registration.state).toBe('registered')
  })
})

describe('a sequential node', () => {
  const sequential = { sequential: true, name: 'n' }
  const nodes = () => zoo.below('/services/api')

  it('conflicts with no other, and is created again with another number', async () => {
    zoo.put('/services/api/n-x', 'a', 77)
    const { clock, registration } = made(sequential)
    await registration.ready()
    expect(registration.path).toMatch(/^\/services\/api\/n-\d{10}$/)
    const before = registration.path
    zoo.expire(1)
    await clock.advance(0)
    expect(registration.path).not.toBe(before)
    expect(nodes()).toHaveLength(2)
    zoo.remove(registration.path as string)
    await clock.advance(0)
    expect(nodes()).toHaveLength(2)
    await registration.update({ weight: 4 })
    expect(zoo.data(registration.path as string)).toContain('"weight":4')
  })

  it('is found when the answer to create was lost, and those of earlier sessions are removed', async () => {
    const { clock, registration, client } = made(sequential)
    zoo.put('/services/api', '')
    zoo.before = (operation) => {
      if (!operation.startsWith('create ')) return
      zoo.before = () => {}
      zoo.put('/services/api/n-0000000005', 'lost', 1)
      client().drop()
    }
    await clock.advance(1000)
    expect(registration.path).toBe('/services/api/n-0000000005')
    expect(zoo.data('/services/api/n-0000000005')).toBe('{"target":"http://a:80"}')

    zoo.sessions.delete(1)
    client().drop()
    await clock.advance(1000)
    expect(nodes()).toHaveLength(1)
    expect(registration.path).not.toBe('/services/api/n-0000000005')
  })

  it('is looked for beside others, of which one is removed at the same time', async () => {
    zoo.put('/services/api/n-0000000001', 'other', 77)
    zoo.put('/services/api/n-0000000002', 'other', 77)
    zoo.before = (operation) => {
      if (operation === 'exists /services/api/n-0000000002') zoo.nodes.delete('/services/api/n-0000000002')
    }
    const { registration } = made(sequential)
    await registration.ready()
    expect(nodes()).toHaveLength(2)
  })

  it('is created with its parents', async () => {
    const { registration } = made(sequential)
    await registration.ready()
    expect(nodes()).toHaveLength(1)
  })

  it('reports when it may not look', async () => {
    zoo.failing.set('getChildren /services/api', 'NO_AUTH')
    const { clock, errors } = made(sequential)
    await clock.advance(0)
    expect(errors).toEqual(['zookeeper: children of /services/api: NO_AUTH'])
  })
})

describe('a failure', () => {
  it('is reported, and retried after growing waits', async () => {
    zoo.failing.set(`create ${place}`, 'NO_AUTH')
    const { clock, registration, errors } = made()
    await clock.advance(3500)
    expect(errors).toEqual(new Array(4).fill(`zookeeper: create ${place}: NO_AUTH`))
    zoo.failing.clear()
    await clock.advance('1m')
    expect(registration.state).toBe('registered')
  })

  it('is reported with the owner', async () => {
    const onFault = vi.fn()
    const { clock, registration } = made({ onFault })
    await registration.ready()
    zoo.expire(1)
    await clock.advance(0)
    expect(onFault).toHaveBeenLastCalledWith({
      policy: place,
      kind: 'register',
      source: 'zookeeper',
      error: expect.objectContaining({ code: 'SESSION_EXPIRED' }),
      at: 0,
      time: 0,
    })
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('listener')
      },
    ],
    ['rejects', () => Promise.reject(new Error('listener'))],
  ])('may be a listener that %s: it is reported, and changes nothing', async (_, onState) => {
    const { clock, registration, errors } = made({ onState })
    await registration.ready()
    await clock.advance(0)
    expect(errors).toEqual(['onState: Error: listener'])
    expect(registration.state).toBe('registered')
  })

  it('is one warning without a listener', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const { clock, registration } = made({ onFault: undefined as never, onState: undefined as never })
    await registration.ready()
    for (const session of [1, 2]) {
      zoo.expire(session)
      await clock.advance(10_000)
    }
    expect(registration.state).toBe('registered')
    expect(warn).toHaveBeenCalledOnce()
    warn.mockRestore()
  })
})

describe('ready()', () => {
  it('can be aborted, before and while it waits', async () => {
    zoo.servers.set('zoo:1', 'frozen')
    const { registration } = made()
    await expect(registration.ready({ signal: AbortSignal.abort('before') })).rejects.toBe('before')
    const controller = new AbortController()
    const waiting = registration.ready({ signal: controller.signal })
    controller.abort('meanwhile')
    await expect(waiting).rejects.toBe('meanwhile')
  })

  it('leaves no listener on the signal', async () => {
    const { registration } = made()
    const controller = new AbortController()
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    await registration.ready({ signal: controller.signal })
    await registration.ready({ signal: controller.signal })
    expect(removed).toHaveBeenCalledTimes(1)
  })

  it('rejects when the registration is closed before, as do unwritten changes', async () => {
    zoo.servers.set('zoo:1', 'refuses')
    const { clock, registration, states } = made()
    const waiting = registration.ready()
    const written = registration.update({ weight: 2 })
    // Nobody waits for this one.
    void registration.update({ weight: 3 })
    const closed = registration.close()
    await expect(waiting).rejects.toMatchObject({ code: 'CLOSED' })
    await expect(written).rejects.toMatchObject({ code: 'CLOSED' })
    await closed
    await expect(registration.ready()).rejects.toMatchObject({ code: 'CLOSED' })
    await clock.advance('1m')
    expect([registration.state, clock.pending, states.at(-1)]).toEqual(['closed', 0, 'closed'])
  })
})

describe('close()', () => {
  it('removes the node at once, and may be called again', async () => {
    const { clock, registration, states } = made()
    await registration.ready()
    await Promise.all([registration.close(), registration.close()])
    expect(zoo.nodes.has(place)).toBe(false)
    expect([registration.state, registration.path]).toEqual(['closed', undefined])
    expect(states).toEqual(['registered', 'closed'])
    expect([zoo.sessions.size, zoo.clients.size, clock.pending]).toEqual([0, 0, 0])
    await registration.ready()
  })

  it.each(['before', 'after'] as const)('reports nothing more when called during work: %s an answer', async (when) => {
    const { clock, registration, states } = made()
    let looks = 0
    zoo[when] = (operation) => {
      if (operation === `exists ${place}` && ++looks === 2) void registration.close()
    }
    await clock.advance(1000)
    expect(looks).toBe(2)
    expect(states).toEqual(['closed'])
    expect(clock.pending).toBe(0)
  })

  it.each([
    ['a place is seen to be held', `exists ${place}`],
    ['data is written', `setData ${place}`],
  ])('reports nothing more when %s just before', async (_, last) => {
    zoo.put(place, 'other')
    if (last.startsWith('setData')) zoo.nodes.delete(place)
    const { clock, registration, states, errors } = made()
    await clock.advance(0)
    if (last.startsWith('exists')) zoo.put(place, 'another')
    states.length = errors.length = 0
    zoo.after = (operation) => {
      if (operation === last) void registration.close()
    }
    if (last.startsWith('setData')) void registration.update({ weight: 2 })
    await clock.advance(1000)
    expect([registration.state, states, errors, clock.pending]).toEqual(['closed', ['closed'], [], 0])
  })
})

describe('options', () => {
  const fine = { connect: 'zoo:1', path: '/a', member: { target: 'a' } }
  it.each([
    [{ ...fine, connect: 1 }, "register: connect must be servers as 'host:port,host:port', got 1"],
    [{ ...fine, path: '' }, 'register: path must be a path as \'/services/shop\', got ""'],
    [{ ...fine, member: 'a' }, 'register: member: options must be an object, got "a"'],
    [{ ...fine, member: {} }, 'register: member: target must be a value that JSON can represent, got undefined'],
    [
      { ...fine, member: { target: null } },
      'register: member: target must be a value that JSON can represent, got null',
    ],
    [{ ...fine, member: { target: '' } }, 'register: member: target must be a value that JSON can represent, got ""'],
    [{ ...fine, member: { target: () => 1 } }, 'register: member: target must be a value that JSON can represent'],
    [
      { ...fine, member: { target: 'a', priority: '1' } },
      'register: member: priority must be a finite number, got "1"',
    ],
    [
      { ...fine, member: { target: 'a', priority: Number.NaN } },
      'register: member: priority must be a finite number, got NaN',
    ],
    [{ ...fine, name: 'a/b' }, `register: name must be a name without '/', got "a/b"`],
    [{ ...fine, name: '..' }, `register: name must be a name without '/', got ".."`],
    [{ ...fine, name: '' }, `register: name must be a name without '/', got ""`],
    [{ ...fine, sequential: 1 }, 'register: sequential must be a boolean, got 1'],
    [{ ...fine, onFault: 1 }, 'register: onFault must be a function, got 1'],
    [{ ...fine, onState: 1 }, 'register: onState must be a function, got 1'],
    [{ ...fine, clock: 1 }, 'register: clock must be a clock, got 1'],
    [{ ...fine, ttl: 1 }, 'register: "ttl" is not an option'],
  ])('are refused if invalid: %j', (options, message) => {
    expect(() => register(options as never)).toThrow(message)
  })

  it('have the real clock and random by default', async () => {
    const registration = register(fine)
    await registration.ready()
    await registration.close()
    expect(zoo.sessions.size).toBe(0)
  })
})
