/** Records that a store no longer has, as far as it knows. */
export interface LostRecords {
  /** The number of the first of them. */
  readonly from: number
  /** How many they are at least. */
  readonly records: number
  /** Lines of the file that cannot be read or are not believed; 0 where they are missing from it. */
  readonly lines: number
  /** The bytes of these lines. */
  readonly bytes: number
}

/** Why a history cannot be read or kept. */
export class StoreError extends Error {
  /**
   * `HF_STORE_VERSION` it is of another version, `HF_STORE_DAMAGED` it is broken or a part of it is missing,
   * `HF_STORE_LOCKED` another process writes it, `HF_STORE_FULL` there is no room left to wait for the store,
   * `HF_STORE_SILENT` the store does not answer, `HF_STORE_CLOSED` the tracker was closed before.
   */
  readonly code: `HF_STORE_${'VERSION' | 'DAMAGED' | 'LOCKED' | 'FULL' | 'SILENT' | 'CLOSED'}`
  /** The file, where it is one; of damage that was got over, the copy that was kept of it. */
  readonly path: string | undefined
  /** The line of the file, from 1. */
  readonly line: number | undefined
  /** Records that the store lost; undefined where it lost none. */
  readonly lost: LostRecords | undefined

  constructor(
    message: string,
    code: StoreError['code'],
    where: { readonly path?: string; readonly line?: number; readonly lost?: LostRecords } = {},
  ) {
    super(message)
    this.code = code
    this.path = where.path
    this.line = where.line
    this.lost = where.lost
  }
}

// On the prototype, so that a minifier cannot change it.
Object.defineProperty(StoreError.prototype, 'name', { value: 'StoreError', configurable: true, writable: true })
