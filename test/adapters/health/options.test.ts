import { healthEndpoints } from 'holdfast/health'
import { afterEach, describe, expect, it, vi } from 'vitest'

const check = () => true

afterEach(() => {
  vi.restoreAllMocks()
})

describe('healthEndpoints', () => {
  it.each([
    [{ tracker: {} }, 'healthEndpoints: tracker must be a tracker, got an object'],
    [{ tracker: true }, 'healthEndpoints: tracker must be a tracker, got true'],
    [{ components: ['a'] }, 'healthEndpoints: tracker must be given when components are, got undefined'],
    [{ components: 'a' }, 'healthEndpoints: components must be an array of different names, got "a"'],
    [{ components: ['a', 'a'] }, 'healthEndpoints: components must be an array of different names, got an array'],
    [{ components: [''] }, 'healthEndpoints: components must be an array of different names, got an array'],
    [{ checks: [] }, 'healthEndpoints: checks must be a record of checks, got an array'],
    [{ checks: { a: true } }, 'healthEndpoints: checks.a must be a function or options, got true'],
    [{ checks: { a: {} } }, 'healthEndpoints: checks.a: check must be a function, got undefined'],
    [{ checks: { a: { check, timeout: 0 } } }, 'healthEndpoints: checks.a: timeout must be a duration > 0, got 0'],
    [
      { checks: { a: { check, measurement: 'a:b' } } },
      'healthEndpoints: checks.a: measurement must be a name without a colon, got "a:b"',
    ],
    [{ checks: { a: { check, optional: true } } }, 'healthEndpoints: checks.a: "optional" is not an option'],
    [
      { checks: { a: check }, components: ['a'], tracker: { state: () => 'up' } },
      'healthEndpoints: checks must be named differently from components, got "a"',
    ],
    [
      { checks: { a: check }, optional: ['b'] },
      'healthEndpoints: optional must be names of components and checks, got "b"',
    ],
    [{ unknown: 'up' }, "healthEndpoints: unknown must be one of 'ready', 'unready', got \"up\""],
    [{ startup: 'auto' }, "healthEndpoints: startup must be one of 'checks', 'manual', got \"auto\""],
    [{ timeout: 0 }, 'healthEndpoints: timeout must be a duration > 0, got 0'],
    [{ maxAge: -1 }, 'healthEndpoints: maxAge must be a duration >= 0, got -1'],
    [{ details: 'all' }, "healthEndpoints: details must be one of 'none', 'states', 'full' or a function, got \"all\""],
    [{ version: 1 }, 'healthEndpoints: version must be a non-empty string, got 1'],
    [{ check }, 'healthEndpoints: "check" is not an option, did you mean checks?'],
  ])('refuses %j', (options, message) => {
    expect(() => healthEndpoints(options as never)).toThrow(message)
  })

  it('copies the objects it was given', async () => {
    const components = ['a']
    const checks: Record<string, () => boolean> = { b: () => true }
    const optional = ['a']
    const health = healthEndpoints({ tracker: { state: () => 'down' }, components, checks, optional })
    components.push('c')
    checks['b'] = () => false
    optional.pop()

    expect(await health.status()).toBe('warn')
  })

  it('warns once of each failing function without a listener, under its name', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const state = () => {
      throw new Error('no idea')
    }
    const health = healthEndpoints({ name: 'shop', tracker: { state }, components: ['a'] })
    await health.status()
    await health.status()

    expect(warn).toHaveBeenCalledTimes(1)
    expect(warn.mock.calls[0]?.[0]).toBe('holdfast: healthEndpoints "shop": tracker failed')
  })
})
