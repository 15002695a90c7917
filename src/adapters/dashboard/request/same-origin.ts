/**
 * Whether a request comes from the page itself, not from another site in the user's browser.
 *
 * Over https and to localhost browsers send `sec-fetch-site`, which no page can set. Otherwise they send `origin`, whose host
 * must be the requested host.
 */
import { authorityOf, hostOf } from '../../../serving/authority.ts'
import type { ServerRequest } from '../../../serving/request.ts'

/**
 * The page may read data, and so may a user who types its address. A request without the header comes from no browser, or from
 * an old one, whose pages of other sites cannot read the answer.
 */
export function mayRead(request: ServerRequest): boolean {
  const site = request.header('sec-fetch-site')
  return site === undefined || site === 'same-origin' || site === 'none'
}

/** A change needs a positive sign that the page asks for it. */
export function mayChange(request: ServerRequest): boolean {
  const site = request.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  const origin = request.header('origin')
  const host = hostOf(origin)
  return host !== undefined && host !== '' && host === authorityOf(request, new URL(origin as string).protocol)
}
