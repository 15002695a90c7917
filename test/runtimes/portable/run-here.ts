/** Runs one test file in the runtime this is loaded in, and tells what came of each test. */
import { startTests, type Task, type VitestRunner } from '@vitest/runner'
import { restoreAllMocks } from '@vitest/spy'
import { setSafeTimers } from '@vitest/utils/timers'

/** What came of a test file. */
export interface FileReport {
  readonly file: string
  readonly passed: number
  readonly failed: readonly { readonly test: string; readonly message: string }[]
  /** The tests that were left out, by the sentences that were asked for. */
  readonly leftOut: readonly string[]
}

const real = { setTimeout, clearTimeout }

type Load = () => Promise<unknown>

/** Runs the file; tests whose full names hold one of the sentences in `without` are left out. */
export async function runHere(file: string, load: Load, without: readonly string[]): Promise<FileReport> {
  // The runner measures and limits tests with the timers of now, whatever a test puts in their place.
  setSafeTimers()
  const leftOut: string[] = []
  const runner: VitestRunner = {
    config: {
      root: '/',
      setupFiles: [],
      name: undefined,
      passWithNoTests: false,
      testNamePattern: undefined,
      allowOnly: false,
      sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: 20_000,
      hookTimeout: 20_000,
      retry: 0,
      includeTaskLocation: false,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
    importFile: load,
    onBeforeRunTask(test) {
      const reason = without.find((sentence) => test.fullName.includes(sentence))
      if (reason === undefined) return
      test.mode = 'skip'
      leftOut.push(reason)
    },
  }
  const [ran] = await startTests([`/${file}`], runner)
  // A spy on a faked timer puts the fake back, also when it was restored before.
  restoreAllMocks()
  Object.assign(globalThis, real)
  const all: Task[] = ran === undefined ? [] : [...below(ran)]
  const failed = all
    // A suite fails with its tests; it has errors of its own where it could not be loaded or a hook failed.
    .filter(({ type, result }) => result?.state === 'fail' && (type === 'test' || (result.errors ?? []).length > 0))
    .map((task) => ({ test: task.fullName, message: messageOf(task) }))
  return {
    file,
    passed: all.filter(({ type, result }) => type === 'test' && result?.state === 'pass').length,
    failed,
    leftOut,
  }
}

function* below(task: Task): Iterable<Task> {
  yield task
  if (task.type === 'suite') for (const inner of task.tasks) yield* below(inner)
}

function messageOf(task: Task): string {
  const errors = task.result?.errors ?? []
  return errors.map(({ message, stack }) => stack ?? message).join('\n')
}
