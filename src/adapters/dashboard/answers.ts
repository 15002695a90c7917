/** What every answer says of itself: nothing is loaded from elsewhere, framed, stored, or shared with other origins. */
import { page } from 'holdfast:dashboard-page'

const csp = [
  "default-src 'none'",
  page.policy,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
]
  .filter((directive) => directive !== '')
  .join('; ')

const common = {
  'content-security-policy': csp,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

export const pageHeaders = { ...common, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }

export const jsonHeaders = { ...common, 'content-type': 'application/json', 'cache-control': 'no-store' }

/** Proxies and compression must not gather events until they make a larger piece. */
export const streamHeaders = {
  ...common,
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}
