/** Backends: small HTTP servers in processes of their own. */
import { Client } from './client.ts'
import { freePorts, launch, listens, type Running, until } from './system.ts'

const script = new URL('./backend.mjs', import.meta.url).pathname

export class Backend {
  readonly name: string
  readonly port: number
  readonly url: string
  #running: Running | undefined = undefined

  constructor(name: string, port: number) {
    this.name = name
    this.port = port
    this.url = `http://127.0.0.1:${port}`
  }

  async start(): Promise<void> {
    const ready = () => until(() => listens(this.port))
    this.#running = await launch(process.execPath, [script, this.name, String(this.port)], { ready })
  }

  /** `ok`, `fail`, `slow <ms>`, `reset` or `flap <ms>`. */
  async mode(mode: string): Promise<void> {
    await new Client().post(`${this.url}/mode`, mode)
  }

  signal(signal: NodeJS.Signals): void {
    this.#running?.child.kill(signal)
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#running?.stop(signal)
  }
}

/** Backends of these names, all started. */
export async function backends(...names: readonly string[]): Promise<readonly Backend[]> {
  const ports = await freePorts(names.length)
  const made = names.map((name, i) => new Backend(name, ports[i] as number))
  await Promise.all(made.map((backend) => backend.start()))
  return made
}
