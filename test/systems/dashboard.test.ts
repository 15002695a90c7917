import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  availabilityTracker,
  bulkhead,
  circuitBreaker,
  failoverPool,
  pipeline,
  retry,
  roundRobin,
  timeout,
} from 'holdfast'
import { dashboard } from 'holdfast/dashboard'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { closePages, look, violations } from './dashboard/browser.ts'
import { type Backend, backends } from './support/backend.ts'
import { describeSystem, freePorts } from './support/system.ts'

describeSystem('the dashboard in Chromium', ['chromium'], () => {
  const closing: (() => unknown)[] = []
  afterEach(() => closePages())
  afterAll(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  /** Serves it, and gives where. */
  async function served(options: Parameters<typeof dashboard>[0]): Promise<string> {
    const board = dashboard(options)
    const server = createServer(board.handler)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      board.close()
      server.closeAllConnections()
      server.close()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  }

  const hostile = [
    '<script>window.stolen = 1</script>',
    '<img src=x onerror="window.stolen = 2">',
    '</script><script>window.stolen = 3</script>',
    '"><svg onload=window.stolen=4>',
    'line\u2028separator\ndata: {}',
  ]

  describe('of a shop', () => {
    let replicas: readonly Backend[] = []
    let url = ''
    const breaker = circuitBreaker({ name: 'warehouse', consecutiveFailures: 3, openFor: '10s' })
    const tracker = availabilityTracker()
    const allowed: string[] = []
    let calling = true

    beforeAll(async () => {
      replicas = await backends('a', 'b', 'c')
      const pool = failoverPool(
        replicas.map(({ name, url: target }) => ({ name, target })),
        {
          name: 'replicas',
          selection: roundRobin(),
          guard: () => circuitBreaker({ consecutiveFailures: 2, openFor: '200ms' }),
          outlier: { consecutiveFailures: 3, ejectFor: '300ms' },
        },
      )
      const shop = pipeline('shop', timeout('2s'), retry(1), bulkhead(50), pool)
      const stock = pipeline('stock', breaker)
      tracker.watch(shop)
      tracker.watch(stock)
      tracker.objective({
        name: 'shop',
        target: 0.99,
        period: '30d',
        indicator: { kind: 'requests', policy: shop },
      })
      for (const name of hostile) {
        tracker.component(name).down({ reason: name })
      }
      const load = (async () => {
        while (calling) {
          await shop
            .execute(async ({ target, signal }) => {
              const answer = await fetch(target, { signal })
              if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
              await answer.text()
            })
            .catch(() => undefined)
          await stock.execute(() => 'fine').catch(() => undefined)
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
      })()
      closing.push(
        () => Promise.all(replicas.map((replica) => replica.stop())),
        () => tracker.close(),
        async () => {
          calling = false
          await load
        },
      )
      url = await served({
        tracker,
        policies: [shop, stock],
        title: 'The shop',
        control: ({ action, name }) => {
          allowed.push(`${action} ${name}`)
          return name !== 'c'
        },
      })
    }, 30_000)

    it('shows everything, and requests nothing from other hosts', async () => {
      const page = await look(url)

      expect(await page.title()).toBe('The shop – holdfast')
      for (const part of ['Calls', 'Objectives', 'Call paths', 'Pools', 'Circuit breakers', 'Components']) {
        await page.getByRole('heading', { name: part, exact: true }).waitFor()
      }
      const path = page.getByRole('article', { name: 'Call path through shop' })
      expect(await path.locator('.stage-kind').allTextContents()).toEqual([
        'caller',
        'timeout',
        'retry',
        'bulkhead',
        'failoverPool',
        'your code',
      ])
      expect(await page.locator('[data-member]').count()).toBe(3)
      expect(await page.locator('[data-objective="shop"]').textContent()).toContain('of the error budget left')
      await page.locator('[data-objective="shop"] canvas').waitFor()
      // Bars are asked for as they come into sight.
      const component = page.locator('[data-component="shop"]')
      await component.scrollIntoViewIfNeeded()
      await component.locator('svg.bar').waitFor()
    })

    it('sees a change within a second', async () => {
      const page = await look(url)
      const mark = page.locator('[data-breaker="warehouse"] .mark')
      expect(await mark.textContent()).toBe('closed')
      const seen = mark.and(page.locator('[data-state="isolated"]')).waitFor()
      const at = performance.now()
      const handle = breaker.isolate()
      await seen
      const delay = performance.now() - at
      handle.release()
      await page.locator('[data-breaker="warehouse"] [data-state="closed"]').waitFor()

      expect(delay).toBeLessThan(1000)
    })

    it('turns a killed member red, and green when it is back', async () => {
      const page = await look(url)
      const member = page.locator('[data-member="b"]')
      const component = page.locator('[data-component="replicas/b"]')
      await member.locator('[data-state="up"]').first().waitFor()
      const [, b] = replicas as [Backend, Backend, Backend]
      await b.stop('SIGKILL')
      const red = member.locator('.mark.bad').first()
      await red.waitFor()
      await component.locator('[data-state="down"]').waitFor()
      const colour = await page.evaluate<string>(
        `getComputedStyle(document.querySelector('[data-member="b"] .mark.bad')).color`,
      )
      const [, r = 0, g = 0] = /rgb\((\d+), (\d+)/.exec(colour)?.map(Number) ?? []
      expect(r).toBeGreaterThan(2 * g)
      await page.getByRole('button', { name: 'replicas/b is down' }).waitFor()

      await b.start()
      await component.locator('[data-state="up"]').waitFor()
      await member.locator('td:nth-child(2) [data-state="up"], td:nth-child(2) [data-state="warming"]').waitFor()
      await page.getByRole('button', { name: 'replicas/b is down' }).waitFor({ state: 'detached' })

      await component.getByRole('button', { name: 'replicas/b' }).click()
      const outage = component.getByRole('region', { name: 'Outages of replicas/b' }).locator('tbody tr').first()
      await outage.waitFor()
      expect(await outage.textContent()).toContain('detected')
    })

    it('shows names and reasons as text, never as HTML', async () => {
      const page = await look(url)
      for (const name of hostile.slice(0, 4)) {
        const row = page.locator('li.component').filter({ hasText: name })
        await row.getByRole('button').click()
        await row.locator('tbody td:last-child').filter({ hasText: name }).waitFor()
      }
      await page.locator('li.component').filter({ hasText: 'separator' }).waitFor()

      expect(await page.evaluate<boolean>(`'stolen' in window`)).toBe(false)
      expect(await page.locator('img, main script').count()).toBe(0)
    })

    it.each(['light', 'dark'] as const)('has nothing that axe finds wrong, in %s', async (colorScheme) => {
      const page = await look(url, { colorScheme })
      await page.locator('[data-component="shop"]').getByRole('button').click()
      await page.getByRole('slider', { name: '90 days' }).waitFor()
      await page.getByRole('button', { name: 'Isolate warehouse' }).click()
      await page.getByRole('dialog').waitFor()

      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      expect(await violations(page)).toEqual([])
    })

    it('fits a phone, and zooms', async () => {
      const page = await look(url, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })
      await page.locator('[data-component="shop"]').getByRole('button').tap()
      await page.getByRole('slider', { name: '60 minutes' }).waitFor()

      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
      // A row that is too wide is cut, and makes nothing wider.
      const spans = await page.evaluate<[left: number, right: number][]>(`
        [...document.querySelectorAll('.component > *, .walk')].map((part) => {
          const { left, right } = part.getBoundingClientRect()
          return [left, right]
        })`)
      expect(spans.filter(([left, right]) => right > 360 || right - left < 100)).toEqual([])
      expect(await violations(page)).toEqual([])
    })

    it('can be used by keyboard alone', async () => {
      const page = await look(url)
      await page.keyboard.press('Tab')
      expect(await page.evaluate<string>('document.activeElement.textContent')).toBe('Skip to content')
      await page.keyboard.press('Enter')
      expect(await page.evaluate<string>('document.activeElement.id')).toBe('main')

      await page.getByRole('searchbox').focus()
      await page.keyboard.type('replicas/a')
      await page.getByText('1 of 10 components').waitFor()
      await page.keyboard.press('Tab')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      const slider = page.getByRole('slider', { name: '60 minutes' })
      await slider.focus()
      const now = await slider.getAttribute('aria-valuetext')
      await page.keyboard.press('Home')
      const first = await slider.getAttribute('aria-valuetext')
      expect(await slider.getAttribute('aria-valuenow')).toBe('0')
      expect(first).not.toBe(now)
      await page.keyboard.press('ArrowRight')
      expect(await slider.getAttribute('aria-valuenow')).toBe('1')
    })

    it('announces changes to a screen reader', async () => {
      const page = await look(url)
      const told = page.locator('p.unseen[role=status]')
      // It compares with what it saw before.
      await page.waitForTimeout(3500)
      tracker.component('mail').up()
      await page.locator('[data-component="mail"]').waitFor()
      await page.waitForTimeout(3500)
      tracker.component('mail').down()
      await told.filter({ hasText: 'mail is down.' }).waitFor({ state: 'attached' })
    })

    it('isolates and releases, after a confirmation', async () => {
      const page = await look(url)
      const row = page.locator('[data-breaker="warehouse"]')
      await row.getByRole('button', { name: 'Isolate warehouse' }).click()
      await page.getByRole('dialog').getByText('It rejects every call').waitFor()
      await page.getByRole('button', { name: 'Cancel' }).click()
      expect(breaker.state).toBe('closed')

      await row.getByRole('button', { name: 'Isolate warehouse' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Isolate', exact: true }).click()
      await row.locator('[data-state="isolated"]').waitFor()
      expect(breaker.state).toBe('isolated')
      await row.getByRole('button', { name: 'Release warehouse' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Release', exact: true }).click()
      await row.locator('[data-state="closed"]').waitFor()
      expect(allowed).toContain('isolate warehouse')
    })

    it('drains a member, and says so if that is not allowed', async () => {
      const page = await look(url)
      await page.getByRole('button', { name: 'Drain a' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Drain', exact: true }).click()
      await page.locator('[data-member="a"] [data-state="drain"]').waitFor()
      await page.getByRole('button', { name: 'Take back a' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Take back', exact: true }).click()
      await page.locator('[data-member="a"] [data-state="drain"]').waitFor({ state: 'detached' })

      await page.getByRole('button', { name: 'Drain c' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Drain', exact: true }).click()
      await page.getByRole('alert').waitFor()
      await closePages(/403/)
    })
  })

  it('has no buttons to control without the callback', async () => {
    const breaker = circuitBreaker({ name: 'stock' })
    const page = await look(await served({ policies: [breaker] }))
    await page.locator('[data-breaker="stock"]').waitFor()

    expect(await page.locator('.controls').count()).toBe(0)
    expect(await page.getByRole('columnheader', { name: 'Control' }).count()).toBe(0)
  })

  it('has a row for each guard of a member that is no breaker', async () => {
    const pool = failoverPool([{ name: 'a', target: 1 }], { name: 'db', guard: () => bulkhead(2) })
    const page = await look(await served({ policies: [pool] }))
    const row = page.locator('[data-guard="bulkhead"]')
    await row.waitFor()

    expect(await row.textContent()).toContain('in db › db › a')
    expect(await row.textContent()).toContain('0 of 2 active, 0 queued, 0 rejections')
    expect(await violations(page)).toEqual([])
  })

  it('fits a phone even with long names', async () => {
    const long = 'checkout-of-the-shop-in-'.repeat(8)
    const tracker = availabilityTracker()
    tracker.component(long).down({ reason: long })
    tracker.objective({ name: long, target: 0.9, period: '1d', indicator: { kind: 'time', component: long } })
    const pool = failoverPool([{ name: long, target: 1 }], { name: long })
    const saving = pipeline(`${long}2`, retry({ name: long, retries: 1, backoff: 0 }), pool)
    let calls = 0
    await saving.execute(async () => {
      if (++calls === 1) throw new Error('no')
    })
    const url = await served({ tracker, policies: [saving, pool], title: long, control: () => true })
    const page = await look(url, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })
    await page.locator(`[data-objective="${long}"] canvas`).waitFor()

    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
  })

  it('reconnects after the process has restarted', async () => {
    const [port = 0] = await freePorts(1)
    const start = async () => {
      const board = dashboard({ policies: [circuitBreaker({ name: 'stock' })] })
      const server = createServer(board.handler)
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      return () => {
        board.close()
        server.closeAllConnections()
        server.close()
      }
    }
    const stop = await start()
    const page = await look(`http://127.0.0.1:${port}/`)
    stop()
    await page.getByText('connection lost').waitFor()
    closing.push(await start())
    await page.getByText('live', { exact: true }).waitFor()
    await closePages(/ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY/)
  })

  it('closes its stream while it is hidden, and reopens it', async () => {
    const breaker = circuitBreaker({ name: 'stock' })
    const page = await look(await served({ policies: [breaker], maxClients: 1 }))
    const turn = (hidden: boolean) =>
      page.evaluate(`{
        Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }`)
    await page.clock.install()
    await turn(true)
    await page.clock.runFor(61_000)
    await page.getByText('paused').waitFor()
    // Its place is free for another one, as soon as the server has seen it go.
    const free = () =>
      expect.poll(async () => (await fetch(`${page.url()}?events`, { method: 'HEAD' })).status).toBe(200)
    await free()
    const other = await look(page.url())
    await other.close()
    await free()
    const handle = breaker.isolate()
    await turn(false)
    await page.clock.runFor(1000)
    await page.locator('[data-breaker="stock"] [data-state="isolated"]').waitFor()
    handle.release()
  })

  it('stays fluid with 500 components that change constantly', async () => {
    const tracker = availabilityTracker()
    closing.push(() => tracker.close())
    const names = Array.from({ length: 500 }, (_, index) => `service-${index}`)
    for (const name of names) tracker.component(name).up()
    const page = await look(await served({ tracker }))
    await page.locator('li.component').nth(499).waitFor({ state: 'attached' })
    // What the page computes itself, in time of the processor: frames also wait for whatever else the machine does.
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.setTimeDomain', { timeDomain: 'threadTicks' })
    await session.send('Performance.enable')
    const seconds = async () => {
      const { metrics } = await session.send('Performance.getMetrics')
      return metrics.find(({ name }) => name === 'TaskDuration')?.value as number
    }
    /** Two seconds of pictures, one by one: how many, and in which part of the time the page computes. */
    const draw = async (step: number) => {
      const before = await seconds()
      const pictures = await page.evaluate<number>(`(async () => {
        const end = performance.now() + 2000
        let pictures = 0
        for (; performance.now() < end; pictures++) {
          await new Promise((resolve) => requestAnimationFrame(resolve))
          scrollBy(0, ${step})
        }
        return pictures
      })()`)
      return { pictures, busy: ((await seconds()) - before) / 2 }
    }
    const still = await draw(0)
    let turn = 0
    const changing = setInterval(() => {
      for (let i = 0; i < 25; i++) {
        const handle = tracker.component(names[(turn * 25 + i) % 500] as string)
        if (Math.floor(turn / 20) % 2 === 0) handle.down()
        else handle.up()
      }
      turn++
    }, 100)
    const changed = await draw(0)
    const scrolled = await draw(9)
    clearInterval(changing)

    expect(changed.busy - still.busy).toBeLessThan(0.25)
    // Chromium paints by the processor here, beside whatever else the machine does.
    expect(scrolled.pictures).toBeGreaterThan(40)
  })
})
