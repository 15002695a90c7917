/** HAProxy refused a command. */
export class HaproxyError extends Error {
  /** The command it refused. */
  readonly command: string
  /** HAProxy's answer, verbatim. */
  readonly reply: string

  constructor(command: string, reply: string) {
    super(`HAProxy refused ${JSON.stringify(command)}: ${reply.trim()}`)
    this.command = command
    this.reply = reply
  }
}

Object.defineProperty(HaproxyError.prototype, 'name', { value: 'HaproxyError', configurable: true, writable: true })
