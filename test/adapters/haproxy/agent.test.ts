import { connect, type Socket } from 'node:net'
import type { FaultEvent } from 'holdfast'
import { type AgentState, agentLine, type HaproxyAgent, type HaproxyAgentOptions, haproxyAgent } from 'holdfast/haproxy'
import { virtualClock } from 'holdfast/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hear } from './stand-in.ts'

const agents: HaproxyAgent[] = []
const sockets: Socket[] = []

function agentOf(options: Partial<HaproxyAgentOptions> = {}): HaproxyAgent {
  const agent = haproxyAgent({ port: 0, ...options })
  agents.push(agent)
  return agent
}

/** Who connects and does not hang up, whatever is said. */
function stayer(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  sockets.push(socket)
  return socket
}

/** What is sent to who has gone comes back as a reset. */
const cut = (socket: Socket): Promise<void> =>
  vi.waitFor(() => {
    socket.write('still here')
    expect(socket.destroyed).toBe(true)
  })

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await Promise.all(agents.splice(0).map((agent) => agent.close()))
  vi.restoreAllMocks()
})

describe('agentLine', () => {
  it.each<[AgentState, string]>([
    [{}, '\n'],
    [{ health: 'up', admin: 'ready', weight: 1 }, 'up ready 100%\n'],
    [{ weight: 0 }, '0%\n'],
    [{ weight: 256 }, '25600%\n'],
    [{ weight: 0.125 }, '13%\n'],
    [{ admin: 'maintenance' }, 'maint\n'],
    [{ health: 'up', weight: 0.6, maxConnections: 7 }, 'up 60% maxconn:7\n'],
    [{ health: 'stopped', description: 'by op' }, 'stopped #by op\n'],
    [{ description: '  ' }, '\n'],
  ])('renders %j as %j', (state, line) => {
    expect(agentLine(state)).toBe(line)
  })

  it('never lets a description end the line or add a word', () => {
    const line = agentLine({ health: 'fail', description: 'a\nup ready\r\n\0b\u2028c\td#e' })

    expect(line).toBe('fail #a up ready b c d#e\n')
    expect(agentLine({ description: 'x'.repeat(1000) })).toHaveLength(202)
  })

  it.each<[Record<string, unknown>, string]>([
    [{ weight: 256.1 }, 'agentLine: weight must be a number from 0 to 256, got 256.1'],
    [{ weight: -1 }, 'agentLine: weight must be a number from 0 to 256, got -1'],
    [{ weight: Number.NaN }, 'agentLine: weight must be a number from 0 to 256, got NaN'],
    [{ health: 'UP' }, `agentLine: health must be one of 'up', 'down', 'stopped', 'fail', got "UP"`],
    [{ admin: 'maint' }, `agentLine: admin must be one of 'ready', 'drain', 'maintenance', got "maint"`],
    [{ maxConnections: 1.5 }, 'agentLine: maxConnections must be an integer from 0 to 2147483647, got 1.5'],
    [{ maxConnections: 2 ** 31 }, 'agentLine: maxConnections must be an integer from 0 to 2147483647, got 2147483648'],
    [{ description: 5 }, 'agentLine: description must be a string, got 5'],
    [{ heatlh: 'up' }, 'agentLine: "heatlh" is not an option, did you mean health?'],
  ])('refuses %j', (state, message) => {
    expect(() => agentLine(state as AgentState)).toThrow(message)
  })
})

describe('haproxyAgent', () => {
  it('reports up, ready and full weight, and closes the connection', async () => {
    const { host, port } = await agentOf().listen()

    expect(host).toBe('127.0.0.1')
    expect(await hear(port)).toBe('up ready 100%\n')
    expect(await hear(port, 'hello a\n')).toBe('up ready 100%\n')
  })

  it('derives the weight from the free share of utilisation, never 0', () => {
    const free = (utilisation: number) => agentOf({ utilisation: () => utilisation }).line()

    expect([0, 0.254, 0.99, 1, 7, Number.POSITIVE_INFINITY].map(free)).toEqual(
      [100, 75, 1, 1, 1, 1].map((percent) => `up ready ${percent}%\n`),
    )
  })

  it('reports its state; a weight there overrides utilisation', () => {
    const utilisation = vi.fn(() => 0.5)
    const state: AgentState = { health: 'down', weight: 0.2, maxConnections: 3, description: 'why' }

    expect(agentOf({ state: () => state, utilisation }).line()).toBe('down ready 20% maxconn:3 #why\n')
    expect(utilisation).not.toHaveBeenCalled()
  })

  it('is drained, maintained and made ready by method; the stricter of method and state is sent', () => {
    let admin: AgentState['admin'] = 'ready'
    const agent = agentOf({ state: () => ({ admin }) })
    const said = [agent.line()]
    agent.drain()
    said.push(agent.line())
    admin = 'maintenance'
    said.push(agent.line())
    agent.ready()
    admin = 'drain'
    said.push(agent.line())
    agent.maintain()
    said.push(agent.line())

    expect(said.map((line) => line.split(' ')[1])).toEqual(['ready', 'drain', 'maint', 'drain', 'maint'])
    expect(agent.admin).toBe('maintenance')
  })

  it('omits what speaksOf does not list', () => {
    const agent = agentOf({ speaksOf: ['weight'], state: () => ({ health: 'fail', weight: 0.75 }) })
    agent.drain()

    expect(agent.line()).toBe('75%\n')
    expect(agentOf({ speaksOf: [], state: () => ({ maxConnections: 0 }) }).line()).toBe('maxconn:0\n')
  })

  it('omits the part of a function that fails, and reports a fault', () => {
    const faults: FaultEvent[] = []
    const onFault = (fault: FaultEvent) => faults.push(fault)
    const error = new Error('no idea')
    const fail = () => {
      throw error
    }
    const blind = agentOf({ state: fail, utilisation: () => 0.5, onFault, name: 'me' })

    expect(blind.line()).toBe('\n')
    blind.drain()
    expect(blind.line()).toBe('drain\n')
    expect(agentOf({ utilisation: fail, onFault }).line()).toBe('up ready\n')
    expect(faults.map(({ source }) => source)).toEqual(['state', 'state', 'utilisation'])
    expect(faults[0]).toMatchObject({ policy: 'me', kind: 'haproxyAgent', error })
  })

  it.each<[string, Partial<HaproxyAgentOptions>, string]>([
    ['a state of nonsense', { state: () => ({ weight: -1 }) }, 'haproxyAgent: state: weight must be a number from 0'],
    ['no state', { state: () => null as never }, 'haproxyAgent: state: options must be an object, got null'],
    [
      'an async state',
      { state: (() => Promise.reject(new Error('late'))) as never },
      'haproxyAgent: state must not be async',
    ],
    [
      'a negative utilisation',
      { utilisation: () => -0.1 },
      'haproxyAgent: utilisation must be a number >= 0, got -0.1',
    ],
    ['no number', { utilisation: () => Number.NaN }, 'haproxyAgent: utilisation must be a number >= 0, got NaN'],
    ['an async utilisation', { utilisation: (async () => 0.5) as never }, 'haproxyAgent: utilisation must be a number'],
  ])('treats %s as a failure', (_what, options, message) => {
    const faults: unknown[] = []
    agentOf({ ...options, onFault: ({ error }) => faults.push(error) }).line()

    expect(faults).toEqual([expect.objectContaining({ message: expect.stringContaining(message) })])
  })

  it('warns once of a failing function without a listener', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const agent = agentOf({
      utilisation: () => {
        throw new Error('no idea')
      },
    })
    agent.line()
    agent.line()

    expect(warn).toHaveBeenCalledTimes(1)
  })

  it('refuses invalid options', () => {
    expect(() => haproxyAgent({ port: 65_536 })).toThrow(
      'haproxyAgent: port must be an integer from 0 to 65535, got 65536',
    )
    expect(() => agentOf({ speaksOf: ['wieght' as never] })).toThrow(
      "haproxyAgent: speaksOf must be an array of 'health', 'admin', 'weight', got an array",
    )
    expect(() => agentOf({ speaksOf: 'weight' as never })).toThrow('speaksOf must be')
    expect(() => agentOf({ hots: 'x' } as never)).toThrow('haproxyAgent: "hots" is not an option, did you mean host?')
  })
})

describe('its server', () => {
  it('listens once, however often it is called, and again after it was closed', async () => {
    const agent = agentOf()
    const [one, two] = await Promise.all([agent.listen(), agent.listen()])
    expect(two).toBe(one)

    await Promise.all([agent.close(), agent.close()])
    await expect(hear(one.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(await hear((await agent.listen()).port)).toBe('up ready 100%\n')
  })

  it('rejects when the port is taken, and can be retried', async () => {
    const first = agentOf()
    const { port } = await first.listen()
    const second = agentOf({ port })

    await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await second.close()
    await first.close()
    expect((await second.listen()).port).toBe(port)
  })

  it('closes while it begins to listen, and before it ever listened', async () => {
    const agent = agentOf()
    const listening = agent.listen()
    await agent.close()
    const { port } = await listening

    await expect(hear(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await expect(agentOf().close()).resolves.toBeUndefined()
  })

  it('disconnects a client that stays too long', async () => {
    const clock = virtualClock()
    const { port } = await agentOf({ clock }).listen()
    const socket = stayer(port)
    await new Promise((resolve) => socket.once('data', resolve))
    expect(clock.pending).toBe(1)

    await clock.advance(2000)

    await cut(socket)
    expect(clock.pending).toBe(0)
  })

  it('answers every client, however many stay, send rubbish or break off', async () => {
    const { port } = await agentOf().listen()
    for (let i = 0; i < 600; i++) {
      const socket = stayer(port)
      // None reads.
      if (i % 3 === 0) socket.write('x'.repeat(100_000))
      if (i % 3 === 1) socket.resetAndDestroy()
    }

    expect(await Promise.all(Array.from({ length: 20 }, () => hear(port)))).toEqual(
      Array.from({ length: 20 }, () => 'up ready 100%\n'),
    )
  })

  it('disconnects the oldest client for the newest', async () => {
    const { port } = await agentOf({ clock: virtualClock() }).listen()
    const all: Socket[] = []
    for (let i = 0; i < 257; i++) {
      const socket = stayer(port)
      await new Promise((resolve) => socket.once('data', resolve))
      all.push(socket)
    }

    await cut(all[0] as Socket)
    for (const socket of all.slice(1)) expect(socket.destroyed).toBe(false)
  })

  it('disconnects a client that sends too much', async () => {
    const { port } = await agentOf({ clock: virtualClock() }).listen()
    const socket = stayer(port)
    socket.resume()
    socket.write('x'.repeat(1_000_000))

    await cut(socket)
  })

  it('disconnects its clients when it closes', async () => {
    const agent = agentOf({ background: false })
    const socket = stayer((await agent.listen()).port)
    await new Promise((resolve) => socket.once('data', resolve))
    await agent.close()

    await cut(socket)
  })
})
