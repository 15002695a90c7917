/** A request that cannot be answered: its HTTP status, and a message for its sender. */
export class RequestError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
