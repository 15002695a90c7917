/** The programs of README, docs and docblocks give what their lines say. */
import { programs } from 'runtimes:documents'
import { afterEach, describe, expect, it, vi } from 'vitest'

describe('the programs of the pages', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  it.each(Object.entries(programs))('give what they say: %s', async (_name, load) => {
    vi.spyOn(console, 'log').mockImplementation(() => {})
    vi.stubGlobal('fetch', async () => new Response('stubbed'))
    const { default: run } = await load()
    await run((line, actual, expected) => expect(actual, `line ${line}`).toEqual(expected))
  })
})
