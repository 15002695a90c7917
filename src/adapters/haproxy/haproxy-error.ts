/** HAProxy did not do what it was told. */
export class HaproxyError extends Error {
  /** What it was told. */
  readonly command: string
  /** What it said to that, literally. */
  readonly reply: string

  constructor(command: string, reply: string) {
    super(`HAProxy refused ${JSON.stringify(command)}: ${reply.trim()}`)
    this.command = command
    this.reply = reply
  }
}

Object.defineProperty(HaproxyError.prototype, 'name', { value: 'HaproxyError', configurable: true, writable: true })
