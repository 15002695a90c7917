/**
 * Whether a request comes from the page itself, and not from a page somebody else had a browser open.
 *
 * Browsers say so in `sec-fetch-site`, which no page can set, over https and to localhost; else in `origin`, which then has
 * to be the host that was asked.
 */
import { authorityOf, hostOf } from '../../../serving/authority.ts'
import type { ServerRequest } from '../../../serving/request.ts'

/** Data is for the page, and for who types its address. What says nothing is no browser, or an old one that may only read. */
export function mayRead(request: ServerRequest): boolean {
  const site = request.header('sec-fetch-site')
  return site === undefined || site === 'same-origin' || site === 'none'
}

/** To change something, it has to say that it is the page. */
export function mayChange(request: ServerRequest): boolean {
  const site = request.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  const origin = request.header('origin')
  const host = hostOf(origin)
  return host !== undefined && host !== '' && host === authorityOf(request, new URL(origin as string).protocol)
}
