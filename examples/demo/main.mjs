// Three real servers, a steady load, real damage, and a report of the resulting availability.
//
//   npm run demo -- [--seconds 20] [--rate 100] [--seed 1] [--json] [--dashboard[=PORT]] [--metrics[=PORT]]
import { seededRandom } from 'holdfast/testing'
import { controlClient, protectedClient } from './clients.mjs'
import { openInBrowser, serveDashboard } from './dashboard.mjs'
import { Fleet, injuries } from './fleet.mjs'
import { steadyLoad } from './load.mjs'
import { options } from './options.mjs'
import { plan } from './plan.mjs'
import { checks, results, text } from './report.mjs'
import { Screen } from './screen.mjs'

const weights = { a: 5, b: 3, c: 2 }

async function run({ seconds, rate, seed, json, dashboard, metrics }) {
  const fleet = new Fleet(weights)
  const stream = json ? process.stderr : process.stdout
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  process.once('SIGTERM', () => interrupt.abort())
  const loads = []
  const served = []
  try {
    await fleet.start()
    const client = protectedClient(fleet.replicas, seededRandom(seed))
    if (dashboard !== undefined) {
      const page = await serveDashboard(client, dashboard)
      served.push(page)
      if (stream.isTTY) openInBrowser(page.url)
    }
    // Loaded only on request: it needs prom-client.
    if (metrics !== undefined) served.push(await (await import('./metrics.mjs')).serveMetrics(client, metrics))
    const from = performance.now()
    const load = steadyLoad(client, rate)
    const control = steadyLoad(controlClient(fleet.replicas), rate)
    loads.push(load, control)
    const screen = new Screen(stream, () => view(fleet, client, control, from, seconds * 1000))
    screen.say(
      `3 servers, ${rate} calls/s from each client, ${seconds} s, seed ${seed}. Ctrl-C ends it with the report so far.`,
    )
    for (const { what, url } of served) screen.say(`${what}: ${url}`)
    await damage(fleet, plan(Object.keys(weights), seconds, seed), seconds * 1000, screen, interrupt.signal)
    await Promise.all(loads.map((one) => one.stop()))
    screen.clear()
    const window = { from, to: performance.now() }
    const result = results({ fleet, client, control, window, rate })
    const checked = checks(result)
    client.tracker.close()
    const interrupted = interrupt.signal.aborted
    const ok = !interrupted && checked.every((check) => check.ok)
    if (json)
      process.stdout.write(`${JSON.stringify({ ok, interrupted, seed, ...result, checks: checked }, null, 2)}\n`)
    else stream.write(`\n${text(result, checked).join('\n')}\n`)
    if (interrupted) stream.write('\nInterrupted: this is the report so far.\n')
    return interrupted ? 130 : ok ? 0 : 1
  } finally {
    for (const load of loads) load.stop()
    await Promise.all(served.map((one) => one.stop()))
    await fleet.stop()
  }
}

/** Carries out the plan and refreshes the screen, until the time is over or the user interrupts. */
async function damage(fleet, steps, total, screen, signal) {
  const began = performance.now()
  const left = [...steps]
  while (!signal.aborted && performance.now() - began < total) {
    screen.update()
    const [next] = left
    if (next !== undefined && performance.now() - began >= next.at) {
      left.shift()
      if (next.act === 'hurt') {
        screen.say(`  ${next.member}: ${injuries[next.kind].label}`)
        await fleet.hurt(next.member, next.kind)
      } else {
        await fleet.heal(next.member)
        screen.say(`  ${next.member}: healed`)
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function view(fleet, client, control, from, total) {
  const window = { from, to: performance.now() }
  const { requests } = client.tracker.report({ window })
  const injury = new Map(fleet.replicas.map((replica) => [replica.name, replica.injury]))
  return {
    total,
    elapsed: window.to - from,
    delivered: requests.deliveredAvailability,
    raw: requests.rawAvailability,
    control: control.availability,
    members: client.pool.members.map(({ name, weight, state, pending, latency }) => ({
      name,
      weight,
      state,
      pending,
      latency,
      injury: injury.get(name),
      breaker: client.breakers.get(name).state,
      served: client.served.get(name),
      availability: client.tracker.report({ component: `replicas/${name}`, window }).availability,
    })),
  }
}

try {
  process.exitCode = await run(options(process.argv.slice(2)))
} catch (error) {
  process.stderr.write(`${error instanceof TypeError ? error.message : (error?.stack ?? error)}\n`)
  process.exitCode = 2
}
