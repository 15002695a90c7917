/** Takes the pictures of the dashboard anew, with Chromium: `npm run pictures`. */
import { chromium } from 'playwright-core'
import { openShop } from './shop.mjs'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const pictures = [
  { file: 'dashboard-light.png', scheme: 'light', width: 1280, height: 1500 },
  { file: 'dashboard-dark.png', scheme: 'dark', width: 1280, height: 1100, at: '#components', open: 'replicas/paris' },
  { file: 'dashboard-phone.png', scheme: 'light', width: 390, height: 844, scale: 2 },
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
    await page.screenshot({ path: new URL(file, import.meta.url).pathname })
    await page.close()
    console.log(file)
  }
} finally {
  await browser.close()
  shop.close()
}
