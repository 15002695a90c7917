/** The demo with `--dashboard` and `--metrics`: what a browser and Prometheus get of it, beside its own report. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { staged } from './demo/staged.ts'
import { instant } from './prometheus/asking.ts'
import { Client } from './support/client.ts'
import { describeSystem, freePorts, launch, pathOf, scratch, until } from './support/system.ts'

// Other tests may keep the machine busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const monitoring = new URL('../../monitoring/', import.meta.url).pathname
const folder = scratch()
const client = new Client()
let program = ''

beforeAll(async () => {
  program = await staged(folder)
})

afterAll(() => client.close())

interface Result {
  readonly seconds: number
  readonly members: readonly {
    readonly name: string
    readonly availability: number
    readonly measuredDowntime: number
    readonly failures: number
  }[]
}

describe('the demo', () => {
  const refused = (...args: readonly string[]) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' })
    return { status, stderr, stdout }
  }

  const options = ['--dashboard', '--metrics'] as const

  it.each(['0', '65536', '-1', '80.5', 'http'])('refuses %s as a port', (port) => {
    for (const option of options) {
      const stderr = `${option} must be a port from 1 to 65535, got ${port}\n`

      expect(refused(`${option}=${port}`)).toEqual({ status: 2, stdout: '', stderr })
    }
  })

  it.each(options)('says that the port of %s is in use', async (option) => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    const found = refused(`${option}=${port}`)
    taken.close()

    expect(found).toEqual({ status: 2, stdout: '', stderr: `${option}: port ${port} is in use\n` })
  })

  it('picks a free port if none is given, prints it, and serves only metrics there', async () => {
    const demo = await launch(process.execPath, [program, '--metrics'])
    const url = () => /^Metrics for Prometheus: (.*)$/m.exec(demo.output())?.[1]
    await until(() => url() !== undefined)
    const text = await client.get(url() as string)
    const other = await fetch(new URL('/', url()))
    await demo.stop('SIGINT')

    expect(text).toContain('holdfast_calls_total{policy="shop",outcome="success"}')
    expect(other.status).toBe(404)
    expect(demo.output()).toContain('Interrupted: this is the report so far.')
    await expect(client.get(url() as string)).rejects.toThrow()
  })
})

describe('the page of the demo', () => {
  it('is served while it runs, and shows what happens', async () => {
    const demo = await launch(process.execPath, [program, '--dashboard', '--json'])
    const url = () => /^Dashboard: (.*)$/m.exec(demo.output())?.[1]
    await until(() => url() !== undefined)
    const page = await fetch(url() as string)
    const events = await fetch(`${url()}?events`)
    const reader = (events.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
    let told = ''
    while (!/event: frame\ndata: .*\n/.test(told)) told += (await reader.read()).value ?? ''
    await demo.stop('SIGINT')

    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await page.text()).toContain('<title>holdfast</title>')
    const hello = JSON.parse(/event: hello\ndata: (.*)\n/.exec(told)?.[1] as string) as { facts: object; title: string }
    expect(hello.title).toBe('holdfast demo')
    expect(Object.keys(hello.facts)).toEqual(
      expect.arrayContaining(['component:shop', 'component:replicas/a', 'objective:shop', 'policy:shop', 'calls:shop']),
    )
  })
})

describeSystem('the demo beside a live Prometheus', ['prometheus', 'promtool'], () => {
  const interval = 1

  it('has valid metrics, which agree with its report', async () => {
    const [demoPort, port] = (await freePorts(2)) as [number, number]
    const prometheus = `http://127.0.0.1:${port}`
    await launchPrometheus(demoPort, port)
    const one = async (query: string) => (await instant(prometheus, query))[0]?.values[0]?.[1]
    // It takes its time before it first asks; nobody is there then.
    await until(async () => (await one('up')) === 0)
    const demo = await launch(process.execPath, [
      program,
      '--json',
      '--seconds=12',
      '--rate=40',
      `--metrics=${demoPort}`,
    ])
    const url = `http://127.0.0.1:${demoPort}/metrics`
    await until(() => client.get(url))
    const checked = spawnSync(pathOf('promtool') as string, ['check', 'metrics'], {
      input: await client.get(url),
      encoding: 'utf8',
    })
    expect([checked.status, checked.stdout, checked.stderr]).toEqual([0, '', ''])

    await demo.ended
    const result = JSON.parse(demo.output().slice(demo.output().indexOf('\n{\n'))) as Result
    for (const { name, availability, measuredDowntime, failures } of result.members) {
      const labels = `component="replicas/${name}"`
      const down = await one(`max_over_time(holdfast_component_state_time_seconds_total{${labels},state="down"}[5m])`)
      // As the shipped rule records it, once it has been evaluated after the last scrape.
      const recorded = await one(`last_over_time(component:holdfast_availability:ratio5m{${labels}}[5m])`)

      // It is hurt once; a busy machine may see more.
      expect(failures, name).toBeGreaterThanOrEqual(1)
      expect(Math.abs((down as number) - measuredDowntime / 1000), name).toBeLessThan(interval)
      expect(Math.abs((recorded as number) - availability), name).toBeLessThan(interval / result.seconds)
    }
  })

  async function launchPrometheus(demoPort: number, port: number): Promise<void> {
    copyFileSync(`${monitoring}holdfast-rules.yml`, join(folder, 'holdfast-rules.yml'))
    const config = readFileSync(`${monitoring}prometheus.yml`, 'utf8')
      .replaceAll('15s', `${interval}s`)
      .replace('127.0.0.1:9464', `127.0.0.1:${demoPort}`)
    writeFileSync(join(folder, 'prometheus.yml'), config)
    await launch(
      'prometheus',
      ['--config.file=prometheus.yml', `--storage.tsdb.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`],
      { cwd: folder, ready: () => until(() => client.get(`http://127.0.0.1:${port}/-/ready`)) },
    )
  }
})
