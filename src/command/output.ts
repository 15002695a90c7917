/** Writes text no faster than the reader consumes it. */

export interface Output {
  write(text: string): unknown
  once?(event: 'drain' | 'close', listener: () => void): unknown
  /** Whether it is a terminal. */
  readonly isTTY?: boolean
  readonly columns?: number
  readonly destroyed?: boolean
}

/** The number of characters that are written at once. */
const batch = 1 << 16

export async function writeAll(output: Output, pieces: Iterable<string>): Promise<void> {
  let text = ''
  for (const piece of pieces) {
    text += piece
    if (text.length < batch) continue
    await written(output, text)
    text = ''
    // The reader has closed the pipe.
    if (output.destroyed === true) return
  }
  await written(output, text)
}

async function written(output: Output, text: string): Promise<void> {
  if (output.write(text) !== false || output.once === undefined || output.destroyed === true) return
  await new Promise<void>((resolve) => {
    output.once?.('drain', resolve)
    output.once?.('close', resolve)
  })
}
