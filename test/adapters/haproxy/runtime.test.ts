import { TimeoutError } from 'holdfast'
import { HaproxyError, type HaproxyRuntime, type HaproxyRuntimeOptions, haproxyRuntime } from 'holdfast/haproxy'
import { virtualClock } from 'holdfast/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type StandIn, standIn } from './stand-in.ts'

const standIns: StandIn[] = []

async function runtimeOn(answer: Parameters<typeof standIn>[0], options: Partial<HaproxyRuntimeOptions> = {}) {
  const haproxy = await standIn(answer)
  standIns.push(haproxy)
  return { haproxy, runtime: haproxyRuntime({ path: haproxy.path, ...options }) }
}

const done = () => '\n'

afterEach(async () => {
  await Promise.all(standIns.splice(0).map((each) => each.close()))
})

describe('haproxyRuntime', () => {
  it('sends one line a command, and returns the answer without trailing blank lines', async () => {
    const { haproxy, runtime } = await runtimeOn((command) => `${command}\n5 (initial 5)\n\n`)

    expect(await runtime.command('show info; show version')).toBe('show info; show version\n5 (initial 5)')
    expect(haproxy.commands).toEqual(['show info; show version'])
    await vi.waitFor(() => expect(haproxy.open.size).toBe(0))
  })

  it("sends the commands in HAProxy's syntax", async () => {
    const { haproxy, runtime } = await runtimeOn(done)
    await runtime.setWeight('api', 'a', 10)
    await runtime.setWeight('api', 'a', '50%')
    await runtime.setState('api', 'a', 'ready')
    await runtime.setState('api', 'a', 'drain')
    await runtime.setState('api', 'a', 'maintenance')
    await runtime.setHealth('api', 'a', 'stopping')
    await runtime.setMaxConnections('api', 'a', 0)

    expect(haproxy.commands).toEqual([
      'set server api/a weight 10',
      'set server api/a weight 50%',
      'set server api/a state ready',
      'set server api/a state drain',
      'set server api/a state maint',
      'set server api/a health stopping',
      'set maxconn server api/a 0',
    ])
  })

  it('reads a weight', async () => {
    const { runtime } = await runtimeOn(() => '2 (initial 5)\n\n')

    expect(await runtime.weight('api', 'a')).toEqual({ weight: 2, initial: 5 })
  })

  it("throws HAProxy's own message, verbatim, when it refuses", async () => {
    const { runtime } = await runtimeOn(() => 'No such server.\n\n')
    const attempts = [
      runtime.weight('api', 'zz'),
      runtime.setWeight('api', 'zz', 300),
      runtime.stat(),
      runtime.serversState('api'),
    ]

    for (const attempt of attempts) await expect(attempt).rejects.toBeInstanceOf(HaproxyError)
    await expect(attempts[1]).rejects.toMatchObject({
      name: 'HaproxyError',
      message: 'HAProxy refused "set server api/zz weight 300": No such server.',
      command: 'set server api/zz weight 300',
      reply: 'No such server.',
    })
  })

  it.each([
    'Unknown command, but maybe one of the following ones is a better match:\n  add acl',
    'Permission denied\n',
  ])('recognises a refusal of any command: %j', async (answer) => {
    const { runtime } = await runtimeOn(() => `${answer}\n`)

    await expect(runtime.command('nosuchcmd')).rejects.toMatchObject({ command: 'nosuchcmd', reply: answer.trim() })
  })

  it('returns the rows of show stat', async () => {
    const text =
      '# pxname,svname,scur,slim,status,weight,type,rtime,check_status,last_agt,agent_status,\n' +
      'api,FRONTEND,1,2000,OPEN,,0,,,,,\n' +
      'api,a,3,50,DOWN (agent),100,2,12,* L7OK,"via agent : fail (disk ""one"", full)",L7STS,\n' +
      'api,BACKEND,3,,UP,200,1,7,,,,\n\n'
    const { runtime } = await runtimeOn(() => text)
    const [frontend, server, backend] = await runtime.stat()

    expect(frontend).toMatchObject({ proxy: 'api', server: 'FRONTEND', type: 'frontend', status: 'OPEN' })
    expect(frontend?.weight).toBeUndefined()
    expect(server).toMatchObject({
      type: 'server',
      status: 'DOWN (agent)',
      weight: 100,
      sessions: 3,
      sessionLimit: 50,
      responseTime: 12,
      checkStatus: 'L7OK',
      agentStatus: 'L7STS',
      lastAgent: 'via agent : fail (disk "one", full)',
    })
    expect(server?.fields['scur']).toBe('3')
    expect(server?.queued).toBeUndefined()
    expect(backend).toMatchObject({ type: 'backend', sessionLimit: undefined, weight: 200 })
  })

  it('reads rows that are short or of an unknown type', async () => {
    const { runtime } = await runtimeOn(() => '# pxname,svname,type\nodd,one,9\nshort\n')

    expect(await runtime.stat()).toMatchObject([
      { proxy: 'odd', server: 'one', type: 'server', status: '' },
      { proxy: 'short', server: '' },
    ])
  })

  it('returns the settings of each server', async () => {
    const header =
      '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_port'
    const rows = [
      '2 api 1 a 10.0.0.1 2 0 5 7 80',
      '2 api 2 b 10.0.0.2 1 8 5 5 80',
      '2 api 3 c 10.0.0.3 0 9 0 5 80',
      '2 api',
    ]
    const { haproxy, runtime } = await runtimeOn(() => `1\n${header}\n${rows.join('\n')}\n\n`)
    const [a, b, c, short] = await runtime.serversState('api')
    await runtime.serversState()

    expect(haproxy.commands).toEqual(['show servers state api', 'show servers state'])
    expect(a).toMatchObject({ backend: 'api', server: 'a', address: '10.0.0.1', port: 80, weight: 5, initialWeight: 7 })
    expect([a, b, c].map((row) => [row?.admin, row?.operation])).toEqual([
      ['ready', 'running'],
      ['drain', 'starting'],
      ['maintenance', 'stopped'],
    ])
    expect(short).toMatchObject({ server: '-', operation: 'stopped', fields: { srv_port: '-' } })
  })
})

describe('names and commands', () => {
  it.each(['', 'a b', 'a;b', 'a\nb', 'a/b', 'ä', '#1', undefined, 5])('refuses the name %j', async (name) => {
    const { haproxy, runtime } = await runtimeOn(done)
    const [given, what] = [name as string, 'a name of letters, digits, and any of -_.:']

    await expect(runtime.setWeight(given, 'a', 1)).rejects.toThrow(`haproxyRuntime: backend must be ${what}, got`)
    await expect(runtime.setState('api', given, 'ready')).rejects.toThrow(`haproxyRuntime: server must be ${what}, got`)
    if (name !== undefined) await expect(runtime.serversState(given)).rejects.toThrow(TypeError)
    expect(haproxy.commands).toEqual([])
  })

  it.each(['', '  ', 'show stat\nshow info', 'show\0stat', undefined])('refuses the command %j', async (command) => {
    const { haproxy, runtime } = await runtimeOn(done)

    await expect(runtime.command(command as string)).rejects.toThrow(
      'haproxyRuntime: command must be a command of one line, got',
    )
    expect(haproxy.commands).toEqual([])
  })

  it('refuses other invalid arguments', async () => {
    const { runtime } = await runtimeOn(done)
    const refused: readonly [(runtime: HaproxyRuntime) => Promise<unknown>, string][] = [
      [(r) => r.setWeight('b', 's', -1), 'weight must be an integer >= 0, or whole percent as in "50%", got -1'],
      [(r) => r.setWeight('b', 's', '5 %'), 'weight must be an integer >= 0, or whole percent as in "50%", got "5 %"'],
      [(r) => r.setState('b', 's', 'maint' as never), "state must be one of 'ready', 'drain', 'maintenance'"],
      [(r) => r.setHealth('b', 's', 'sick' as never), "health must be one of 'up', 'stopping', 'down'"],
      [(r) => r.setMaxConnections('b', 's', 1.5), 'count must be an integer >= 0, got 1.5'],
      [(r) => r.stat({ signal: {} as never }), 'signal must be an AbortSignal, got an object'],
      [(r) => r.stat({ background: 1 as never }), 'background must be a boolean, got 1'],
    ]

    for (const [attempt, message] of refused)
      await expect(attempt(runtime)).rejects.toThrow(`haproxyRuntime: ${message}`)
  })

  it('needs a path or a port', () => {
    const message = 'haproxyRuntime: exactly one of path and port must be given, got'
    expect(() => haproxyRuntime({})).toThrow(`${message} undefined and undefined`)
    expect(() => haproxyRuntime({ path: '/x', port: 1 })).toThrow(`${message} "/x" and 1`)
    expect(() => haproxyRuntime({ port: 0 })).toThrow('haproxyRuntime: port must be an integer from 1 to 65535, got 0')
  })
})

describe('a command that does not end', () => {
  it('fails after its timeout', async () => {
    const clock = virtualClock()
    const { haproxy, runtime } = await runtimeOn(() => undefined, { clock, timeout: '1s', name: 'lb' })
    const asked = runtime.stat()
    await vi.waitFor(() => expect(haproxy.commands).toHaveLength(1))

    await expect(clock.settle(asked)).rejects.toMatchObject({ code: 'HF_TIMEOUT', policy: 'lb', after: 1000 })
    await expect(asked).rejects.toBeInstanceOf(TimeoutError)
    await vi.waitFor(() => expect(haproxy.open.size).toBe(0))
    expect(clock.pending).toBe(0)
  })

  it('fails with the reason of its signal, before and while it runs', async () => {
    const clock = virtualClock()
    const { haproxy, runtime } = await runtimeOn(() => undefined, { clock })
    const controller = new AbortController()
    const asked = runtime.command('show stat', { signal: controller.signal, background: true })
    await vi.waitFor(() => expect(haproxy.commands).toHaveLength(1))
    controller.abort('enough')

    await expect(asked).rejects.toBe('enough')
    await expect(runtime.stat({ signal: controller.signal })).rejects.toBe('enough')
    await vi.waitFor(() => expect(haproxy.open.size).toBe(0))
    expect(clock.pending).toBe(0)
  })

  it('fails when its answer is too long', async () => {
    const chunk = 'x'.repeat(2 ** 20)
    const { runtime } = await runtimeOn((_command, socket) => {
      for (let i = 0; i < 17; i++) socket.write(chunk)
      return undefined
    })

    await expect(runtime.command('show stat')).rejects.toThrow('haproxyRuntime: the answer is too long')
  })
})

describe('an HAProxy that is not running', () => {
  it('fails with the error of Node, over a path and over TCP', async () => {
    const { haproxy, runtime } = await runtimeOn(done)
    await haproxy.close()

    await expect(runtime.stat()).rejects.toMatchObject({ code: 'ENOENT', syscall: 'connect' })
    await expect(haproxyRuntime({ port: 1 }).stat()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it.each(['', '# pxname,svname'])('fails when the answer is cut off: %j', async (part) => {
    const { runtime } = await runtimeOn(() => part)

    await expect(runtime.command('show stat')).rejects.toThrow('haproxyRuntime: the answer was cut off')
  })
})
