import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const root = new URL('.', import.meta.url).pathname

export default defineConfig({
  resolve: {
    alias: [
      { find: /^holdfast$/, replacement: `${root}src/index.ts` },
      ...readdirSync(`${root}src/adapters`).map((name) => ({
        find: `holdfast/${name}`,
        replacement: `${root}src/adapters/${name}/index.ts`,
      })),
      { find: /^holdfast\/(.*)$/, replacement: `${root}src/$1/index.ts` },
    ],
  },
  test: {
    testTimeout: 20_000,
    // Many tests wait for servers; by default one of two cores would be left alone.
    maxWorkers: Math.max(2, availableParallelism()),
    include: ['test/**/*.test.ts'],
    // Files are checked against src as it is; errors in src itself are for `npm run types`.
    typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'], ignoreSourceErrors: true },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', ['text', { skipFull: true }]],
      reportOnFailure: true,
      thresholds: { lines: 100, branches: 100 },
    },
  },
})
