/** An HTTP client for tests: kept connections, errors for 5xx, and word of whether a socket was used before. */
import { Agent, request } from 'node:http'

export class Client {
  readonly agent = new Agent({ keepAlive: true, maxSockets: 256 })

  /** The body of an answer below 500. `fresh` asks for a connection of its own. */
  get(url: string, signal?: AbortSignal, fresh = false): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { agent: fresh ? false : this.agent, ...(signal === undefined ? {} : { signal }) } as const
      const sent = request(url, options, (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (data: string) => (body += data))
        response.on('error', reject)
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 500) resolve(body)
          else reject(new Error(`HTTP ${response.statusCode}`))
        })
      })
      sent.on('error', (error) => reject(Object.assign(error, { reusedSocket: sent.reusedSocket })))
      sent.end()
    })
  }

  post(url: string, body: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { method: 'POST', agent: false }, (response) => {
        response.resume()
        response.on('end', resolve)
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }

  close(): void {
    this.agent.destroy()
  }
}
