// Running a rule from its page, the day's metrics, and a verdict in the shadow lane, in a real browser.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { eventually, PASSWORD, startTestServer, type TestServer } from '../support/server.ts'
import { findChromium, launch } from './chromium.ts'

const chromium = findChromium()
if (chromium === undefined)
  console.warn('browser tests skipped: no Chromium found, set CHROMIUM to its path')

setDefaultTimeout(60_000)

const SCHEDULED = '88888888-8888-4888-8888-888888888881'
const SHADOW = '88888888-8888-4888-8888-888888888882'
const rule = (id: string, title: string, trapline: string) => `title: ${title}
id: ${id}
logsource: {category: test}
detection: {sel: {message|contains: runmarker}, condition: sel}
level: high
trapline: ${trapline}
`

describe.skipIf(chromium === undefined)('runs and rollout', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapline-browser-runs-'))
  let server: TestServer
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    writeFileSync(join(folder, 'a.yml'), rule(SCHEDULED, 'By the clock', '{schedule: 1d}'))
    writeFileSync(
      join(folder, 'b.yml'),
      rule(SHADOW, 'In the dark', '{rollout: {stage: shadow, min_precision: 0.9}}'),
    )
    ;[server, browser] = await Promise.all([
      startTestServer({ TRAPLINE_RULES: folder }),
      launch(chromium ?? ''),
    ])
    const event = (host: string) => JSON.stringify({ host, message: 'a runmarker came' })
    await server.ingest(['web1', 'web2', 'web1'].map(event).join('\n'))
    page = await browser.newPage()
    await page.goto(`${server.url}/sign-in`)
    await page.fill('input[name=name]', 'admin')
    await page.fill('input[name=password]', PASSWORD)
    await page.click('button[type=submit]')
    await page.waitForURL((url) => !url.pathname.includes('sign-in'))
  })
  afterAll(async () => {
    await browser?.close()
    await server?.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  test('Run now covers what came in, and its row says so', async () => {
    await page.goto(`${server.url}/rules/${SCHEDULED}`)
    const runs = page.locator('#rule-runs')
    expect(await runs.locator('.run-facts').textContent()).toContain('1d')
    await runs.getByRole('button', { name: 'Run now' }).click()
    const row = runs.locator('.run-table tbody tr').first()
    await row.getByText('admin').waitFor()
    const cells = await row.locator('td').allTextContents()
    expect(cells.slice(1, 5)).toEqual(['admin', '3', '2', '0'])
    const matches = await row.locator('td.num a').first().getAttribute('href')
    expect(matches).toContain(`rule=${SCHEDULED}`)
    await page.goto(server.url + matches)
    await page.locator('#rows tr').nth(2).waitFor()
    expect(await page.locator('#rows tr', { hasText: 'runmarker' }).count()).toBe(3)
    const { alerts } = await server.json(`/api/v1/alerts?rule=${SCHEDULED}`)
    expect(alerts).toHaveLength(2)
  })

  test('a verdict in the shadow lane counts for the precision', async () => {
    await eventually(
      () => server.json('/api/v1/detections/shadow'),
      ({ total }) => total === 2,
    )
    await page.goto(`${server.url}/rules`)
    const metrics = page.locator('#rule-metrics')
    await metrics.getByText('in shadow, 24 h').click()
    await page.waitForURL(/\/rules\/shadow$/)
    const lane = page.locator('#shadow-lane')
    expect(await lane.locator('tbody tr').count()).toBe(2)
    await lane.getByRole('button', { name: 'True' }).first().click()
    await lane.getByText('true', { exact: true }).waitFor()
    await page.goto(`${server.url}/rules/${SHADOW}`)
    const rollout = page.locator('#rule-rollout')
    await rollout.getByText('too few verdicts').waitFor()
    await rollout.getByRole('button', { name: 'False' }).click()
    await rollout.getByText('false', { exact: true }).waitFor()
    const { alerts } = await server.json(`/api/v1/detections/shadow?rule=${SHADOW}`)
    const verdicts = alerts.map((alert: { verdict: string }) => alert.verdict)
    expect(verdicts.toSorted()).toEqual(['false_positive', 'true_positive'])
  })
})
