// Files dropped on Sources, fields against what rules ask, and rules that cannot match, in a real browser.
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from 'bun:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { findChromium, launch } from './chromium.ts'
import { PASSWORD, startTestServer, type TestServer } from './server.ts'

const chromium = findChromium()
if (chromium === undefined)
  console.warn('browser tests skipped: no Chromium found, set CHROMIUM to its path')

setDefaultTimeout(60_000)

const SSHD = Array.from(
  { length: 1500 },
  (_, n) =>
    `Nov 21 10:${String(n % 60).padStart(2, '0')}:00 web-3 sshd[${n}]: Failed password for invalid user x${n} from 203.0.113.9 port ${1024 + n} ssh2`,
).join('\n')

describe.skipIf(chromium === undefined)('sources', () => {
  let server: TestServer
  let browser: Browser
  let context: BrowserContext
  let page: Page

  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startTestServer(), launch(chromium ?? '')])
    context = await browser.newContext({ viewport: { width: 1440, height: 820 } })
    page = await context.newPage()
    await page.goto(`${server.url}/sign-in`)
    await page.fill('[name=name]', 'admin')
    await page.fill('[name=password]', PASSWORD)
    await page.click('button[type=submit]')
    await page.waitForURL('**/search')
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  beforeEach(async () => {
    await page.goto(`${server.url}/sources`)
  })

  test('a file that is dropped is read, shown with its progress, and its source appears', async () => {
    const file = {
      name: 'auth.log.gz',
      content: Buffer.from(Bun.gzipSync(SSHD)).toString('base64'),
    }
    await page.evaluate((given) => {
      const bytes = Uint8Array.from(atob(given.content), (c) => c.charCodeAt(0))
      const data = new DataTransfer()
      data.items.add(new File([bytes], given.name))
      document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }))
    }, file)
    const run = page.locator('.imports .run', { hasText: 'auth.log.gz' })
    await run.getByText('1,500 events').waitFor()
    await page
      .locator('#source-cards .card', { hasText: 'linux_auth' })
      .waitFor({ timeout: 15_000 })
  })

  test('a chosen file under a parser’s name: what cannot be parsed is named with its line', async () => {
    await page.locator('[data-files-source]').fill('suricata')
    await page.locator('input[data-files]').setInputFiles({
      name: 'eve.json',
      mimeType: 'application/json',
      buffer: Buffer.from('{"event_type":"dns","dns":{"rrname":"a.example"}}\nnot json {\n'),
    })
    const run = page.locator('.imports .run', { hasText: 'eve.json' })
    await run.getByText('1 could not be parsed').waitFor()
    expect(await run.locator('.samples').textContent()).toMatch(/^2: /)
    await page.reload()
    await page.locator('#dead-letters .failure', { hasText: 'not json {' }).waitFor()
  })

  test('a file that is no log at all says why it stopped', async () => {
    await page.locator('input[data-files]').setInputFiles({
      name: 'broken.log.gz',
      mimeType: 'application/gzip',
      buffer: Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]),
    })
    const problem = page.locator('.imports .run', { hasText: 'broken.log.gz' }).getByRole('alert')
    await problem.waitFor()
    expect(await problem.textContent()).not.toContain('/uploads/')
  })

  test('the fields of a source stand beside the rules that ask for them', async () => {
    await page.goto(`${server.url}/sources/one?source=linux_auth`)
    await page.getByText('name a log source that it declares').waitFor()
    await page
      .locator('#source-fields td', { hasText: /^user$/i })
      .first()
      .waitFor()
  })

  test('dead rules are listed with the cause, and one rule says whether it can match', async () => {
    await page.goto(`${server.url}/rules`)
    await page.locator('#liveness a', { hasText: 'dead' }).click()
    await page.waitForURL('**/rules?state=dead')
    const dead = page.locator('tr[data-row]', { has: page.locator('.pill.dead') }).first()
    expect(await dead.locator('.pill.dead').getAttribute('title')).toContain('is stored')
    await page.goto(`${server.url}/rules?text=SSH+Login+Attempt+for+an+Unknown`)
    await page.locator('tr[data-row] a').first().click()
    await page.locator('#liveness-state', { hasText: 'alive' }).waitFor()
  })
})
