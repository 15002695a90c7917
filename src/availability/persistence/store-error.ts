/** Why a history cannot be read or kept. */
export class StoreError extends Error {
  /**
   * `HF_STORE_VERSION` it is of another version, `HF_STORE_DAMAGED` it is broken, `HF_STORE_LOCKED` another process writes
   * it, `HF_STORE_FULL` there is no room left to wait for the store, `HF_STORE_SILENT` the store does not answer,
   * `HF_STORE_CLOSED` the tracker was closed before.
   */
  readonly code: `HF_STORE_${'VERSION' | 'DAMAGED' | 'LOCKED' | 'FULL' | 'SILENT' | 'CLOSED'}`
  /** The file, where it is one. */
  readonly path: string | undefined
  /** The line of the file, from 1. */
  readonly line: number | undefined

  constructor(
    message: string,
    code: StoreError['code'],
    where: { readonly path?: string; readonly line?: number } = {},
  ) {
    super(message)
    this.code = code
    this.path = where.path
    this.line = where.line
  }
}

// On the prototype, so that a minifier cannot change it.
Object.defineProperty(StoreError.prototype, 'name', { value: 'StoreError', configurable: true, writable: true })
