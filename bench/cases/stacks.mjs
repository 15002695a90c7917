/** Policies around each other, in the order the documentation recommends: timeout, retry, breaker, bulkhead. */
import { signalWork, syncWork } from './work.mjs'

const group = 'stacks'
const all = ['limit', 'cockatiel', 'opossum', 'sindre', 'mollitia', 'effect']
const four = { build: 'stack', args: [4] }

export const stacks = [
  { name: 'stack-1', title: 'one: breaker', build: 'stack', args: [1], by: ['limit', 'cockatiel', 'opossum'] },
  { name: 'stack-2', title: 'two: retry, breaker', build: 'stack', args: [2], by: ['limit', 'cockatiel', 'mollitia'] },
  {
    name: 'stack-4',
    title: 'four: timeout, retry, breaker, bulkhead',
    ...four,
    by: all,
    target: { ratio: 6, bytes: 750, under: { cockatiel: 20, opossum: 2.5 } },
  },
  {
    name: 'stack-6',
    title: 'six: fallback outside, attempt timeout inside',
    build: 'stack',
    args: [6],
    by: ['cockatiel', 'mollitia', 'effect'],
    target: { ratio: 8.5 },
  },
  { name: 'stack-4-signal', title: 'four, the signal is read', ...four, work: signalWork, by: ['cockatiel'] },
  { name: 'stack-4-sync', title: 'four, the operation has no promise', ...four, work: syncWork, by: ['cockatiel'] },
  {
    name: 'listeners',
    title: 'four, with three listeners',
    build: 'heard',
    by: ['cockatiel', 'opossum'],
    without: 'stack',
    args: [4],
    target: { times: 1.5 },
  },
  {
    name: 'tracker',
    title: 'four, with an availability tracker',
    build: 'watched',
    by: [],
    without: 'stack',
    args: [4],
    target: { times: 1.25 },
  },
  { name: 'many', title: '64 different pipelines, called in turn', build: 'many', args: [64], by: [] },
].map((each) => ({ ...each, group }))
