/** Each policy alone. */
import { failing, flaky, gate, signalWork, work } from './work.mjs'

const group = 'policies'
const room = { limit: 100, queue: 1000 }
const crowd = { limit: 10, queue: 1000 }
const tenThousand = gate(10_000)

export const policies = [
  { name: 'none', title: 'a pipeline of none', build: 'none', by: ['cockatiel', 'mollitia', 'effect'] },
  {
    name: 'breaker',
    title: 'breaker, default rule',
    build: 'breaker',
    by: ['limit', 'cockatiel', 'opossum', 'mollitia'],
    target: { ratio: 2.2 },
  },
  {
    name: 'breaker-consecutive',
    title: 'breaker, failures in a row',
    build: 'consecutiveBreaker',
    by: ['limit', 'cockatiel'],
    target: { ratio: 2.2 },
  },
  {
    name: 'breaker-open',
    title: 'breaker open, against throwing one same error',
    build: 'openBreaker',
    shape: 'catch',
    work: failing,
    bare: failing,
    by: ['limit', 'cockatiel', 'opossum', 'mollitia'],
    target: { ratio: 0.6 },
  },
  {
    name: 'window',
    title: 'breaker, a rate over the latest 100 calls',
    build: 'countBreaker',
    by: ['cockatiel', 'mollitia'],
  },
  {
    name: 'retry',
    title: 'retry, the first try works',
    build: 'retrying',
    by: ['limit', 'cockatiel', 'p-retry', 'mollitia', 'effect'],
  },
  {
    name: 'retry-twice',
    title: 'retry, two failures, 1,000 at once',
    build: 'failingTwice',
    shape: 'batch',
    bareShape: 'await',
    size: 1000,
    work: flaky,
    bare: work,
    by: ['limit', 'cockatiel', 'p-retry', 'mollitia', 'effect'],
  },
  {
    name: 'timeout',
    title: 'timeout, the call ends first',
    build: 'timed',
    by: ['limit', 'cockatiel', 'opossum', 'p-timeout', 'mollitia', 'effect'],
    target: { ratio: 4.5 },
  },
  {
    name: 'timeout-signal',
    title: 'timeout, the signal is read',
    build: 'timed',
    work: signalWork,
    by: ['cockatiel', 'effect'],
    target: { ratio: 6.5 },
  },
  {
    name: 'timeout-in-flight',
    title: 'timeout, 10,000 in flight; bytes held by each',
    build: 'timed',
    shape: 'batch',
    size: 10_000,
    work: tenThousand.work,
    bare: tenThousand.work,
    started: tenThousand.open,
    held: true,
    by: ['limit', 'cockatiel', 'opossum', 'p-timeout', 'mollitia', 'effect'],
    target: { halfOfBestPeer: true },
  },
  {
    // No peer for JavaScript hedges with a budget; the limit is 1.3 timeouts, which are measured in the same run.
    name: 'hedge',
    title: 'hedge, the call ends first',
    build: 'hedged',
    by: [],
  },
  { name: 'hedge-learned', title: 'hedge, its delay is learned', build: 'learned', by: [] },
  {
    name: 'bulkhead',
    title: 'bulkhead, free',
    build: 'limited',
    args: [room],
    by: ['limit', 'cockatiel', 'opossum', 'p-limit', 'p-queue', 'bottleneck', 'mollitia', 'effect'],
  },
  {
    // Without bottleneck: it starts each waiting call from a timer, so a batch takes seconds.
    name: 'bulkhead-waiting',
    title: 'bulkhead, 1,000 waiting',
    build: 'limited',
    args: [crowd],
    shape: 'batch',
    size: 1010,
    by: ['limit', 'cockatiel', 'p-limit', 'p-queue', 'mollitia', 'effect'],
  },
  {
    // No peer for JavaScript has a throttle of this kind.
    name: 'throttle',
    title: 'throttle, nothing was refused',
    build: 'throttled',
    by: [],
    target: { ratio: 3 },
  },
  {
    name: 'rate-limiter',
    title: 'rate limiter, permits left',
    build: 'paced',
    target: { ratio: 3 },
    by: ['bottleneck', 'p-throttle', 'rate-limiter-flexible'],
  },
  {
    name: 'cache-hit',
    title: 'cache, a fresh value',
    build: 'cached',
    by: ['lru-cache', 'async-cache-dedupe'],
    target: { ratio: 1.5 },
  },
  {
    // Peers that share work by key have neither signals nor deadlines.
    name: 'single-flight',
    title: 'single-flight, each call leads',
    build: 'leading',
    by: [],
    target: { ratio: 5 },
  },
  {
    name: 'single-flight-joined',
    title: 'single-flight, 1,000 calls that share one run',
    build: 'leading',
    shape: 'batch',
    size: 1000,
    by: [],
    target: { ratio: 3 },
  },
  {
    name: 'adaptive-limiter',
    title: 'adaptive limiter, permits left',
    build: 'adaptive',
    args: [room],
    target: { ratio: 4.5 },
    by: ['p-queue'],
  },
  {
    name: 'fallback',
    title: 'fallback, not needed',
    build: 'covered',
    by: ['cockatiel', 'opossum', 'mollitia', 'effect'],
  },
].map((each) => ({ ...each, group }))
