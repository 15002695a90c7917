/** The stream of events to one page, over any kind of server. */
export abstract class EventStream {
  /** What waited at the previous check, and what was sent since. */
  #before = 0
  #sent = 0

  /** Sent but unread, in bytes or characters. */
  abstract readonly waiting: number

  /** Something waits, and the reader has taken nothing since the previous check. */
  get stuck(): boolean {
    const { waiting } = this
    const stuck = waiting > 0 && waiting >= this.#before + this.#sent
    this.#before = waiting
    this.#sent = 0
    return stuck
  }

  send(text: string): void {
    this.#sent += this.write(text)
  }

  /** Ends the stream in an orderly way. */
  abstract end(): void
  /** Breaks the connection. */
  abstract destroy(): void
  /** Returns by how much `waiting` has grown. */
  protected abstract write(text: string): number
}
