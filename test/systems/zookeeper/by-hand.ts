/** What a person does to nodes, with the package itself. */
import { promisify } from 'node:util'
import { type Client, CreateMode, createClient } from 'node-zookeeper-client'

export interface ByHand {
  put(path: string, data: string, mode?: number): Promise<void>
  remove(path: string): Promise<void>
  read(path: string): Promise<string>
  children(path: string): Promise<readonly string[]>
  /** The session that a node is bound to, as servers print it. */
  owner(path: string): Promise<string>
  close(): void
}

export async function byHand(connect: string): Promise<ByHand> {
  const client: Client = createClient(connect, { sessionTimeout: 4000, spinDelay: 50 })
  await new Promise<void>((resolve) => {
    client.once('connected', resolve)
    client.connect()
  })
  const write = promisify((path: string, data: Buffer, done: (error: unknown) => void) =>
    client.setData(path, data, done),
  )
  const create = promisify((path: string, data: Buffer, mode: number, done: (error: unknown) => void) =>
    client.create(path, data, mode, done),
  )
  const above = promisify((path: string, done: (error: unknown) => void) => client.mkdirp(path, done))
  return {
    async put(path, data, mode = CreateMode.PERSISTENT) {
      const folder = path.slice(0, path.lastIndexOf('/'))
      if (folder !== '') await above(folder)
      try {
        await create(path, Buffer.from(data), mode)
      } catch {
        await write(path, Buffer.from(data))
      }
    },
    remove: promisify((path: string, done: (error: unknown) => void) => client.remove(path, done)),
    read: promisify((path: string, done: (error: unknown, text: string) => void) =>
      client.getData(path, (error, data) => done(error, data?.toString() ?? '')),
    ),
    children: promisify((path: string, done: (error: unknown, names: readonly string[]) => void) =>
      client.getChildren(path, (error, names) => done(error, names ?? [])),
    ),
    owner: promisify((path: string, done: (error: unknown, owner: string) => void) =>
      client.exists(path, (error, stat) => done(error, `0x${stat?.ephemeralOwner.toString('hex').replace(/^0+/, '')}`)),
    ),
    close: () => client.close(),
  }
}
