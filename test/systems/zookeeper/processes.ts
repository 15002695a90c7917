/** Processes that use ZooKeeper: scripts of this folder, bundled, each run in a process of its own. */
import { join } from 'node:path'
import { build } from 'esbuild'
import { launch, type Running, until } from '../support/system.ts'

const root = new URL('../../../', import.meta.url).pathname

/** Starts a script, and waits until it has printed `ready`. */
export type Start = (...args: readonly string[]) => Promise<Running>

async function bundled(folder: string, name: string): Promise<string> {
  const outfile = join(folder, `${name}.cjs`)
  await build({
    entryPoints: [`${root}test/systems/zookeeper/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['node-zookeeper-client', 'p-retry'],
    tsconfig: `${root}tsconfig.json`,
  })
  return outfile
}

export async function processes(folder: string, name: string, ready: string): Promise<Start> {
  const script = await bundled(folder, name)
  return async (...args) => {
    const running = await launch('node', [script, ...args], { env: { NODE_PATH: `${root}node_modules` } })
    await until(() => running.output().includes(ready), 15_000, 5)
    return running
  }
}
