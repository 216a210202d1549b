// From a search to a hunt, its runs, a change of its file, and a rule, in a real browser.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { findChromium, launch } from './chromium.ts'
import { API_KEY, PASSWORD, startTestServer, type TestServer } from './server.ts'

const chromium = findChromium()
if (chromium === undefined)
  console.warn('browser tests skipped: no Chromium found, set CHROMIUM to its path')

setDefaultTimeout(60_000)

const login = (n: number, from: string, word = 'Accepted') =>
  `${new Date(Date.now() - n * 60_000).toISOString().slice(0, 19)}Z web-${n} sshd[4${n}]: ${word} password for deploy from ${from} port 51${n} ssh2`

describe.skipIf(chromium === undefined)('hunts', () => {
  let server: TestServer
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startTestServer(), launch(chromium ?? '')])
    await ingest(login(1, '203.0.113.7'), login(2, '198.51.100.9'), login(3, '10.0.0.8', 'Failed'))
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
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

  async function ingest(...lines: readonly string[]) {
    const answer = await fetch(`${server.url}/ingest?source=linux_auth`, {
      ...{ method: 'POST', headers: { 'x-api-key': API_KEY }, body: lines.join('\n') },
    })
    expect(answer.status).toBe(200)
  }

  test('a search is saved as a hunt and leads back to the same search', async () => {
    const search = '/search?q=user%3Adeploy+and+Accepted&from=now-4h&group=host'
    await page.goto(server.url + search)
    await page.getByRole('link', { name: 'Save as hunt' }).click()
    await page.waitForURL('**/hunts/new?**')
    expect(await page.inputValue('[name=query]')).toBe('user:deploy and Accepted')
    await page.fill('[name=title]', 'Logins of deploy')
    await page.fill('[name=hypothesis]', 'Only deployments log in as deploy.')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Logins of deploy' }).waitFor()
    await page.getByRole('link', { name: 'Open in search' }).click()
    await page.waitForURL(server.url + search)
    await page.goBack()
  })

  test('runs, and tells what came in since', async () => {
    await page.getByRole('button', { name: 'Run now' }).click()
    await page.getByText('2 new', { exact: true }).waitFor()
    await ingest(login(0, '203.0.113.99'))
    await page.keyboard.press('r')
    await page.getByText('1 new', { exact: true }).click()
    await page.waitForURL('**/search?**')
    await page.locator('#rows tr[data-row]').first().waitFor()
    expect(await page.locator('#rows tr[data-row]').count()).toBe(1)
    expect(await page.locator('#rows').textContent()).toContain('203.0.113.99')
    await page.getByText('new in a run').waitFor()
    await page.locator('#total', { hasText: '1 event' }).waitFor()
    await page.goBack()
    await page.locator('.contributing a').first().click()
    await page.getByRole('heading', { name: '1 new event' }).waitFor()
    expect(await page.locator('tbody').textContent()).toContain('203.0.113.99')
  })

  test('is in the list, which keys go through', async () => {
    await page.keyboard.press('g')
    await page.keyboard.press('h')
    await page.waitForURL('**/hunts')
    await page.fill('[data-filter-box]', 'logins of deploy')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/hunts?text=logins**')
    expect(await page.locator('tbody tr').count()).toBe(1)
    await page.locator('body').click({ position: { x: 700, y: 600 } })
    await page.keyboard.press('j')
    await page.keyboard.press('o')
    await page.getByRole('heading', { name: 'Logins of deploy' }).waitFor()
  })

  test('is shared by its form, where a mistake is told and nothing typed is lost', async () => {
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Edit and share' }).click()
    await page.fill('[name=query]', '(user:deploy')
    await page.getByLabel('everyone who may search').check()
    await page.getByRole('button', { name: 'Save' }).click()
    expect(await page.getByRole('alert').textContent()).toContain('never closed')
    expect(await page.inputValue('[name=query]')).toBe('(user:deploy')
    await page.fill('[name=query]', 'user:deploy and @outcome:success')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('mine, team').waitFor()
  })

  test('becomes a rule by a change that holds redacted tests', async () => {
    await page.keyboard.press('p')
    await page.getByRole('heading', { name: 'Promote to a detection' }).waitFor()
    expect(await page.locator('.editor').textContent()).toContain("'@outcome': success")
    await page.selectOption('[name=level]', 'high')
    await page.getByRole('button', { name: 'Open the change' }).click()
    await page.getByText(/Change \w+ with the rule is open/).waitFor()
    const [proposal] = await server.services.proposals.list(1)
    expect(proposal?.paths).toContain('detections/linux/logins_of_deploy.yml')
  })

  test('a file is imported, and what is wrong in one is told', async () => {
    await page.goto(`${server.url}/hunts/new`)
    await page.getByText('Import a file').click()
    const id = 'a1f3c1de-6a77-4f0e-9f43-b2a0d5a1c1ff'
    await page.fill('[name=yaml]', `title: Imported\nid: ${id}\nquery: failed\nschedule: 1d\n`)
    await page.getByRole('button', { name: 'Import' }).click()
    await page.waitForURL(`**/hunts/${id}?**`)
    await page.getByText('runs every 1d').waitFor()
  })

  test('a hunt of Git is changed by a proposal', async () => {
    await page.goto(`${server.url}/hunts/6b2e8f15-0d94-4b7a-8e21-c7a5d1f3b907/edit`)
    await page.selectOption('[name=schedule]', '7d')
    await page.getByRole('button', { name: 'Propose' }).click()
    await page.getByText(/Change \w+ is open/).waitFor()
    await page.getByText('runs every 1d').waitFor()
  })
})
