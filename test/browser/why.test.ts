// Why a rule fired or did not, and what a correlation was raised over, in a real browser.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import type { Alert } from '../../server/stores/state/state-store.ts'
import { findChromium, launch } from './chromium.ts'
import { API_KEY, PASSWORD, startTestServer, type TestServer } from './server.ts'

const chromium = findChromium()
if (chromium === undefined)
  console.warn('browser tests skipped: no Chromium found, set CHROMIUM to its path')

setDefaultTimeout(60_000)

const GUESSED = 'd1f6f6b8-3c39-4d6e-8d2a-4a6f5f6f2f77'
const ROOT_ID = 'c2177c4a-6474-4ef3-b814-79a8ce88cb6e'
const FAILURES = 14
const POLL_MS = 100
const TRIES_MAX = 300

/** Guesses that succeed and a second root account, within the last minute. */
function lines(now: number): readonly string[] {
  const at = (second: number) => {
    const iso = new Date(now - 60_000 + second * 1000).toISOString()
    const month = new Date(now).toLocaleString('en-US', { month: 'short', timeZone: 'UTC' })
    return `${month} ${iso.slice(8, 10)} ${iso.slice(11, 19)} web-3`
  }
  return [
    ...Array.from(
      { length: FAILURES },
      (_, n) =>
        `${at(n)} sshd[${n}]: Failed password for invalid user x${n} from 203.0.113.9 port 22 ssh2`,
    ),
    `${at(20)} sshd[99]: Accepted password for deploy from 203.0.113.9 port 22 ssh2`,
    `${at(22)} useradd[43]: new user: name=toor, UID=0, GID=0, home=/root, shell=/bin/sh, from=/dev/pts/0`,
  ]
}

describe.skipIf(chromium === undefined)('why', () => {
  let server: TestServer
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startTestServer(), launch(chromium ?? '')])
    page = await browser.newPage({ viewport: { width: 1440, height: 820 } })
    await fetch(`${server.url}/ingest?source=linux_auth`, {
      method: 'POST',
      headers: { 'x-api-key': API_KEY },
      body: lines(Date.now()).join('\n'),
    })
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

  async function alertOf(ruleId: string): Promise<Alert> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const { alerts } = await server.services.state.listAlerts({ filter: { ruleId }, limit: 1 })
      if (alerts[0] !== undefined) return alerts[0]
      await Bun.sleep(POLL_MS)
    }
    throw new Error(`${ruleId} raised no alert`)
  }

  test('an alert shows its rule’s condition as a tree that folds', async () => {
    const { id } = await alertOf(ROOT_ID)
    await page.goto(`${server.url}/alerts?sel=${id}`)
    const box = page.locator('#drawer .why')
    await box.getByText('fires on this event').waitFor()
    await box.locator('.leaf mark').first().waitFor()
    await box.locator('summary', { hasText: 'created' }).click()
    expect(await box.locator('.leaf mark').first().isVisible()).toBe(false)
    expect(await page.locator('#drawer pre.raw').textContent()).toContain('name=toor')
  })

  test('a rule that did not match an event says what is missing', async () => {
    const { eventIds } = await alertOf(GUESSED)
    await page.goto(`${server.url}/search?rule=${ROOT_ID}&sel=${eventIds[0]}`)
    const box = page.locator('#drawer .why.no')
    await box.getByText('does not fire').waitFor()
    await box.getByText('the rule does not run on it').waitFor()
    await box.getByText('Its condition would hold if').waitFor()
  })

  test('a correlation that did not hold says what is missing', async () => {
    const { eventIds } = await alertOf(ROOT_ID)
    await page.goto(`${server.url}/search?rule=${GUESSED}&sel=${eventIds[0]}&tab=rules`)
    const box = page.locator('#drawer .why.no').first()
    await box.getByText('does not hold').waitFor()
    await box.getByText('missing:').first().waitFor()
    await box.getByText('None of its rules matches this event').waitFor()
  })

  test('an event says where the correlations over its rules stand', async () => {
    const { eventIds } = await alertOf(GUESSED)
    await page.goto(`${server.url}/search?sel=${eventIds[0]}&tab=rules`)
    const box = page.locator('#drawer .why', { hasText: 'holds around this event' }).first()
    await box.getByText('The live engine holds').first().waitFor()
    await box.locator('summary', { hasText: 'that count' }).first().click()
    await box.locator('.contributing a').first().waitFor()
  })

  test('a correlation’s alert shows its group and each event, and an event opens', async () => {
    const { id } = await alertOf(GUESSED)
    await page.goto(`${server.url}/alerts?sel=${id}`)
    const box = page.locator('#drawer .correlation')
    await box.getByText('10 min').waitFor()
    expect(await box.locator('.val').allTextContents()).toEqual(['203.0.113.9'])
    await box.getByText(`${FAILURES} events`).waitFor()
    expect(await box.locator('.contributing li').count()).toBe(FAILURES + 1)
    await box.locator('summary', { hasText: 'more' }).click()
    await box.locator('.contributing a', { hasText: 'Accepted password' }).click()
    await page.waitForURL('**/search?**')
    await page.locator('#drawer h2', { hasText: 'Accepted password for deploy' }).waitFor()
    await page.goBack()
    await box.getByText('all of the group in this time').click()
    await page
      .locator('#total')
      .getByText(`${FAILURES + 1} events`, { exact: true })
      .waitFor()
  })
})
