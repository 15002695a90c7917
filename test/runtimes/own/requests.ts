/** Asks a worker (requests-worker.ts) five requests at once, for each scenario, and again: timers are kept from one to the next. */
import type { FileReport } from '../portable/run-here.ts'
import { scenarios } from './requests-worker.ts'

const atOnce = 5
const rounds = 3

/** A test for each scenario: all answers of all rounds are right. */
export async function ask(file: string, url: string): Promise<FileReport> {
  const failed: { test: string; message: string }[] = []
  const tests = Object.keys(scenarios)
  for (const test of tests) {
    const wrong: string[] = []
    for (let round = 1; round <= rounds; round++) {
      const names = Array.from({ length: atOnce }, (_, i) => `request-${round}-${i + 1}`)
      const answers = await Promise.all(names.map((name) => answerTo(url, test, name)))
      wrong.push(...answers.filter((answer, i) => answer !== names[i]))
    }
    if (wrong.length > 0)
      failed.push({ test, message: `${wrong.length} of ${rounds * atOnce} wrong, such as ${wrong[0]}` })
  }
  return { file, passed: tests.length - failed.length, failed, leftOut: [] }
}

async function answerTo(url: string, scenario: string, name: string): Promise<string> {
  const query = new URLSearchParams({ scenario, name })
  try {
    const answer = await fetch(`${url}/?${query}`, { signal: AbortSignal.timeout(3000) })
    const text = await answer.text()
    return answer.ok ? text : `${answer.status} ${text.slice(0, 200)}`
  } catch (error) {
    return String(error)
  }
}
