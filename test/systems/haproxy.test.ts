/** The adapter beside a live HAProxy: agent checks, the runtime API, and where the traffic goes. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { failoverPool, weighted } from 'holdfast/failover'
import { type HaproxyWeight, haproxyAgent, haproxyRuntime, type StatRow, steerHaproxy } from 'holdfast/haproxy'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import golden from '../data/haproxy-golden.json'
import protocol from '../data/haproxy-protocol.json'
import { type Case, cases, ours, Rude, refused } from './haproxy/agent-cases.ts'
import { config } from './haproxy/config.ts'
import { Client } from './support/client.ts'
import { describeSystem, freePorts, launch, listens, type Running, scratch, until } from './support/system.ts'
import { expectShares, named, shares } from './traffic.ts'

// Other tests may keep the machine busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

describeSystem('a live HAProxy', ['haproxy'], () => {
  const folder = scratch()
  const path = join(folder, 'admin.sock')
  const runtime = haproxyRuntime({ path, timeout: '20s' })
  const rude = cases.map(({ after }) => new Rude(after === undefined ? 'up ready 100%\n' : `${after}\n`))
  /** What our own agents say of the two servers of `fleet`. */
  const utilisation = { a: 0, b: 0 }
  const agents = (['a', 'b'] as const).map((name) => haproxyAgent({ port: 0, utilisation: () => utilisation[name] }))
  /** Our own agents for the recorded cases, which begin to speak when they are asked to. */
  const speaking = cases.map(({ reply }) => {
    const said = ours[reply]
    return said && haproxyAgent({ port: 0, ...(said.speaksOf && { speaksOf: said.speaksOf }), state: () => said.state })
  })
  /** A case that needs another one first has a rude agent say that, and then our line. */
  const direct = cases.map(({ after }, i) => (after === undefined ? speaking[i] : undefined))
  const url = (port: number) => `http://127.0.0.1:${port}/`
  let urls: Readonly<Record<'fleet' | 'rr511' | 'steered', string>>

  let server: Running | undefined

  beforeAll(async () => {
    const backends = await Promise.all(['a', 'b', 'c'].map(named))
    const [free = 0, fleet = 0, rr511 = 0, srr511 = 0, agt = 0, steered = 0] = await freePorts(6)
    urls = { fleet: url(fleet), rr511: url(rr511), steered: url(steered) }
    const agentPorts = await Promise.all(agents.map(async (agent) => (await agent.listen()).port))
    const casePorts = await Promise.all(
      cases.map(async ({ reply }, i) => {
        if (reply === refused) return free
        return (await direct[i]?.listen())?.port ?? (rude[i] as Rude).listen()
      }),
    )
    const file = join(folder, 'haproxy.cfg')
    writeFileSync(
      file,
      config({ path, backends, agentPorts, casePorts, ports: { fleet, rr511, srr511, agt, steered } }),
    )
    server = await launch('haproxy', ['-f', file, '-db'], { ready: () => until(() => listens(fleet)) })
  })

  afterAll(async () => {
    await server?.stop()
    for (const each of rude) each.close()
    await Promise.all([...agents, ...direct].map((agent) => agent?.close()))
  })

  describe('its agent check', () => {
    const rowsOf = async () =>
      new Map((await runtime.stat()).filter(({ proxy }) => proxy === 'cases').map((row) => [row.server, row]))

    beforeAll(async () => {
      const before: Readonly<Record<string, string>> = { drain: 'DRAIN (agent)', maint: 'MAINT', down: 'DOWN (agent)' }
      await until(async () => {
        const now = await rowsOf()
        return cases.every(({ after }, i) => after === undefined || now.get(`c${i}`)?.status === before[after])
      })
      const seen = rude.map((each) => each.asked)
      for (const [i, { reply }] of cases.entries()) (rude[i] as Rude).reply = speaking[i]?.line() ?? reply
      // Each has been asked twice more, so that the first answer was taken.
      const silent = (i: number) => cases[i]?.reply === refused || direct[i] !== undefined
      await until(() => rude.every(({ asked }, i) => silent(i) || asked >= (seen[i] as number) + 3))
    })

    /** What HAProxy has made of a case; a check under way leaves some of it out for the moment. */
    async function expectTaken(each: Case, name: string): Promise<void> {
      const row = (await rowsOf()).get(name) as StatRow
      const state = (await runtime.serversState('cases')).find(({ server }) => server === name)

      expect(row.status).toBe(each.status ?? 'UP')
      expect(row.weight).toBe(each.weight ?? 100)
      expect(row.sessionLimit).toBe(each.slim === '' ? undefined : (each.slim ?? 50))
      if (each.agent_status !== undefined) expect(row.agentStatus).toBe(each.agent_status)
      if (each.last_agt !== undefined) expect(row.lastAgent).toContain(each.last_agt)
      const bits = (field: string) => Number(state?.fields[field])
      if (each.srv_op_state !== undefined) expect(bits('srv_op_state')).toBe(each.srv_op_state)
      if (each.srv_admin_state !== undefined) expect(bits('srv_admin_state')).toBe(each.srv_admin_state)
    }

    it('knows 31 cases', () => expect(cases).toHaveLength(31))

    it.each(
      cases.map((each, i) => [each.after === undefined ? '' : ` after ${each.after}`, each.reply, each, i] as const),
    )('takes%s %j as recorded', async (_after, _reply, each, i) => {
      await vi.waitFor(() => expectTaken(each, `c${i}`), { timeout: 15_000, interval: 20 })
    })

    it('gets the well-formed answers from our agent, byte for byte', () => {
      const said = cases.map(({ reply }, i) => [reply, speaking[i]?.line()]).filter(([, line]) => line !== undefined)

      expect(new Set(said.map(([reply]) => reply))).toEqual(new Set(Object.keys(ours)))
      for (const [reply, line] of said) expect(line).toBe(reply)
    })

    it('directs traffic by the answers of our agents', async () => {
      utilisation.a = 0.8
      utilisation.b = 0.2
      const weights = async () => (await runtime.serversState('fleet')).map(({ weight }) => weight)
      await until(async () => (await weights()).join() === '20,80')
      expectShares(await shares(urls.fleet), { a: 0.2, b: 0.8 })

      agents[1]?.drain()
      await until(async () => (await runtime.serversState('fleet'))[1]?.admin === 'drain')
      expectShares(await shares(urls.fleet, 200), { a: 1 })
      agents[1]?.ready()
      await until(async () => (await runtime.serversState('fleet'))[1]?.admin === 'ready')
    })
  })

  it('picks by 5/1/1 in its own order, each server as often as weighted() does', async () => {
    const { weights, seq } = golden.cases.roundrobin_5_1_1
    const members = Object.entries(weights).map(([target, weight]) => ({ target, weight }))
    const pool = failoverPool(members, { selection: weighted() })
    const client = new Client()
    const [theirs, ours]: [string[], string[]] = [[], []]
    for (let i = 0; i < seq.length; i++) {
      theirs.push(await client.get(urls.rr511))
      ours.push(await pool.execute(({ target }) => target))
    }
    client.close()

    expect(theirs.join('')).toBe(seq)
    for (let i = 0; i + 7 <= seq.length; i += 7) {
      expect(ours.slice(i, i + 7).sort()).toEqual(theirs.slice(i, i + 7).sort())
    }
  })

  describe('its runtime API', () => {
    const recorded = protocol.runtime_api.cases as readonly {
      readonly cmd: string
      readonly reply?: string
      readonly reply_starts?: string
      readonly 'then get weight'?: string
      readonly srv_admin_state?: number
    }[]

    /** A recorded command, by the method there is for it. */
    function told(cmd: string): Promise<unknown> {
      const [, backendName = '', server = '', what = '', value = ''] =
        /^set server (\w+)\/(\w+) (weight|state|health) (\S+)$/.exec(cmd) ?? []
      if (what === 'weight')
        return runtime.setWeight(backendName, server, (value.endsWith('%') ? value : Number(value)) as HaproxyWeight)
      if (what === 'state')
        return runtime.setState(backendName, server, value === 'maint' ? 'maintenance' : (value as 'drain'))
      if (what === 'health') return runtime.setHealth(backendName, server, value as 'down')
      if (cmd.startsWith('get weight')) {
        return runtime.weight('rr511', 'a').then(({ weight, initial }) => `${weight} (initial ${initial})`)
      }
      if (cmd === 'set maxconn server agt/a 20') return runtime.setMaxConnections('agt', 'a', 20)
      return runtime.command(cmd)
    }

    it.each(recorded.map((each) => [each.cmd, each] as const))('answers %j as recorded', async (_cmd, each) => {
      // The recorded address is that of the server at the time.
      const [, port] = /port (\d+)/.exec(each.cmd) ?? []
      const real = (await runtime.serversState('rr511'))[0]?.port
      const cmd = port === undefined ? each.cmd : each.cmd.replace(port, String(real))
      const answer = await told(cmd).catch((error: { reply?: string }) => error.reply ?? error)

      const wanted = each.reply ?? expect.stringContaining(each.reply_starts as string)
      expect(answer ?? '').toEqual(wanted)
      const weight = each['then get weight']
      if (weight !== undefined) expect(await runtime.command('get weight rr511/a')).toBe(weight)
      const [server] = await runtime.serversState('rr511')
      if (each.srv_admin_state !== undefined) {
        expect(server?.fields['srv_admin_state']).toBe(String(each.srv_admin_state))
      }
    })

    it('shows the values that were set', async () => {
      const row = (await runtime.stat()).find(({ proxy, server }) => proxy === 'agt' && server === 'a')

      expect(row?.sessionLimit).toBe(20)
      expect((await runtime.serversState()).length).toBe(2 + 3 + 3 + 1 + 3 + cases.length)
    })

    it('rejects a client without permission, and an unknown server', async () => {
      await expect(runtime.serversState('nobody')).rejects.toMatchObject({ reply: "Can't find backend." })
      await expect(runtime.weight('rr511', 'zz')).rejects.toMatchObject({ reply: 'No such server.' })
      const user = haproxyRuntime({ path: `${path}.user` })
      const denied = { reply: 'Permission denied' }
      await expect(user.setWeight('rr511', 'a', 5)).rejects.toMatchObject(denied)
      await expect(user.command('set server rr511/a weight 5')).rejects.toMatchObject(denied)
    })

    it('directs traffic by the weights that were set', async () => {
      for (const [name, weight] of [
        ['a', 10],
        ['b', 60],
        ['c', 30],
      ] as const)
        await runtime.setWeight('rr511', name, weight)

      expectShares(await shares(urls.rr511), { a: 0.1, b: 0.6, c: 0.3 })
    })
  })

  describe('steered by a pool', () => {
    it('follows the pool’s measurements, ejections and drains, and is restored to its configuration', async () => {
      const times: Record<string, number> = { a: 5, b: 40, c: 40 }
      const pool = failoverPool(['a', 'b', 'c'])
      const faults: unknown[] = []
      const onFault = ({ error }: { error: unknown }) => faults.push(error)
      const steering = steerHaproxy(pool, runtime, { backend: 'steered', every: '50ms', onFault })
      const weights = async () => (await runtime.serversState('steered')).map(({ weight }) => weight)
      let failing = ''
      const call = () =>
        pool.execute(async ({ target }) => {
          await new Promise((resolve) => setTimeout(resolve, times[target]))
          if (target === failing) throw new Error('down')
        })
      await until(async () => {
        await call()
        const [a = 0, b = 0] = await weights()
        return a > 2 * b
      })
      // What was learnt is in force once the weights stand still.
      let last = ''
      await until(
        async () => {
          const before = last
          last = (await weights()).join()
          return last === before
        },
        15_000,
        150,
      )
      const [a = 0, b = 0, c = 0] = await weights()
      const sum = a + b + c
      expectShares(await shares(urls.steered, 1000), { a: a / sum, b: b / sum, c: c / sum })

      failing = 'b'
      while (pool.members[1]?.state !== 'ejected') await call()
      await until(async () => (await weights())[1] === 0)
      expect(Object.keys(await shares(urls.steered, 200)).sort()).toEqual(['a', 'c'])
      void pool.drain('c')
      await until(async () => (await runtime.serversState('steered'))[2]?.admin === 'drain')
      expectShares(await shares(urls.steered, 200), { a: 1 })

      await steering.close()
      expect(await weights()).toEqual([100, 100, 100])
      expect((await runtime.serversState('steered')).map(({ admin }) => admin)).toEqual(['ready', 'ready', 'ready'])
      expect(faults).toEqual([])
    })
  })
})
