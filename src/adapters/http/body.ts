/** Reads a JSON body up to a limit: a larger one is refused as soon as it exceeds the limit. */

/** Parses a body. @throws RangeError if it has more than `most` bytes, SyntaxError if it is not JSON. */
export async function jsonOf(response: Response, most: number): Promise<unknown> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  // Leaving the loop early cancels the stream and with it the connection.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > most) throw new RangeError(`httpMembers: the body has more than ${most} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return JSON.parse(text + decoder.decode())
}
