// The replicas as processes, and the ways to damage them. Records which damage was done, and when.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('server.mjs', import.meta.url))

/** The kinds of damage, and how each is undone. */
export const injuries = {
  kill: { label: 'SIGKILL, then restarted', start: (replica) => replica.stop(), end: (replica) => replica.start() },
  hang: {
    label: 'SIGSTOP, then SIGCONT',
    start: (replica) => replica.signal('SIGSTOP'),
    end: (replica) => replica.signal('SIGCONT'),
  },
  error: { label: 'answers 500', start: (replica) => replica.send('fail'), end: (replica) => replica.send('heal') },
}

class Replica {
  #child
  #port = 0
  /** The current damage. */
  injury = ''

  constructor(name, weight) {
    this.name = name
    this.weight = weight
  }

  get url() {
    return `http://127.0.0.1:${this.#port}/`
  }

  async start() {
    this.#child = spawn(process.execPath, [program, this.name, String(this.#port)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const [{ port }] = await once(this.#child, 'message')
    this.#port = port
  }

  async stop() {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGKILL')
    await exit
  }

  signal(signal) {
    this.#child.kill(signal)
  }

  send(message) {
    this.#child.send(message)
  }
}

export class Fleet {
  /** `{ member, kind, start, end }`, times by `performance.now()`; `end` is undefined while it lasts. */
  record = []

  constructor(weights) {
    this.replicas = Object.entries(weights).map(([name, weight]) => new Replica(name, weight))
  }

  async start() {
    await Promise.all(this.replicas.map((replica) => replica.start()))
  }

  async stop() {
    await Promise.all(this.replicas.map((replica) => replica.stop()))
  }

  async hurt(name, kind) {
    const replica = this.replicas.find((one) => one.name === name)
    replica.injury = kind
    const entry = { member: name, kind, start: performance.now(), end: undefined }
    this.record.push(entry)
    await injuries[kind].start(replica)
  }

  async heal(name) {
    const replica = this.replicas.find((one) => one.name === name)
    const entry = this.record.findLast(({ member }) => member === name)
    await injuries[entry.kind].end(replica)
    entry.end = performance.now()
    replica.injury = ''
  }
}
