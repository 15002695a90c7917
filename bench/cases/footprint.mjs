/** What it costs before the first call: idle instances, and import. Sizes are not of one machine: `bench/sizes.ts`. */
const group = 'footprint'

export const footprint = [
  {
    name: 'idle-breakers',
    group,
    title: 'an idle breaker of 100,000, bytes',
    kind: 'idle',
    build: 'manyBreakers',
    // opossum's are so large that fewer must do; bytes are those of one.
    counts: { opossum: 10_000 },
    count: 100_000,
    by: ['limit', 'cockatiel', 'opossum', 'mollitia'],
  },
  {
    name: 'import',
    group,
    title: 'starting a process that imports it, an empty one = 1',
    kind: 'import',
    by: [
      'cockatiel',
      'opossum',
      'mollitia',
      'p-retry',
      'p-timeout',
      'p-limit',
      'p-queue',
      'bottleneck',
      'undici',
      'effect',
    ],
  },
]
