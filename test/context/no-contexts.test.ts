/** A runtime without async contexts, such as a browser: headers work, and what needs contexts says so. */
import { afterEach, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.restoreAllMocks()
  vi.resetModules()
})

it('refuses runWithCall, and runs everything else', async () => {
  vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
  vi.resetModules()
  const { currentCall, detached, readDeadline, runWithCall, writeDeadline } = await import('../../src/context/index.ts')
  const { pipeline } = await import('../../src/pipeline/index.ts')

  expect(() => runWithCall({}, () => 1)).toThrow(new TypeError('runWithCall: this runtime has no AsyncLocalStorage'))
  expect(currentCall()).toBeUndefined()
  expect(detached(() => 'ran')).toBe('ran')
  expect(readDeadline({ 'grpc-timeout': '5m' })).toBe(5)
  expect(writeDeadline({})).toEqual({})
  expect(await pipeline({ inherit: true }).execute(({ key }) => key, { key: 'own' })).toBe('own')
})

it('shares its store between all that ask for it', async () => {
  vi.resetModules()
  const { contextStore, outside } = await import('../../src/core/context.ts')
  const store = contextStore<string>()

  expect(contextStore()).toBe(store)
  let seen: unknown = 'nothing'
  store?.run('a call', () =>
    outside(() => {
      seen = store.getStore()
    }),
  )
  expect(seen).toBeUndefined()
})
