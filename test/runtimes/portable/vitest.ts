/**
 * What test files import from `vitest`, made of vitest's own portable parts: its runner, its matchers and its spies. None of
 * them needs Node, so the same test files run in every JavaScript runtime.
 */
import {
  customMatchers,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  JEST_MATCHERS_OBJECT as matchers,
  setState,
} from '@vitest/expect'
import * as chai from 'chai'

export { afterAll, afterEach, beforeAll, beforeEach, describe, it } from '@vitest/runner'
export { vi } from './vi.ts'

chai.use(JestExtend)
chai.use(JestChaiExpect)
chai.use(JestAsymmetricMatchers)

export const expect = chai.expect as typeof chai.expect & { extend(matchers: object): void }

// Where the matchers look for the state of a test; vitest keeps it in its workers.
setState({ assertionCalls: 0 }, expect as never)
Object.assign((globalThis as unknown as Record<symbol, object>)[matchers] as object, {})
chai.util.addMethod(expect, 'extend', () => {})
void customMatchers
