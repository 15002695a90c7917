/** What was recorded of HAProxy's agent check, and who can say it. */
import { type AddressInfo, createServer, type Server } from 'node:net'
import type { AgentState, HaproxyAgentOptions } from 'holdfast/haproxy'
import protocol from '../../data/haproxy-protocol.json'

export interface Case {
  readonly reply: string
  readonly after?: string
  readonly effect?: string
  readonly status?: string
  readonly weight?: number
  readonly slim?: number | ''
  readonly agent_status?: string
  readonly last_agt?: string
  readonly srv_op_state?: number
  readonly srv_admin_state?: number
}

export const cases: readonly Case[] = protocol.agent_check.cases as readonly Case[]
/** Nobody listens. */
export const refused = '<connection refused>'

export type Said = Pick<HaproxyAgentOptions, 'speaksOf'> & { readonly state: AgentState }

/** How our agent says what HAProxy understands; the rest can only come from a rude one. */
export const ours: Readonly<Record<string, Said>> = {
  'up ready 100%\n': { state: {} },
  '75%\n': { speaksOf: ['weight'], state: { weight: 0.75 } },
  '0%\n': { speaksOf: ['weight'], state: { weight: 0 } },
  '250%\n': { speaksOf: ['weight'], state: { weight: 2.5 } },
  '300%\n': { speaksOf: ['weight'], state: { weight: 3 } },
  'drain\n': { speaksOf: ['admin'], state: { admin: 'drain' } },
  'maint\n': { speaksOf: ['admin'], state: { admin: 'maintenance' } },
  'ready\n': { speaksOf: ['admin'], state: {} },
  'up\n': { speaksOf: ['health'], state: {} },
  'down\n': { speaksOf: ['health'], state: { health: 'down' } },
  'fail #disk full\n': { speaksOf: ['health'], state: { health: 'fail', description: 'disk full' } },
  'stopped #by op\n': { speaksOf: ['health'], state: { health: 'stopped', description: 'by op' } },
  'up #back\n': { speaksOf: ['health'], state: { description: 'back' } },
  'up 60% maxconn:7\n': { speaksOf: ['health', 'weight'], state: { weight: 0.6, maxConnections: 7 } },
  'maxconn:0\n': { speaksOf: [], state: { maxConnections: 0 } },
}

/** An agent that says whatever it is told to, and counts how often it was asked. */
export class Rude {
  reply: string
  asked = 0
  readonly #server: Server

  constructor(reply: string) {
    this.reply = reply
    this.#server = createServer((socket) => {
      this.asked++
      socket.on('error', () => {})
      socket.resume()
      socket.end(this.reply)
    })
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.close()
  }
}
