import { type HealthDetails, type HealthEndpointsOptions, healthEndpoints } from 'holdfast/health'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { asked } from './asked.ts'

const wall = Date.UTC(2026, 0, 2, 3, 4, 5)

/** What is said of a service where everything can be wrong. */
async function parseResult(details?: HealthDetails, options?: HealthEndpointsOptions) {
  const clock = virtualClock({ wall })
  const health = healthEndpoints({
    tracker: { state: (name) => (name === 'stock' ? 'degraded' : 'unknown') },
    components: ['stock', 'api/http://10.0.0.1:8000'],
    checks: {
      database: {
        type: 'datastore',
        check: () => {
          throw new Error('password "hunter2" refused')
        },
      },
      pool: {
        measurement: 'connections',
        check: () => ({ state: 'up', value: 7, unit: 'connections', output: 'fine' }),
      },
      disk: { type: 'system', measurement: 'utilization', check: () => 'up' },
      cache: { check: async () => ({ state: 'degraded', output: 'cold' }) },
    },
    optional: ['database'],
    version: '1',
    releaseId: '1.2.3',
    serviceId: 'shop',
    description: 'the shop',
    clock,
    ...(details && { details }),
    ...options,
  })
  return asked(health.ready)
}

const identity = { version: '1', releaseId: '1.2.3', serviceId: 'shop', description: 'the shop' }

describe('the body', () => {
  it("contains only the status with details 'none'", async () => {
    expect(await parseResult('none')).toEqual({ status: 200, body: { status: 'warn' } })
  })

  it('contains names and states by default, and no errors', async () => {
    const about = (componentId: string, componentType: string, status: string) => [
      { componentId, componentType, status },
    ]

    expect(await parseResult()).toEqual({
      status: 200,
      body: {
        status: 'warn',
        ...identity,
        checks: {
          stock: about('stock', 'component', 'warn'),
          'api/http%3A//10.0.0.1%3A8000': about('api/http://10.0.0.1:8000', 'component', 'warn'),
          'database:responseTime': about('database', 'datastore', 'fail'),
          'pool:connections': about('pool', 'component', 'pass'),
          'disk:utilization': about('disk', 'system', 'pass'),
          'cache:responseTime': about('cache', 'component', 'warn'),
        },
      },
    })
    expect(await parseResult('states')).toEqual(await parseResult())
  })

  it("contains everything with details 'full'", async () => {
    const time = '2026-01-02T03:04:05.000Z'
    const { body } = await parseResult('full')

    expect(body).toMatchObject(identity)
    expect(body.checks).toEqual({
      stock: [{ componentId: 'stock', componentType: 'component', observedValue: 'degraded', status: 'warn', time }],
      'api/http%3A//10.0.0.1%3A8000': [
        {
          componentId: 'api/http://10.0.0.1:8000',
          componentType: 'component',
          observedValue: 'unknown',
          status: 'warn',
          time,
        },
      ],
      'database:responseTime': [
        {
          componentId: 'database',
          componentType: 'datastore',
          observedValue: 0,
          observedUnit: 'ms',
          status: 'fail',
          time,
          output: 'Error: password "hunter2" refused',
        },
      ],
      'pool:connections': [
        {
          componentId: 'pool',
          componentType: 'component',
          observedValue: 7,
          observedUnit: 'connections',
          status: 'pass',
          time,
        },
      ],
      'disk:utilization': [{ componentId: 'disk', componentType: 'system', status: 'pass', time }],
      'cache:responseTime': [
        {
          componentId: 'cache',
          componentType: 'component',
          observedValue: 0,
          observedUnit: 'ms',
          status: 'warn',
          time,
          output: 'cold',
        },
      ],
    })
  })

  it('has the duration of a check, and the time of its end', async () => {
    const clock = virtualClock({ wall })
    const health = healthEndpoints({ checks: { slow: () => new Promise(() => {}) }, details: 'full', clock })
    const { body } = await clock.settle(asked(health.ready))

    expect(body.checks?.['slow:responseTime']?.[0]).toMatchObject({
      observedValue: 800,
      observedUnit: 'ms',
      time: '2026-01-02T03:04:05.800Z',
      output: 'TimeoutError: The check took too long',
    })
  })

  it('can depend on the request', async () => {
    const details = vi.fn<Exclude<HealthEndpointsOptions['details'], string | undefined>>(({ header }) =>
      header('authorization') === 'Bearer inside' ? 'full' : 'none',
    )
    const { ready } = healthEndpoints({ version: '1', details })

    expect((await asked(ready, { headers: { Authorization: 'Bearer inside' } })).body).toEqual({
      status: 'pass',
      version: '1',
    })
    expect((await asked(ready)).body).toEqual({ status: 'pass' })
  })

  it('reveals the least when the function fails, and reports a fault', async () => {
    const faults: string[] = []
    const onFault: NonNullable<HealthEndpointsOptions['onFault']> = ({ source, error }) =>
      faults.push(`${source}: ${(error as Error).message}`)
    const functions = [
      () => {
        throw new Error('no idea')
      },
      () => 'all',
      () => Promise.reject(new Error('late')),
    ]
    for (const details of functions) {
      const { ready } = healthEndpoints({ version: '1', details: details as never, onFault })
      expect(await asked(ready)).toEqual({ status: 200, body: { status: 'pass' } })
    }

    expect(faults).toEqual([
      'details: no idea',
      `details: healthEndpoints: details must return one of 'none', 'states', 'full', got "all"`,
      `details: healthEndpoints: details must return one of 'none', 'states', 'full', got a promise`,
    ])
  })

  it('cuts long text, and keeps any text inside its field', async () => {
    const rude = `</script>"\u0000\n\ud83d${'x'.repeat(10_000)}`
    const checks = {
      thrown: () => Promise.reject(new Error(rude)),
      text: () => Promise.reject(rude),
      told: () => ({ state: 'down', output: rude, value: rude, unit: rude }) as const,
      odd: () => Promise.reject({ secret: rude }),
      unreadable: () =>
        Promise.reject(
          Object.defineProperty(new Error(), 'message', {
            get() {
              throw new Error('again')
            },
          }),
        ),
    }
    const { ready } = healthEndpoints({ checks, details: 'full' })
    const response = await ready(new Request('http://service/'))
    const text = await response.text()
    const body = JSON.parse(text) as { checks: Record<string, { output: string }[]> }

    expect(text.length).toBeLessThan(3000)
    expect(body.checks['thrown:responseTime']?.[0]?.output).toBe(`Error: ${rude}`.slice(0, 200).concat('…'))
    expect(body.checks['told:responseTime']?.[0]).toMatchObject({
      output: `${rude.slice(0, 200)}…`,
      observedValue: `${rude.slice(0, 200)}…`,
      observedUnit: `${rude.slice(0, 200)}…`,
    })
    expect(body.checks['odd:responseTime']?.[0]?.output).toBe('an object')
    expect(body.checks['unreadable:responseTime']?.[0]?.output).toBe('an error that cannot be read')
  })
})
