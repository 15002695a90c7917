/** A JSON body, read up to a bound: what is larger is refused as soon as that is known, and not kept. */

/** What a body says. @throws RangeError where it has more than `most` bytes, SyntaxError where it is no JSON. */
export async function jsonOf(response: Response, most: number): Promise<unknown> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  // To leave the loop early cancels the stream, and with it the connection.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > most) throw new RangeError(`httpMembers: the body has more than ${most} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return JSON.parse(text + decoder.decode())
}
