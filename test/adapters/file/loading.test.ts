import process, * as node from 'node:process'
import { expect, it, vi } from 'vitest'

// Deno's `node:process` exports the process by default, and not each of its functions by a name of its own.
vi.mock('node:process', async (original) => {
  const { uptime, ...named } = await original<{ uptime: typeof process.uptime; default: typeof process }>()
  return { ...named, default: { ...named.default, uptime } }
})

it('loads where `node:process` has no export named uptime, as in Deno', async () => {
  expect(Object.keys(node)).not.toContain('uptime')
  expect(process.uptime()).toBeGreaterThan(0)
  expect(Object.keys(await import('holdfast/file')).sort()).toEqual(['fileMembers', 'fileStore'])
})
