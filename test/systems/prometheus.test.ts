/** The exporter beside a live Prometheus, with the rules, the alerts and the dashboard that are shipped. */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { instant, range } from './prometheus/asking.ts'
import { Client } from './support/client.ts'
import { describeSystem, freePorts, launch, pathOf, pause, scratch, until } from './support/system.ts'

// Other tests may keep the machine busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const root = new URL('../../', import.meta.url).pathname
const shipped = (name: string) => `${root}monitoring/${name}`
const interval = 1

const tool = (program: string, ...args: readonly string[]): string =>
  execFileSync(pathOf(program) as string, args, { encoding: 'utf8', cwd: root })

describeSystem('the files that are shipped', ['promtool', 'amtool'], () => {
  it('are valid according to promtool and amtool', () => {
    expect(tool('promtool', 'check', 'rules', shipped('holdfast-rules.yml'))).toContain('SUCCESS')
    expect(tool('promtool', 'check', 'config', shipped('prometheus.yml'))).toContain('SUCCESS')
    expect(tool('amtool', 'check-config', shipped('alertmanager.yml'))).toContain('SUCCESS')
  })

  it('record and alert in the cases where they should, and in no other', () => {
    expect(tool('promtool', 'test', 'rules', 'test/systems/prometheus/rules-test.yml')).toContain('SUCCESS')
  })
})

describeSystem('a live Prometheus', ['prometheus', 'promtool', 'prometheus-alertmanager'], () => {
  const folder = scratch()
  const client = new Client()
  const pages: { status: string; alerts: readonly { labels: Record<string, string> }[] }[] = []
  const receiver = createServer(async (request, response) => {
    let body = ''
    for await (const data of request) body += String(data)
    if (request.url === '/page') pages.push(JSON.parse(body))
    response.end()
  })
  let app = ''
  let prometheus = ''
  const mode = (mode: string) => client.post(`${app}/mode`, mode)
  const one = async (query: string, time?: number) => (await instant(prometheus, query, time))[0]?.values[0]?.[1]

  beforeAll(async () => {
    const [appPort, port, alertPort, hookPort] = (await freePorts(4)) as [number, number, number, number]
    app = `http://127.0.0.1:${appPort}`
    prometheus = `http://127.0.0.1:${port}`
    const bundle = join(folder, 'app.cjs')
    await build({
      entryPoints: [`${root}test/systems/prometheus/app.ts`],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    })
    await launch(process.execPath, [bundle, String(appPort)], {
      ready: () => until(() => client.get(`${app}/metrics`)),
    })
    await new Promise<void>((resolve) => receiver.listen(hookPort, '127.0.0.1', resolve))
    const alerting = readFileSync(shipped('alertmanager.yml'), 'utf8')
      .replaceAll('127.0.0.1:9099', `127.0.0.1:${hookPort}`)
      .replace('group_wait: 10s', 'group_wait: 0s')
    writeFileSync(join(folder, 'alertmanager.yml'), alerting)
    copyFileSync(shipped('holdfast-rules.yml'), join(folder, 'holdfast-rules.yml'))
    const config = readFileSync(shipped('prometheus.yml'), 'utf8')
      .replaceAll('15s', `${interval}s`)
      .replace('127.0.0.1:9093', `127.0.0.1:${alertPort}`)
      .replace('127.0.0.1:9464', `127.0.0.1:${appPort}`)
    writeFileSync(join(folder, 'prometheus.yml'), config)
    const listen = (port: number) => `--web.listen-address=127.0.0.1:${port}`
    await Promise.all([
      launch(
        'prometheus-alertmanager',
        [
          '--config.file=alertmanager.yml',
          `--storage.path=${folder}/am`,
          listen(alertPort),
          '--cluster.listen-address=',
        ],
        { cwd: folder, ready: () => until(() => client.get(`http://127.0.0.1:${alertPort}/-/ready`)) },
      ),
      launch('prometheus', ['--config.file=prometheus.yml', `--storage.tsdb.path=${folder}/data`, listen(port)], {
        cwd: folder,
        ready: () => until(() => client.get(`${prometheus}/-/ready`)),
      }),
    ])
    await until(async () => ((await one('holdfast_component_state_time_seconds_total{state="up"}')) ?? 0) > 1)
  })

  afterAll(async () => {
    client.close()
    receiver.closeAllConnections()
    await new Promise((resolve) => receiver.close(resolve))
  })

  it('accepts the names', async () => {
    const text = await client.get(`${app}/metrics`)
    const { status, stdout, stderr } = spawnSync(pathOf('promtool') as string, ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    })

    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('records an outage that is shorter than its interval', async () => {
    const down = 'holdfast_component_state_time_seconds_total{component="checkout",state="down"}'
    const opened = 'holdfast_circuit_breaker_transitions_total{breaker="payments",from="closed",to="open"}'
    const before = (await one(down)) as number
    await mode('fail')
    await pause(100)
    await mode('ok')
    await until(async () => ((await one(opened)) ?? 0) >= 1)
    await pause(2 * interval * 1000)
    const lost = ((await one(down)) as number) - before

    expect(lost).toBeGreaterThan(0)
    expect(lost).toBeLessThan(interval)
    expect(await one(`increase(${opened}[1m])`)).toBeGreaterThan(0)
  })

  it('pages while an objective burns', async () => {
    await mode('fail')
    await until(() => pages.some(({ status }) => status === 'firing'), 40_000)
    await mode('ok')

    const [page] = pages
    expect(page?.alerts[0]?.labels).toMatchObject({
      alertname: 'HoldfastErrorBudgetBurn',
      severity: 'page',
      slo: 'checkout',
      job: 'app',
    })
  })

  it('computes the availability that the tracker reports', async () => {
    await mode('fail')
    await pause(3000 * interval)
    await mode('ok')
    await pause(3000 * interval)
    const up = 'holdfast_component_state_time_seconds_total{component="checkout",state="up"}'
    const seen = (await instant(prometheus, `${up}[5m]`))[0]?.values ?? []
    const [from, to] = [seen[0]?.[0] as number, seen.at(-1)?.[0] as number]
    const params = new URLSearchParams({ from: String(from * 1000), to: String(to * 1000) })
    const report = JSON.parse(await client.get(`${app}/report?${params}`)) as Record<string, number>
    const labels = '{component="checkout"}'
    const recorded = (await one(`component:holdfast_availability:ratio5m${labels}`)) as number
    const [first, last] = await Promise.all(
      [from, to].map((time) =>
        one('holdfast_component_state_time_seconds_total{component="checkout",state="down"}', time),
      ),
    )

    expect(report['downtime']).toBeGreaterThan(2000)
    const counted = (last as number) - (first as number)
    expect(Math.abs(counted - (report['downtime'] as number) / 1000)).toBeLessThan(interval)
    expect(Math.abs(recorded - (report['availability'] as number))).toBeLessThan(interval / (to - from))
    expect(await one(`holdfast_component_failures_total${labels}`)).toBeGreaterThanOrEqual(2)
  })

  it('has data for every query of the dashboard', async () => {
    await mode('fail')
    await pause(2500 * interval)
    await mode('ok')
    await pause(2500 * interval)
    const dashboard = JSON.parse(readFileSync(shipped('holdfast-dashboard.json'), 'utf8')) as {
      panels: readonly { title: string; targets?: readonly { expr: string; legendFormat: string }[] }[]
    }
    const targets = dashboard.panels.flatMap(({ title, targets = [] }) =>
      targets.map((target) => ({ title, ...target })),
    )
    const empty: string[] = []
    for (const { title, expr, legendFormat } of targets) {
      const query = expr
        .replaceAll('$__rate_interval', `${8 * interval}s`)
        .replaceAll('$__range', '5m')
        .replaceAll('$job', 'app')
      const found = await range(prometheus, query, 30)
      if (!found.some(({ values }) => values.some(([, value]) => Number.isFinite(value))))
        empty.push(`${title}: ${query}`)
      const labels = new Set(found.flatMap(({ metric }) => Object.keys(metric)))
      // A label that is empty everywhere is none to Prometheus: only guards have a pool and a member.
      const named = [...legendFormat.matchAll(/{{(\w+)}}/g)].map((match) => match[1] as string)
      const missing = named.filter((label) => !labels.has(label) && !['pool', 'member', 'pipeline'].includes(label))
      if (missing.length > 0) empty.push(`${title}: no label ${missing.join(', ')}`)
    }

    expect(empty).toEqual([])
    expect(targets.length).toBeGreaterThan(40)
  })
})
