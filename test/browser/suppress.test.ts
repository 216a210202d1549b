// Suppressing from a row in a browser: choose, see what it hides, mute, promote against it, end it.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { findChromium, launch } from './chromium.ts'
import { API_KEY, PASSWORD, startTestServer, type TestServer } from './server.ts'

setDefaultTimeout(60_000)

const chromium = findChromium()
if (chromium === undefined) console.warn('No Chromium: browser tests are skipped')

let server: TestServer
let browser: Browser
let page: Page
let second = 0

const shell = (user: string, host: string) => {
  const at = new Date(Date.now() - 120_000 + second++ * 1000).toISOString()
  return `<86>1 ${at} ${host} sudo 88 - - ${user} : TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=/bin/bash`
}
async function send(user: string, host: string): Promise<void> {
  const { services } = server
  const before = (await services.state.countAlerts({})).total
  const sent = await fetch(`${server.url}/ingest?source=linux_auth`, {
    method: 'POST',
    headers: { 'x-api-key': API_KEY },
    body: shell(user, host),
  })
  if (!sent.ok) throw new Error(await sent.text())
  while ((await services.state.countAlerts({})).total === before) await Bun.sleep(20)
}

describe.skipIf(chromium === undefined)('suppressing in a browser', () => {
  beforeAll(async () => {
    server = await startTestServer()
    browser = await launch(chromium ?? '')
    page = await browser.newPage()
    page.setDefaultTimeout(30_000)
    await page.goto(`${server.url}/sign-in`)
    await page.fill('input[name=name]', 'admin')
    await page.fill('input[name=password]', PASSWORD)
    await page.click('button[type=submit]')
    await page.waitForURL(/search/)
    await send('backup', 'db-1')
    await send('eve', 'web-1')
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  test('the menu of a value leads to the builder, with that value ticked', async () => {
    await page.goto(`${server.url}/search?q=user:backup`)
    await page.click('#rows a[data-open]')
    await page.click('#drawer .val[data-field=user]')
    await page.click('#value-menu [data-menu=suppress]')
    await page.waitForURL(/\/suppress\?/)
    const ticked = page.locator('.criterion:has(:checked)')
    expect(await ticked.allInnerTexts()).toEqual([expect.stringContaining('backup')])
    await page.waitForSelector('#mute-effect .big')
    const effect = await page.textContent('#mute-effect')
    expect(effect).toContain('of 2 alerts in 30 days hidden')
    expect(effect).toContain('A-1')
    expect(effect).not.toContain('A-2')
  })

  test('what is ticked changes what it hides', async () => {
    await page.click('.criterion:has-text("@process")')
    await page.click('.criterion:has(:checked):has-text("backup")')
    await page.waitForSelector('#mute-effect:has-text("A-2")')
    expect(await page.textContent('#mute-effect')).toContain('hide everything')
    await page.click('.criterion:has-text("@user")')
    await page.waitForSelector('#mute-effect:not(:has-text("A-2"))')
  })

  test('muting acts at once, and the row says so', async () => {
    await page.fill('#mute-reason', 'the nightly backup')
    await page.click('button:has-text("Mute and propose")')
    await page.waitForURL(/suppressions/)
    expect(await page.textContent('.release')).toContain('the nightly backup')
    await send('backup', 'db-2')
    await page.goto(`${server.url}/search?q=user:backup`)
    await page.waitForSelector('#rows .muted-row')
    await page.goto(`${server.url}/alerts`)
    await page.waitForSelector('table.alerts')
    expect(await page.textContent('#alert-total')).toContain('2 alerts')
  })

  test('a muted event is promoted by key, and only on the record', async () => {
    await page.goto(`${server.url}/search?q=user:backup host:db-2`)
    await page.click('#rows a[data-open]')
    await page.waitForSelector('#drawer :text("Muted by")')
    await page.keyboard.press('p')
    await page.check('#promote input[name=override]')
    await page.keyboard.press('2')
    await page.click('#promote button[type=submit]')
    await page.waitForSelector('#drawer .notice.ok')
    expect(await page.textContent('#drawer .notice.ok')).toContain('it is now A-4')
    const [entry] = await server.services.state.listAudit({ limit: 1, action: 'alert.promote' })
    expect(entry?.after).toContain('S-1')
  })

  test('ending it brings the alert back', async () => {
    await page.goto(`${server.url}/suppressions`)
    await page.click('button:has-text("End now")')
    await page.waitForSelector('.release .pill:has-text("ended")')
    expect((await server.services.state.getAlert('A-3'))?.status).toBe('new')
  })
})
