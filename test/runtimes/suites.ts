/** Which test files run on which runtime, and why some do not. */
import { readdirSync } from 'node:fs'
import { root } from './bundle.ts'

/** A row of the table. */
export interface Suite {
  readonly title: string
  readonly files: readonly string[]
}

/** Where something is left out, and why. */
export interface LeftOut {
  /** A file, or a folder that ends in `/`. */
  readonly file: string
  /** A part of the full name of a test; without it the whole file. */
  readonly test?: string
  /** The runtimes, by the beginnings of their names; without it all. */
  readonly on?: readonly string[]
  readonly why: string
}

const workers = ['workerd']
const browsers = ['Chromium']

export const leftOut: readonly LeftOut[] = [
  { file: 'test/core/process-exit.test.ts', why: 'starts processes of Node' },
  { file: 'test/composition/memory.test.ts', why: 'measures the heap of V8 for some ten seconds' },
  { file: 'test/core/checks/timed-check-server.test.ts', why: 'counts the connections of a server of Node' },
  {
    file: 'test/composition/stacks.test.ts',
    on: ['Bun'],
    why: 'its engine shows only the frames of async functions, and none behind a promise',
  },
  {
    file: 'test/single-flight/composition.test.ts',
    test: 'keeps the frames of the caller',
    on: ['Bun'],
    why: 'its engine shows only the frames of async functions, and none behind a promise',
  },
  {
    file: 'test/cache/lru-cache.test.ts',
    on: [...browsers, 'workerd bare'],
    why: 'its build for Node imports a module of Node',
  },
  {
    file: 'test/context/headers.test.ts',
    test: 'carries what the current call has left, if none is named',
    on: [...browsers, 'workerd bare'],
    why: 'there are no async contexts',
  },
  ...['docs/context.md', 'src/context/run-with-call.ts'].map((test) => ({
    file: 'test/runtimes/own/documents.ts',
    test,
    on: [...browsers, 'workerd bare'],
    why: 'there are no async contexts',
  })),
  {
    file: 'test/cache/context.test.ts',
    test: 'is that of the caller in a call, and none in a refresh',
    on: workers,
    why: 'background work of a Worker belongs to the request that began it, and runs in its context',
  },
  { file: 'test/cache/timeline.test.ts', why: 'reads its cases from a file of the project' },
  { file: 'test/pipeline/warnings.test.ts', why: 'reads a page of the documents' },
  { file: 'test/pipeline/worst-case.test.ts', why: 'reads its cases, and the fixtures of all modules, from files' },
  { file: 'test/cache/telemetry.test.ts', why: 'scrapes with a client for Node' },
  { file: 'test/single-flight/telemetry.test.ts', why: 'scrapes with a client for Node' },
  {
    file: 'test/core/call/call.test.ts',
    test: 'shared by two calls settles each once, also where the end of one ends the other',
    on: workers,
    why: 'a start from a queue comes a microtask later in a Worker, and the second call is aborted before it',
  },
  {
    file: 'test/bulkhead/bulkhead.test.ts',
    test: 'lets no call overtake the queue while it is being let in',
    on: workers,
    why: 'a start from a queue comes a microtask later in a Worker, so events of two starts come first',
  },
  ...[
    'runs its checks in no caller’s context, wherever it was made and called',
    'runs its probes in no caller’s context, wherever it was made',
  ].map((test) => ({
    file: 'test/runtimes/own/context.ts',
    test,
    on: workers,
    why: 'background work of a Worker belongs to the request that began it, and runs in its context',
  })),
  {
    file: 'test/runtimes/own/context.ts',
    test: 'when calls have ended',
    on: workers,
    why: 'a Worker collects garbage when it chooses, so what is kept looks like what is not collected yet',
  },
  ...['fires in the same order as the virtual clock', 'passes after promises, with what the platform has'].map(
    (test) => ({
      file: 'test/core/clock.test.ts',
      test,
      on: ['workerd bare'],
      why: 'uses fake timers, which never finish there, for an unknown reason',
    }),
  ),
  ...[
    { file: 'test/issues/promises-in-place-of-values.test.ts', test: 'is contained: when of retry' },
    { file: 'test/issues/promises-in-place-of-values.test.ts', test: 'is contained: when of circuitBreaker' },
    { file: 'test/issues/promises-in-place-of-values.test.ts', test: 'is contained: backoff of retry' },
    { file: 'test/issues/promises-in-place-of-values.test.ts', test: 'is contained: retryAfter of retry' },
    { file: 'test/composition/semantics.test.ts', test: 'can throw, reject and call back into the policies' },
  ].map(({ file, test }) => ({
    file,
    test,
    on: ['workerd bare'],
    why: 'an old Worker reports a rejection before the microtask that handles it',
  })),
  { file: 'test/core/context.test.ts', why: 'starts a process of Node; `own/context.ts` tests the same' },
  { file: 'test/context/processes.test.ts', why: 'starts processes of Node' },
  { file: 'test/context/no-contexts.test.ts', why: 'loads modules again, which only vitest can do' },
  { file: 'test/core/loading.test.ts', why: 'loads modules again, which only vitest can do' },
  {
    file: 'test/core/clock.test.ts',
    test: 'the real clock on timers of Node',
    on: workers,
    why: 'waits of a Worker never share timers',
  },
  { file: 'test/core/fake-timers.test.ts', why: 'uses the fake timers of `node:test`; `own/waits.ts` tests the same' },
  {
    file: 'test/pipeline/pipeline.test.ts',
    test: 'gives the resolved options, outermost first, as data and text',
    why: 'compares with a snapshot, a feature of vitest that is not portable',
  },
  {
    file: 'test/core/errors.test.ts',
    test: 'are known by their brand, also from another copy',
    on: [...workers, ...browsers],
    why: 'makes another realm by `node:vm`',
  },
  {
    file: 'test/failover/call/many-members.test.ts',
    why: 'makes pools of ten thousand members, and bounds the time they take',
  },
  {
    file: 'test/failover/selection/simulated-faults.test.ts',
    why: 'simulates hours of load, in some hundred thousand turns of the event loop',
  },
  {
    file: 'test/runtimes/own/waits.ts',
    on: [...browsers, 'workerd bare'],
    why: 'never finishes there, for an unknown reason',
  },
  ...[
    'test/runtimes/own/context.ts',
    'test/retry/budget.test.ts',
    'test/cache/context.test.ts',
    'test/adaptive-limiter/context.test.ts',
    'test/single-flight/single-flight.test.ts',
    'test/context/context.test.ts',
    'test/context/background.test.ts',
  ].map((file) => ({
    file,
    on: [...browsers, 'workerd bare'],
    why: 'there are no async contexts',
  })),
]

/** Folders of `test` whose files are portable. */
const folders = [
  'core',
  'stats',
  'retry',
  'timeout',
  'cache',
  'single-flight',
  'bulkhead',
  'circuit-breaker',
  'fallback',
  'context',
  'pipeline',
  'composition',
  'failover',
  'issues',
]

export const suites: readonly Suite[] = [
  ...folders.map((folder) => ({
    title: `\`test/${folder}\``,
    files: readdirSync(`${root}test/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `test/${folder}/${name.replaceAll('\\', '/')}`)
      .sort(),
  })),
  { title: 'programs of the documents', files: ['test/runtimes/own/documents.ts'] },
  { title: 'calls stay in their callers’ async context', files: ['test/runtimes/own/context.ts'] },
  { title: 'waits outlive fake timers, and leave nothing', files: ['test/runtimes/own/waits.ts'] },
]

const isOn = ({ on }: LeftOut, runtime: string): boolean =>
  on === undefined || on.some((name) => runtime.startsWith(name))

/** The files for a runtime, without those that are left out as a whole. */
export function filesFor(runtime: string, { files }: Suite): readonly string[] {
  const out = leftOut.filter((one) => one.test === undefined && isOn(one, runtime)).map(({ file }) => file)
  return files.filter((file) => !out.includes(file))
}

/** For each file, the tests that are left out of it on a runtime. */
export function testsWithout(runtime: string): Readonly<Record<string, readonly string[]>> {
  const tests: Record<string, string[]> = {}
  for (const one of leftOut) {
    if (one.test === undefined || !isOn(one, runtime)) continue
    const known = tests[one.file] ?? []
    known.push(one.test)
    tests[one.file] = known
  }
  return tests
}
