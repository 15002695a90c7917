/** HTTP answers. Their headers allow no loading from elsewhere, no framing, no caching and no use by other origins. */
import { page } from 'holdfast:dashboard-page'
import type { ServerAnswer } from '../../serving/answer.ts'
import { json } from './wire/encoding.ts'

const contentSecurityPolicy = [
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

const commonHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

const pageHeaders = { ...commonHeaders, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }

const jsonHeaders = { ...commonHeaders, 'content-type': 'application/json', 'cache-control': 'no-store' }

/** Proxies and compression must pass each event on at once, not collect events into larger pieces. */
export const streamHeaders = {
  ...commonHeaders,
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

export const pageAnswer: ServerAnswer = { status: 200, headers: pageHeaders, body: page.html }

export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): ServerAnswer {
  return { status, headers: { ...jsonHeaders, ...headers }, body: json(value) }
}
