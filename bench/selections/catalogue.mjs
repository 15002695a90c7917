/**
 * Every selection of the failover pool: how it is made for a client, what it is for, and what a pick costs for n members.
 *
 * `clients` is how many it takes for all members to be used alike, `keys` how many keys calls have (by default nearly each
 * its own), `servers` how many of the members carry the load where that is not all, `warmUp` the seconds it needs to learn.
 */
import {
  consistentHash,
  dynamic,
  earliestDeadline,
  ketama,
  latencyWindow,
  leastPending,
  maglev,
  ordered,
  peakEwma,
  random,
  rendezvous,
  reportedLoad,
  roundRobin,
  sticky,
  subset,
  tiers,
  twoChoices,
  weighted,
  zones,
} from '../../dist/failover.js'

export const catalogue = [
  { name: 'roundRobin()', for: 'equal members, equal calls, no surprises', cost: 'O(1)', make: () => roundRobin() },
  { name: 'weighted()', for: 'few members of known, unequal size', cost: 'O(n)', make: () => weighted() },
  {
    name: 'earliestDeadline()',
    for: 'hundreds of members of known, unequal size',
    cost: 'O(log n)',
    make: () => earliestDeadline(),
  },
  { name: 'random()', for: 'many short-lived clients that share no state', cost: 'O(1)', make: () => random() },
  { name: 'ordered()', for: 'a primary and the standbys behind it', cost: 'O(1)', make: () => ordered(), servers: 1 },
  {
    name: 'leastPending()',
    for: 'one client, few members, calls of unequal length',
    cost: 'O(n)',
    make: () => leastPending(),
  },
  { name: 'twoChoices()', for: 'the safe choice when calls or members differ', cost: 'O(1)', make: () => twoChoices() },
  { name: 'peakEwma()', for: 'members that may turn slow at any moment', cost: 'O(1)', make: () => peakEwma() },
  {
    name: 'latencyWindow()',
    for: 'members near and far, as in several regions',
    cost: 'O(1)',
    make: () => latencyWindow(),
  },
  { name: 'dynamic()', for: 'members of unknown, unequal and changing speed', cost: 'O(1)', make: () => dynamic() },
  {
    name: 'reportedLoad()',
    for: 'servers that report their load, shared by many clients',
    cost: 'O(log n)',
    make: () => reportedLoad(),
    // Until its first reports count it goes in turn, and a slow member must then work off what it got.
    warmUp: 120,
  },
  {
    name: 'consistentHash()',
    for: 'the same member for the same key, simplest',
    cost: 'O(n)',
    make: () => consistentHash({ table: rendezvous() }),
  },
  {
    name: 'consistentHash({ table: ketama() })',
    for: 'the same key to the same member as Nginx',
    cost: 'O(log n)',
    make: () => consistentHash({ table: ketama() }),
  },
  {
    name: 'consistentHash({ table: maglev() })',
    for: 'keys spread evenly over hundreds of members',
    cost: 'O(1)',
    make: () => consistentHash({ table: maglev() }),
  },
  {
    name: 'consistentHash({ balance: 1.25 })',
    for: 'keys of which a few are very hot',
    cost: 'O(n)',
    make: () => consistentHash({ balance: 1.25 }),
  },
  {
    name: 'sticky(twoChoices())',
    for: 'sessions that stay where they once began',
    cost: 'O(1)',
    make: () => sticky(twoChoices()),
    keys: 5000,
  },
  {
    name: 'subset(twoChoices(), …)',
    for: 'many clients and hundreds of members, few connections',
    cost: 'O(1)',
    make: (client) => subset(twoChoices(), { size: 5, client }),
    clients: 2,
  },
  {
    name: 'tiers(twoChoices())',
    for: 'preferred members, and others for when they fail',
    cost: 'O(1)',
    make: () => tiers(twoChoices()),
    servers: 8,
  },
  {
    name: 'zones(twoChoices(), …)',
    for: "a client's own zone, others when it fails",
    cost: 'O(1)',
    make: (client) => zones(twoChoices(), { zone: client === 0 ? 'east' : 'west' }),
    clients: 2,
  },
]
