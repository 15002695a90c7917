import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { entries } from './entries.config.ts'
import { pageForVite } from './page.config.ts'
import { projects } from './test/support/projects.ts'

const root = new URL('.', import.meta.url).pathname
const { alone, together } = projects()

export default defineConfig({
  plugins: [pageForVite],
  resolve: {
    alias: [
      { find: /^holdfast$/, replacement: `${root}src/index.ts` },
      ...[...entries].map(([name, path]) => ({
        find: new RegExp(`^holdfast/${name}$`),
        replacement: `${root}${path}`,
      })),
    ],
  },
  test: {
    testTimeout: 20_000,
    // Many tests wait for servers; by default one of two cores would be left alone.
    maxWorkers: Math.max(2, availableParallelism()),
    // Most of a short test is the loading of src, so files share a process unless they say why not (test/support/projects.ts).
    // Vitest takes projects by their names, and the files that share a process must come in one piece.
    projects: [
      {
        extends: true,
        test: {
          name: 'alone',
          include: alone,
          typecheck: {
            enabled: true,
            include: ['test/types/**/*.test-d.ts'],
            // Files are checked against src as it is; errors in src itself are for `npm run types`.
            ignoreSourceErrors: true,
            // Only they and what they import; all other tests are for `npm run types` too.
            tsconfig: 'test/types/tsconfig.json',
          },
        },
      },
      {
        extends: true,
        test: { name: 'together', include: together, isolate: false, setupFiles: 'test/support/leave-clean.ts' },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // What runs in a browser alone is tested in one: test/systems/dashboard.test.ts.
      exclude: [
        'src/adapters/dashboard/page/{live/{requests,bar-cache,connection},widgets/pure-component}.ts',
        '**/*.d.ts',
      ],
      reporter: ['text-summary', ['text', { skipFull: true }]],
      reportOnFailure: true,
      thresholds: { lines: 100, branches: 100 },
    },
  },
})
