/** A name server of this process, over UDP on loopback, that answers what a test tells it to. */
import { createSocket } from 'node:dgram'
import { type Answer, decode, encode } from 'dns-packet'
import { afterAll } from 'vitest'

export type Rcode = 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED'
const codes: Record<Rcode, number> = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 }

export interface NameServer {
  /** As `servers` takes it. */
  readonly address: string
  /** Questions so far, as `A name`. */
  readonly asked: readonly string[]
  /** Answers by question, as `A name`; a code is an answer too, and `'silence'` is none. */
  readonly zone: Map<string, readonly Answer[] | Rcode | 'silence'>
}

/** Names that are not in the zone do not exist. */
export async function nameServer(): Promise<NameServer> {
  const zone: NameServer['zone'] = new Map()
  const asked: string[] = []
  const socket = createSocket('udp4')
  socket.on('message', (message, { port, address }) => {
    const { id, questions = [] } = decode(message)
    const [question] = questions
    const key = `${question?.type} ${question?.name}`
    asked.push(key)
    const said = zone.get(key) ?? 'NXDOMAIN'
    if (said === 'silence') return
    const [flags, answers] = typeof said === 'string' ? [codes[said], []] : [0, [...said]]
    // RD and RA are set: it is asked as a resolver.
    const response = encode({ type: 'response', id: id ?? 0, flags: 0x0180 | flags, questions, answers })
    socket.send(response, port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  afterAll(() => new Promise<void>((resolve) => socket.close(() => resolve())))
  return { address: `127.0.0.1:${socket.address().port}`, asked, zone }
}

export const a = (name: string, data: string, ttl = 60): Answer => ({ type: 'A', name, data, ttl })
export const aaaa = (name: string, data: string, ttl = 60): Answer => ({ type: 'AAAA', name, data, ttl })
export const srv = (name: string, target: string, port: number, priority: number, weight: number): Answer => ({
  type: 'SRV',
  name,
  ttl: 60,
  data: { target, port, priority, weight },
})
