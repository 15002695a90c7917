/** Takes the pictures of the dashboard with Chromium: `npm run pictures`. As WebP, a third of the size of PNG. */
import { writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { openShop } from './shop.mjs'
import { webp } from './webp.mjs'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const pictures = [
  { file: 'dashboard-light.webp', scheme: 'light', width: 1280, height: 1500 },
  { file: 'dashboard-dark.webp', scheme: 'dark', width: 1280, height: 1100, at: '#components', open: 'replicas/paris' },
  { file: 'dashboard-phone.webp', scheme: 'light', width: 390, height: 844, scale: 2 },
]

const shop = await openShop()
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
try {
  for (const { file, scheme, width, height, scale = 1, at, open } of pictures) {
    const page = await browser.newPage({
      viewport: { width, height },
      deviceScaleFactor: scale,
      colorScheme: scheme,
      locale: 'en-GB',
      timezoneId: 'UTC',
    })
    await page.goto(shop.url)
    await page.getByText('live', { exact: true }).waitFor()
    if (open !== undefined) await page.locator(`[data-component="${open}"]`).getByRole('button').click()
    if (at !== undefined) await page.evaluate(`document.querySelector('${at}').scrollIntoView()`)
    await page.waitForTimeout(4000)
    writeFileSync(new URL(file, import.meta.url), await webp(browser, await page.screenshot()))
    await page.close()
    console.log(file)
  }
} finally {
  await browser.close()
  shop.close()
}
