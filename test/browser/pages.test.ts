// What people do in the pages, in a real browser against a whole server.
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
import { API_KEY, PASSWORD, startTestServer, type TestServer } from './server.ts'

const chromium = findChromium()
if (chromium === undefined)
  console.warn('browser tests skipped: no Chromium found, set CHROMIUM to its path')

setDefaultTimeout(60_000)

describe.skipIf(chromium === undefined)('pages', () => {
  let server: TestServer
  let browser: Browser
  let context: BrowserContext
  let page: Page
  const problems: string[] = []

  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startTestServer(), launch(chromium ?? '')])
    context = await browser.newContext({ viewport: { width: 1440, height: 820 } })
    await ingest(server)
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  beforeEach(async () => {
    await page?.close()
    page = await context.newPage()
    problems.length = 0
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
  })

  test('signing in leads to the page asked for, a wrong password does not', async () => {
    await page.goto(`${server.url}/rules?level=high`)
    expect(page.url()).toContain('/sign-in?next=')
    await signIn(page, 'wrong password wrong')
    await page.getByText('do not fit together').waitFor()
    await signIn(page, PASSWORD)
    await page.waitForURL('**/rules?level=high')
    expect(await page.locator('header nav [aria-current]').textContent()).toBe('Rules')
  })

  test('a search finds events, and one opens in the drawer and by its own address', async () => {
    await page.goto(`${server.url}/search`)
    await page.locator('#rows tr[data-row]').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('host:web-7')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/search?q=host%3Aweb-7')
    await page.locator('#total').getByText('2 events', { exact: true }).waitFor()
    await page.locator('#rows td.message', { hasText: 'second' }).click()
    await page.locator('#drawer h2', { hasText: 'second' }).waitFor()
    expect(page.url()).toContain('sel=')
    await page.reload()
    await page.locator('#drawer h2', { hasText: 'second' }).waitFor()
    expect(problems).toEqual([])
  })

  test('over several days rows have their date, and it is not cut off', async () => {
    await page.goto(`${server.url}/search?from=now-7d`)
    const time = page.locator('#rows [data-open] time').first()
    await time.waitFor()
    expect(await time.textContent()).toMatch(/^\d+ [A-Z][a-z]{2} \d\d:\d\d:\d\d\.\d{3}$/)
    const [whole, shown] = await time
      .locator('xpath=ancestor::td')
      .evaluate((cell) => [cell.scrollWidth, cell.clientWidth])
    expect(whole).toBeLessThanOrEqual(shown ?? 0)
  })

  test('back and forward keep query, row and drawer', async () => {
    await page.goto(`${server.url}/search?q=host:web-7`)
    await page.locator('#rows td.message', { hasText: 'first' }).click()
    await page.locator('#drawer h2', { hasText: 'first' }).waitFor()
    await page.locator('.chip a[aria-label="Remove host:web-7"]').click()
    await page.waitForURL('**/search')
    await page.locator('#total').getByText('5 events', { exact: true }).waitFor()

    await page.goBack()
    await page.locator('#drawer h2', { hasText: 'first' }).waitFor()
    expect(await page.inputValue('#q')).toBe('host:web-7')
    expect(await page.locator('tr[aria-selected=true] td.message').textContent()).toContain('first')
    await page.goBack()
    await page.locator('#drawer h2').waitFor({ state: 'detached' })
    expect(await page.inputValue('#q')).toBe('host:web-7')
    await page.goForward()
    await page.locator('#drawer h2', { hasText: 'first' }).waitFor()
    expect(problems).toEqual([])
  })

  test('a value filters through its menu, and log text is never markup', async () => {
    await page.goto(`${server.url}/search?q=host:web-7`)
    await page.locator('#facet-source .val').first().click()
    expect(await page.locator('#value-menu [data-menu=inside]').isVisible()).toBe(false)
    await page.locator('#value-menu').getByText('Filter out').click()
    await page.waitForURL(/not\+source/)
    await page.getByText('No event matches').waitFor()
    await page.goto(`${server.url}/search?q=host:evil`)
    await page.locator('td.message', { hasText: '\\x1b[31m<img src=x onerror=alert(1)>' }).waitFor()
    expect(await page.locator('td.message img').count()).toBe(0)
    expect(problems).toEqual([])
  })

  test('zero results say which part, which field and which source it was', async () => {
    await page.goto(`${server.url}/search?q=${encodeURIComponent('hosst:web-7 and source:app')}`)
    const empty = page.locator('.empty')
    await empty.getByText('has a field hosst').waitFor()
    expect(await empty.textContent()).toContain('hosst:web-7 finds nothing on its own')
    await empty.getByRole('link', { name: 'host', exact: true }).click()
    await page.waitForURL(/q=host%3Aweb-7/)
    await page.locator('#total').getByText('2 events', { exact: true }).waitFor()
    expect(problems).toEqual([])
  })

  test('the query box colours what is typed, and loses no character', async () => {
    await page.goto(`${server.url}/search?q=host:web-7`)
    expect(await page.locator('#q-paint .q-field').textContent()).toBe('host')
    await page.locator('#q').fill('not user:"ana b" or url:/x/')
    expect(await page.locator('#q-paint .q-word').allTextContents()).toEqual(['not', 'or'])
    expect(await page.locator('#q-paint').textContent()).toBe('not user:"ana b" or url:/x/')
  })

  test('the number beside Alerts is the number that Alerts shows', async () => {
    await page.goto(`${server.url}/alerts`)
    await page.locator('#alert-total').getByText('alert').waitFor()
    const total = Number.parseInt((await page.locator('#alert-total').textContent()) ?? '', 10)
    const badge = Number.parseInt((await page.locator('#open-alerts').textContent()) ?? '', 10)
    expect(badge).toBe(total)
  })

  test('groups open into groups, and each count is a search', async () => {
    await page.goto(`${server.url}/search?group=source,host`)
    await page.locator('tr[data-row=app] [data-expand]').click()
    const inner = page.locator('tr[data-level="1"]')
    await inner.first().waitFor()
    expect(await inner.locator('.val').allTextContents()).toEqual(['db-1', 'web-7', 'evil'])
    await inner.nth(2).locator('a.link').click()
    await page.locator('#total').getByText('1 event', { exact: true }).waitFor()
    expect(await page.inputValue('#q')).toBe('source:app and host:evil')
    await page.goBack()
    await page.locator('#total').getByText('5 events', { exact: true }).waitFor()
    await page.waitForLoadState('networkidle')
    await page.locator('tr[data-row=app] [data-expand]').click()
    await inner.first().waitFor()
    await page.locator('tr[data-row=app] [data-expand]').click()
    expect(await inner.count()).toBe(0)
    await page.locator('.chip', { hasText: 'grouped by source' }).locator('a').click()
    await page.waitForURL('**/search?group=host')
    expect(problems).toEqual([])
  })

  test('a drag over the histogram narrows the time; the copied link pins it, a long one is short', async () => {
    const origin = server.url
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin })
    const copied = async () => {
      await page.locator('#live-state', { hasText: 'Copied' }).waitFor()
      return page.evaluate(() => navigator.clipboard.readText())
    }
    await page.goto(`${server.url}/search`)
    const box = await page.locator('#histogram svg').boundingBox()
    if (box === null) throw new Error('no histogram')
    await page.mouse.move(box.x + box.width * 0.8, box.y + 20)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width - 2, box.y + 20, { steps: 4 })
    await page.mouse.up()
    await page.waitForURL(/from=\d{4}-.*&to=\d{4}-/)
    await page.locator('#total').getByText('5 events', { exact: true }).waitFor()
    await page.goto(`${server.url}/search?q=host:web-7`)
    await page.keyboard.press('y')
    expect(await copied()).toMatch(/q=host%3Aweb-7&from=\d{4}-.*Z&to=\d{4}-.*Z$/)

    const hosts = Array.from({ length: 150 }, (_, n) => `host:server-${n}`).join(' or ')
    await page.goto(`${server.url}/search?q=${encodeURIComponent(`${hosts} or host:db-1`)}`)
    await page.keyboard.press('y')
    const short = await copied()
    expect(short).toMatch(/\/s\/[\w-]{6,40}$/)
    await page.goto(short)
    await page.locator('#total').getByText('2 events', { exact: true }).waitFor()
    expect(await page.inputValue('#q')).toBe(`${hosts} or host:db-1`)
    expect(problems).toEqual([])
  })

  test('one failing section says why and leaves the others working', async () => {
    server.failing.add('user')
    await page.goto(`${server.url}/search`)
    const box = page.locator('#facet-user .section-error')
    await box.waitFor()
    expect(await box.textContent()).toContain('query worker ended')
    await page.locator('#rows tr[data-row]').first().waitFor()
    await page.locator('#facet-host li').first().waitFor()
    await page.locator('#histogram svg').waitFor()
    server.failing.delete('user')
    await box.getByText('Retry').click()
    await box.waitFor({ state: 'detached' })
  })

  test('a scenario is played and its alert arrives without reload; keys change its status', async () => {
    await page.goto(`${server.url}/alerts`)
    await page.locator('#queue').getByText('Nothing to do here').waitFor()
    const player = await context.newPage()
    await player.goto(`${server.url}/scenarios`)
    await player.selectOption('#scenario-web-exploitation select', '100')
    await player.locator('#scenario-web-exploitation button', { hasText: 'Play' }).click()
    await player.locator('.run', { hasText: 'finished' }).waitFor()
    await player.close()

    const row = page.locator('#queue tr', { hasText: 'Shell Connected to a Network Socket' })
    await row.waitFor()
    await page.locator('#facet-severity', { hasText: 'critical' }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.locator('#drawer .why').waitFor()
    await page.keyboard.press('a')
    await page.locator('#drawer').getByText('with admin').waitFor()
    expect(await page.locator('#alert-status').textContent()).toBe('acknowledged')
    await page.keyboard.press('v')
    await page.keyboard.press('1')
    await page.keyboard.press('Enter')
    await page.locator('#alert-status', { hasText: 'resolved' }).waitFor()
    await row.waitFor({ state: 'detached' })
    expect(problems).toEqual([])
  })

  test('what is ticked changes at once, and is put back by one key', async () => {
    await page.goto(`${server.url}/alerts`)
    const row = page.locator('#queue tr[data-row]').first()
    await row.waitFor()
    expect(await row.locator('td').nth(5).textContent()).toBe('new')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.locator('.bulk-bar button', { hasText: 'Acknowledge' }).click()
    await page.locator('#queue .notice', { hasText: 'changed' }).waitFor()
    expect(await row.locator('td').nth(5).textContent()).toBe('acknowledged')
    await page.keyboard.press('u')
    await page.locator('#queue .notice', { hasText: 'put back' }).waitFor()
    expect(await row.locator('td').nth(5).textContent()).toBe('new')
    expect(problems).toEqual([])
  })

  test('a change that someone else made first is shown, not overwritten', async () => {
    const { alerts } = await server.services.state.listAlerts({
      filter: { status: ['new'] },
      limit: 1,
    })
    const [alert] = alerts
    if (alert === undefined) throw new Error('no alert to work on')
    await page.goto(`${server.url}/alerts?selectedAlert=${alert.id}`)
    await page.locator('#take').waitFor()
    const { version } = alert
    await server.services.state.changeAlert(
      alert.id,
      { version, verdict: 'false_positive_data', reason: 'test data' },
      { name: 'ana' },
    )
    await page.keyboard.press('a')
    const notice = page.locator('#drawer .notice.problem')
    await notice.waitFor()
    expect(await notice.textContent()).toContain('ana set')
    expect(await page.locator('#alert-status').textContent()).toBe('false positive')
  })

  test('at 390 px the menu collapses and an event opens as a sheet', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${server.url}/search?q=host:web-7`)
    await page.locator('#rows tr[data-row]').first().waitFor()
    expect(await page.locator('#facets').getAttribute('open')).toBeNull()
    expect(await page.evaluate('document.documentElement.scrollWidth <= 390')).toBe(true)
    await page.locator('#rows td.message').first().click()
    await page.locator('#drawer h2').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.menu-button').click()
    await page.locator('#nav a', { hasText: 'Sources' }).click()
    await page.waitForURL('**/sources')
  })
})

async function signIn(page: Page, password: string): Promise<void> {
  await page.fill('[name=name]', 'admin')
  await page.fill('[name=password]', password)
  await page.click('button[type=submit]')
}

/** Five events of three hosts. */
async function ingest(server: TestServer): Promise<void> {
  const event = (host: string, message: string) => JSON.stringify({ host, message, source: 'app' })
  const lines = [
    event('web-7', 'first thing that happened'),
    event('web-7', 'second thing that happened'),
    event('db-1', 'a query was slow'),
    event('db-1', 'a query was slow again'),
    event('evil', '\u001b[31m<img src=x onerror=alert(1)>'),
  ]
  const answer = await fetch(`${server.url}/ingest`, {
    method: 'POST',
    headers: { 'x-api-key': API_KEY, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  })
  expect(await answer.json()).toMatchObject({ accepted: 5 })
}
