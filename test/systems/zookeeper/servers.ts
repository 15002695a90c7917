/** ZooKeeper servers for tests, alone or three together, with a tick of 200 ms. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freePorts, launch, type Running, until } from '../support/system.ts'

const jar = '/usr/share/java/zookeeper.jar'
export const needs = ['java', jar]

export interface Server {
  readonly port: number
  /** Its process, while it runs. */
  readonly running: Running
  start(): Promise<void>
  stop(signal?: NodeJS.Signals): Promise<void>
  /** What it says to a word of four letters. */
  ask(word: string): Promise<string>
}

/** Asks a server a word of four letters. */
function fourLetters(port: number, word: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(word))
    let answer = ''
    socket.setTimeout(500, () => socket.destroy(new Error('silent')))
    socket.on('data', (data) => (answer += data.toString()))
    socket.once('end', () => resolve(answer))
    socket.once('error', reject)
  })
}

/** Makes `count` servers that belong together; none of them runs yet. */
export async function servers(folder: string, count: 1 | 3): Promise<readonly Server[]> {
  const ports = await freePorts(3 * count)
  const part = (kind: number, i: number) => ports[kind * count + i] as number
  const peers = Array.from({ length: count }, (_, i) => `server.${i + 1}=127.0.0.1:${part(1, i)}:${part(2, i)}`)
  return Array.from({ length: count }, (_, i) => {
    const home = join(folder, `zookeeper-${part(0, i)}`)
    mkdirSync(join(home, 'data'), { recursive: true })
    writeFileSync(
      join(home, 'zoo.cfg'),
      [
        'tickTime=200',
        'minSessionTimeout=400',
        'maxSessionTimeout=40000',
        'initLimit=25',
        'syncLimit=10',
        `dataDir=${home}/data`,
        `clientPort=${part(0, i)}`,
        'clientPortAddress=127.0.0.1',
        'admin.enableServer=false',
        '4lw.commands.whitelist=*',
        'maxClientCnxns=0',
        ...(count === 1 ? [] : peers),
      ].join('\n'),
    )
    writeFileSync(join(home, 'data', 'myid'), String(i + 1))
    return made(home, part(0, i))
  })
}

function made(home: string, port: number): Server {
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
  const path = `/etc/zookeeper/conf_example:${jar}`
  const java = [
    '-Xmx64m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Xshare:auto',
    '-cp',
    path,
    main,
    join(home, 'zoo.cfg'),
  ]
  let running: Running | undefined
  const server: Server = {
    port,
    get running() {
      if (running === undefined) throw new Error('the server does not run')
      return running
    },
    async start() {
      running = await launch('java', java, { cwd: home })
    },
    async stop(signal = 'SIGKILL') {
      await running?.stop(signal)
      running = undefined
    },
    ask: (word) => fourLetters(port, word),
  }
  return server
}

/** Starts servers together, and waits until each of them serves. */
export async function serve(all: readonly Server[]): Promise<void> {
  await Promise.all(all.map((server) => server.start()))
  await Promise.all(all.map((server) => until(() => serves(server), 20_000, 50)))
}

export async function serves(server: Server): Promise<boolean> {
  return (await server.ask('srvr')).includes('Mode: ')
}

/** Which of them leads. */
export async function leader(all: readonly Server[]): Promise<Server> {
  for (const server of all) if ((await server.ask('srvr')).includes('Mode: leader')) return server
  throw new Error('there is no leader')
}

export const connectTo = (all: readonly Server[]): string => all.map(({ port }) => `127.0.0.1:${port}`).join()
