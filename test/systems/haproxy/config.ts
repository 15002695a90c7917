/** The configuration of the HAProxy under test. */
export interface Layout {
  /** Of the stats socket; one without rights is at `<path>.user`. */
  readonly path: string
  readonly ports: Readonly<Record<'fleet' | 'rr511' | 'srr511' | 'agt' | 'steered', number>>
  /** Of a, b and c. */
  readonly backends: readonly number[]
  /** Of the agents of a and b in `fleet`. */
  readonly agentPorts: readonly number[]
  /** One server a recorded case, so that all are played at the same time. */
  readonly casePorts: readonly number[]
}

export function config({ path, ports, backends, agentPorts, casePorts }: Layout): string {
  const [a, b] = backends
  const server = (i: number, weight: number) => `  server ${'abc'[i]} 127.0.0.1:${backends[i]} weight ${weight}`
  const servers = (...weights: readonly number[]) => weights.map((weight, i) => server(i, weight)).join('\n')
  const agent = (port: number | undefined) => `check inter 200ms agent-check agent-port ${port} agent-inter 50ms`
  const played = (port: number, i: number) =>
    `  server c${i} 127.0.0.1:${a} weight 100 maxconn 50 ${agent(port)} agent-send "hello a\\n"`
  return `
global
  nbthread 1
  stats socket ${path} mode 600 level admin
  stats socket ${path}.user mode 600 level user
defaults
  mode http
  balance roundrobin
  timeout connect 5s
  timeout client 30s
  timeout server 30s
  timeout check 5s
listen fleet
  bind 127.0.0.1:${ports.fleet}
  server a 127.0.0.1:${a} weight 100 ${agent(agentPorts[0])}
  server b 127.0.0.1:${b} weight 100 ${agent(agentPorts[1])}
listen rr511
  bind 127.0.0.1:${ports.rr511}
${servers(5, 1, 1)}
listen srr511
  bind 127.0.0.1:${ports.srr511}
  balance static-rr
${servers(5, 1, 1)}
listen agt
  bind 127.0.0.1:${ports.agt}
  server a 127.0.0.1:${a} weight 100 maxconn 50 ${agent(agentPorts[0])}
listen steered
  bind 127.0.0.1:${ports.steered}
${servers(100, 100, 100)}
backend cases
${casePorts.map(played).join('\n')}
`
}
