/** The value has a version this library cannot read; a newer one wrote it. */
export class TimelineVersionError extends TypeError {
  /** As found in the value. */
  readonly format: string
  readonly version: number
  /** The version this library reads and writes. */
  readonly supported: number

  constructor(what: string, format: string, version: number, supported: number) {
    super(`${what} must be of version ${supported} of ${format}, got version ${version}`)
    this.format = format
    this.version = version
    this.supported = supported
  }
}

Object.defineProperty(TimelineVersionError.prototype, 'name', {
  value: 'TimelineVersionError',
  configurable: true,
  writable: true,
})
