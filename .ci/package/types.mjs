/** Compiles a program that uses the types of every entry, as an ES module and as CommonJS, with each way of resolving. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { entries, folder, named, runAll } from './consumer.mjs'

const consumer = `
import { exponential, fallback, pipeline, retry, timeout } from 'holdfast'
import { circuitBreaker } from 'holdfast/circuit-breaker'
import { virtualClock } from 'holdfast/testing'

const clock = virtualClock()
const breaker = circuitBreaker({ consecutiveFailures: 3, openFor: '10s' })
const stock = pipeline({ name: 'stock', clock }, fallback({ value: null }), retry({ backoff: exponential() }), breaker, timeout('1s'))
export const item: Promise<{ readonly id: string } | null> = stock.execute(async ({ attempt }) => ({ id: String(attempt) }))
stock.on('open', ({ policy, cause }) => console.log(policy.length, cause === 'rate'))
// @ts-expect-error an option that does not exist
circuitBreaker({ threshold: 3 })
// @ts-expect-error the fallback's null is part of the result
export const wrong: Promise<{ readonly id: string }> = stock.execute(async () => ({ id: '1' }))
`

const every = entries.map((entry, i) => `export * as room${i} from '${named(entry)}'\n`).join('')
const strict = ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2022', '--types', 'node']

/**
 * Each compiler is a command with its arguments; the first ones, as many as `node10` says, compile by that way of resolving too.
 * It is the way of `"module": "commonjs"` until TypeScript 5.9; 6 warns of it and 7 has it no longer.
 */
export async function types(compilers, { node10 }) {
  for (const extension of ['mts', 'cts', 'ts']) writeFileSync(join(folder, `consumer.${extension}`), consumer + every)
  const compiled = (compiler, module, resolution, ...files) => {
    return [...compiler, ...strict, '--module', module, '--moduleResolution', resolution, ...files]
  }
  await runAll(
    compilers.flatMap((compiler, i) => [
      compiled(compiler, 'node16', 'node16', 'consumer.mts', 'consumer.cts'),
      compiled(compiler, 'esnext', 'bundler', 'consumer.mts'),
      ...(i < node10 ? [compiled(compiler, 'commonjs', 'node10', 'consumer.ts')] : []),
    ]),
  )
}
