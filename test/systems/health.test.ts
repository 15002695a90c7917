/** Endpoints beside live balancers: who drains gets no traffic before it closes, and who comes back gets some. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { haproxyRuntime } from 'holdfast/haproxy'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Client } from './support/client.ts'
import { describeSystem, freePorts, launch, listens, pause, type Running, scratch, until } from './support/system.ts'

// Other tests may keep the machine busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const root = new URL('../../', import.meta.url).pathname
const folder = scratch()
const script = join(folder, 'service.mjs')

beforeAll(async () => {
  await build({
    entryPoints: [`${root}test/systems/health/service.ts`],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    tsconfig: `${root}tsconfig.json`,
  })
})

const services = new Set<Running>()
afterEach(async () => {
  await Promise.all([...services].map((running) => running.stop('SIGKILL')))
  services.clear()
})

/** Starts a service that waits so many ms at SIGTERM. */
async function service(name: string, port: number, after: number, whileDraining = 'serves'): Promise<Running> {
  const ready = () => until(() => listens(port))
  const running = await launch(process.execPath, [script, name, `${port}`, `${after}`, whileDraining], { ready })
  services.add(running)
  return running
}

/** Clients that never rest, and what came of their calls. */
class Load {
  readonly failed: unknown[] = []
  readonly served: Record<string, number> = {}
  #over = false
  readonly #running: Promise<unknown>

  constructor(url: string, clients = 6) {
    const client = new Client()
    const one = async (): Promise<void> => {
      while (!this.#over) {
        try {
          const name = await client.get(url)
          this.served[name] = (this.served[name] ?? 0) + 1
        } catch (error) {
          this.failed.push(error)
          await pause(5)
        }
      }
    }
    this.#running = Promise.all(Array.from({ length: clients }, one)).then(() => client.close())
  }

  /** Waits until each of these has served so many calls more. */
  async serves(...names: readonly string[]): Promise<void> {
    const before = { ...this.served }
    await until(() => names.every((name) => (this.served[name] ?? 0) > (before[name] ?? 0) + 20))
  }

  /** Waits until those under way have ended; from then on the first one serves nothing, and the other all. */
  async leaves(from: string, to: string): Promise<void> {
    await this.serves(to)
    const before = this.served[from]
    await this.serves(to)
    expect(this.served[from]).toBe(before)
  }

  async stop(): Promise<void> {
    this.#over = true
    await this.#running
  }
}

const post = (port: number, path: string) => new Client().post(`http://127.0.0.1:${port}${path}`, '')

describeSystem('a live HAProxy', ['haproxy'], () => {
  const path = join(folder, 'admin.sock')
  const runtime = haproxyRuntime({ path, timeout: '20s' })
  let ports: readonly number[] = []
  let url = ''
  const status = async (server: string) => (await runtime.stat()).find((row) => row.server === server)?.status
  const isUp = (server: string) => until(async () => (await status(server)) === 'UP')
  const isDown = (server: string) => until(async () => (await status(server))?.startsWith('DOWN') === true)

  beforeAll(async () => {
    ports = await freePorts(3)
    const [front, a, b] = ports
    url = `http://127.0.0.1:${front}/`
    // Nothing is tried twice, so that each request to who is gone is one that fails.
    const config = `
global
  stats socket ${path} mode 600 level admin
defaults
  mode http
  retries 0
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  timeout check 2s
listen web
  bind 127.0.0.1:${front}
  option httpchk
  http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host service
  http-check expect status 200-399
  default-server check inter 100ms fall 2 rise 2
  server a 127.0.0.1:${a}
  server b 127.0.0.1:${b}
`
    const file = join(folder, 'haproxy.cfg')
    writeFileSync(file, config)
    await launch('haproxy', ['-f', file, '-db'], { ready: () => until(() => listens(front as number)) })
  })

  /** Both services, behind HAProxy, under load. */
  async function both(after: number) {
    const [, a = 0, b = 0] = ports
    // Those of the test before are out.
    await Promise.all([isDown('a'), isDown('b')])
    const [first] = await Promise.all([service('a', a, after), service('b', b, after)])
    await Promise.all([isUp('a'), isUp('b')])
    const load = new Load(url)
    await load.serves('a', 'b')
    return { first, load, port: a }
  }

  it('sends nothing to a server that drains before it closes, so that no request fails', async () => {
    const { first, load, port } = await both(2500)
    expect(load.failed).toEqual([])
    first.child.kill('SIGTERM')
    await isDown('a')
    expect(first.output()).not.toContain('closing')
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200)
    expect(await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()).toMatchObject({ notes: ['draining'] })
    await load.leaves('a', 'b')
    await first.ended
    expect(first.output()).toContain('closing\nexit 0 closed')
    await load.serves('b')

    await service('a', port, 1500)
    await isUp('a')
    await load.serves('a', 'b')
    await load.stop()
    expect(load.failed).toEqual([])
  })

  it('loses requests to a server that closes at once', async () => {
    const { first, load } = await both(0)
    first.child.kill('SIGTERM')
    await isDown('a')
    await first.ended
    await load.stop()

    expect(load.failed.length).toBeGreaterThan(0)
  })

  it('takes out a server that reports it cannot serve, and takes it back without a restart', async () => {
    const { load, port } = await both(0)
    await post(port, '/bad')
    await isDown('a')
    await load.leaves('a', 'b')
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200)
    await post(port, '/good')
    await isUp('a')
    await load.serves('a', 'b')
    expect(load.failed).toEqual([])
    await load.stop()
  })

  it('takes out a killed server, and takes in a restarted one', async () => {
    const { first, load, port } = await both(0)
    await first.stop('SIGKILL')
    await isDown('a')
    await load.serves('b')
    await service('a', port, 0)
    await isUp('a')
    await load.serves('a', 'b')
    await load.stop()
  })
})

describeSystem('a live Nginx', ['nginx'], () => {
  let ports: readonly number[] = []
  let url = ''

  beforeAll(async () => {
    ports = await freePorts(3)
    const [front, a, b] = ports
    url = `http://127.0.0.1:${front}/`
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path t_${name};`)
    const config = `
worker_processes 1;
daemon off;
pid ${join(folder, 'nginx.pid')};
error_log stderr error;
events { worker_connections 512; }
http {
  access_log off;
  ${temporary.join(' ')}
  proxy_next_upstream error timeout http_503;
  upstream web {
    server 127.0.0.1:${a} max_fails=1 fail_timeout=1s;
    server 127.0.0.1:${b} max_fails=1 fail_timeout=1s;
  }
  server { listen 127.0.0.1:${front}; location / { proxy_pass http://web; } }
}
`
    writeFileSync(join(folder, 'nginx.conf'), config)
    const args = ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')]
    await launch('nginx', args, { ready: () => until(() => listens(front as number)) })
  })

  it('moves on from a service that answers 503 while it drains, stops, and comes back', async () => {
    const [, a = 0, b = 0] = ports
    const [first] = await Promise.all([service('a', a, 1500, 'refuses'), service('b', b, 1500, 'refuses')])
    const load = new Load(url)
    await load.serves('a', 'b')
    first.child.kill('SIGTERM')
    await until(async () => (await fetch(`http://127.0.0.1:${a}/`)).status === 503)
    await load.leaves('a', 'b')
    expect(first.output()).not.toContain('closing')
    await first.ended
    await load.serves('b')

    const again = await service('a', a, 1500, 'refuses')
    await load.serves('a', 'b')
    await again.stop('SIGKILL')
    await load.serves('b')
    await load.stop()
    expect(load.failed).toEqual([])
  })
})

describe('a process', () => {
  it('answers each kind of kubelet probe by its purpose', async () => {
    const [port = 0] = await freePorts(1)
    const running = await service('a', port, 60_000)
    const codes = () =>
      Promise.all(
        ['livez', 'startupz', 'readyz'].map(async (path) => (await fetch(`http://127.0.0.1:${port}/${path}`)).status),
      )
    await post(port, '/bad')
    expect(await codes()).toEqual([200, 503, 503])
    await post(port, '/good')
    expect(await codes()).toEqual([200, 200, 200])
    await post(port, '/bad')
    expect(await codes()).toEqual([200, 200, 503])
    await post(port, '/good')
    running.child.kill('SIGTERM')
    await until(async () => (await codes())[2] === 503)
    expect(await codes()).toEqual([200, 200, 503])
  })

  it('ends at a second signal at once, as a process that the signal killed', async () => {
    const [port = 0] = await freePorts(1)
    const running = await service('a', port, 60_000)
    const ended = new Promise((resolve) => running.child.once('exit', (...how) => resolve(how)))
    running.child.kill('SIGTERM')
    await until(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 503)
    running.child.kill('SIGTERM')

    expect(await ended).toEqual([143, null])
    await until(() => running.output().includes('exit 143 draining'))
  })
})
