/** What a file that shares its process has spied on, or put in place of a global, is not left to the next one. */
import { afterAll, vi } from 'vitest'

afterAll(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})
