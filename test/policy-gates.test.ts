import { timeout } from 'holdfast'
import { describe, expect, it } from 'vitest'
import type { PolicyFixture } from './support/policy-fixture.ts'
import { missingOf, policyModulesIn, policySource } from './support/policy-gates.ts'
import { policyModules, projectFile, sources } from './support/policy-modules.ts'
import type { Files } from './support/source-rules.ts'

describe('a module with a policy', () => {
  it('is found by its class', () => {
    expect([...policyModules.keys()]).toEqual(
      expect.arrayContaining(['bulkhead', 'circuit-breaker', 'failover', 'fallback', 'pipeline', 'retry', 'timeout']),
    )
  })

  it.each([...policyModules])('has its page, rows, example, option cases and model: %s', (name, fixture) => {
    expect(missingOf(name, sources, projectFile, fixture)).toEqual([])
  })
})

describe('a module with nothing but its factory', () => {
  const shedder: Files = new Map([
    [
      'shedder/shedder.ts',
      `import { type CircuitOpenError, ThrottledError } from '../core/errors.ts'
      export interface ShedderOptions extends PolicyOptions { readonly load: number; readonly after?: Duration }
      export interface ShedderEvents extends BaseEvents { shed: EventBase; slowDown: EventBase }
      class ShedError extends RejectedError {}
      class ShedderPolicy extends BasePolicy<unknown, never, unknown, ShedderEvents> {
        constructor(settings) { super('shedder', settings) }
      }`,
    ],
    ['shedder/index.ts', `export { shedder } from './shedder.ts'`],
    ['stats/window.ts', 'export class Window {}'],
  ])
  const pages: Readonly<Record<string, string>> = {
    'docs/events.md': '\n## All events\n\n| kind | event |\n|---|---|\n| `retry` | `shed` |\n',
    'docs/errors.md': '\n## All errors\n\n| class |\n|---|\n| `TimeoutError` |\n',
  }
  const project =
    (more: Readonly<Record<string, string>> = {}) =>
    (path: string) =>
      ({ ...pages, ...more })[path]

  it('is seen, with its kind, events, options and errors', () => {
    expect(policyModulesIn(shedder)).toEqual(['shedder'])
    expect(policySource('shedder', shedder)).toEqual({
      kinds: ['shedder'],
      events: ['shed', 'slowDown'],
      options: ['load', 'after'],
      errors: ['ThrottledError', 'ShedError'],
    })
  })

  it('is refused with the name of each missing page, row, example, option case and model', () => {
    expect(missingOf('shedder', shedder, project(), undefined)).toEqual([
      'docs/policies/shedder.md is missing',
      'docs/events.md has no row for shedder shed',
      'docs/events.md has no row for shedder slowDown',
      'docs/errors.md has no row for ThrottledError',
      'docs/errors.md has no row for ShedError',
      'examples/shedder.ts is missing',
      'test/shedder/fixture.ts is missing',
      'test/shedder/fixture.ts has neither cases nor fuzz for the option load',
      'test/shedder/fixture.ts has neither cases nor fuzz for the option after',
      'test/shedder/fixture.ts has no model for random pipelines, and test/models/shedder.test.ts is missing',
    ])
  })

  it('is refused with what its page and its fixture leave out', () => {
    const files = project({
      'docs/policies/shedder.md':
        '\n## Events\n\n| event |\n|---|\n| `shed` |\n\n## Errors\n\nIt throws `ShedError`.\n',
      'docs/events.md':
        '\n## All events\n\n| kind | event |\n|---|---|\n| `shedder` | `shed` |\n| `shedder` | `slowDown` |\n',
      'docs/errors.md': '\n## All errors\n\n| class |\n|---|\n| `ShedError` |\n| `ThrottledError` |\n',
      'examples/shedder.ts': '',
    })
    const fixture: PolicyFixture = {
      bare: timeout('1s'),
      options: { shedder: { make: () => 1, refused: { load: [] } } },
      models: {},
    }

    expect(missingOf('shedder', shedder, files, fixture)).toEqual([
      'docs/policies/shedder.md has no row for the event slowDown',
      'docs/policies/shedder.md does not name ThrottledError under Errors',
      "test/shedder/fixture.ts: its bare policy is another module's",
      'test/shedder/fixture.ts has neither cases nor fuzz for the option after',
      'test/shedder/fixture.ts has no model for random pipelines, and test/models/shedder.test.ts is missing',
    ])
  })

  it('is fine with all of them', () => {
    const own: Files = new Map([...shedder].map(([path, text]) => [path, text.replace(`'shedder', s`, `'timeout', s`)]))
    const files = project({
      'docs/policies/shedder.md':
        '\n## Events\n\n| event |\n|---|\n| `shed` |\n| `slowDown` |\n\n## Errors\n\n`ShedError`, `ThrottledError`.\n',
      'docs/events.md':
        '\n## All events\n\n| kind | event |\n|---|---|\n| `timeout` | `shed` |\n| `timeout` | `slowDown` |\n',
      'docs/errors.md': '\n## All errors\n\n| class |\n|---|\n| `ShedError` |\n| `ThrottledError` |\n',
      'examples/shedder.ts': '',
      'test/models/shedder.test.ts': '',
    })
    const fixture: PolicyFixture = {
      bare: timeout('1s'),
      options: { timeout: { make: () => 1, refused: { load: [] } }, 'timeout: after': { make: () => 1, refused: {} } },
      models: {},
    }

    expect(missingOf('shedder', own, files, fixture)).toEqual([])
  })
})
