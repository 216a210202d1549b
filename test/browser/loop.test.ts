// The whole loop in a browser, with no hand edit: search -> hunt -> rule -> pull request -> its checks ->
// release -> alert -> false positive -> suppress -> filter -> release -> silence where it was asked for.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { PASSWORD } from '../support/server.ts'
import { findChromium, launch } from './chromium.ts'
import { type Stage, startStage, until } from './loop-stage.ts'

const chromium = findChromium()
if (chromium === undefined)
  console.warn('browser tests skipped: no Chromium found, set CHROMIUM to its path')

setDefaultTimeout(180_000)

const QUERY = 'program:useradd shell:"/bin/bash"'
const TITLE = 'Account that may log in, made by hand'

let account = 0
/** The deployment makes an account on its build host, as it does every day. */
const provisioning = (shell = '/bin/bash') => {
  const uid = 1100 + ++account
  const facts = `name=ci-runner, UID=${uid}, GID=${uid}, home=/home/ci-runner, shell=${shell}, from=none`
  return `${new Date().toISOString()} build-1 useradd[${uid}]: new user: ${facts}\n`
}

describe.skipIf(chromium === undefined)('the whole loop', () => {
  let stage: Stage
  let browser: Browser
  let page: Page
  let rule: { id: string; path: string }

  beforeAll(async () => {
    ;[stage, browser] = await Promise.all([startStage(), launch(chromium ?? '')])
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    page.setDefaultTimeout(30_000)
    await page.goto(`${stage.server.url}/sign-in`)
    await page.fill('[name=name]', 'admin')
    await page.fill('[name=password]', PASSWORD)
    await page.click('[type=submit]')
    await page.waitForURL(/search/)
  })
  afterAll(async () => {
    await browser?.close()
    await stage?.dispose()
  })

  const send = (line: string) => stage.server.ingest(line, '/ingest?source=linux_auth')
  const attack = async () => {
    const { id } = await stage.server.json('/api/v1/scenarios/ssh-brute-force/play', {
      ...{ method: 'POST', body: JSON.stringify({ speed: 1_000 }) },
      headers: { 'content-type': 'application/json' },
    })
    await until(
      async () => (await stage.server.json('/api/v1/scenarios')).runs,
      (runs) =>
        runs.some((run: { id: string; finished?: string }) => run.id === id && run.finished),
    )
  }
  const alerts = async (of = '') => {
    const query = new URLSearchParams({ rule: rule.id, ...(of === '' ? {} : { host: of }) })
    return (await stage.server.json(`/api/v1/alerts?${query}`)).alerts
  }
  /** Matches that someone sees: not those that a mute holds back. */
  const count = (list: readonly { count: number; status: string }[]) =>
    list.filter(({ status }) => status !== 'held').reduce((sum, one) => sum + one.count, 0)
  /** Waits for matches of the rule on a host. */
  const matches = (host: string, wanted: number) =>
    until(
      () => alerts(host),
      (list) => count(list) >= wanted,
    )

  test('what a search finds is kept as a hunt, and found again by it', async () => {
    await attack()
    await send(provisioning())
    await send(provisioning('/usr/sbin/nologin'))
    await page.fill('[name=q]', QUERY)
    await page.press('[name=q]', 'Enter')
    await page.waitForURL(/q=program/)
    await page.click('a[data-key=h]')
    await page.waitForURL(/hunts\/new/)
    expect(await page.inputValue('[name=query]')).toBe(QUERY)
    await page.fill('[name=title]', TITLE)
    await page.fill(
      '[name=hypothesis]',
      'Accounts come from provisioning; one with a shell came from an intruder.',
    )
    await page.click('.hunt-form .primary')
    await page.waitForURL(/hunts\/(?!new)/)
    await page.click('button[data-key=r]')
    await page.locator('#hunt-ledger tbody tr').first().waitFor()
    await page.screenshot({ path: '/tmp/loop-2.png' })
  })

  test('the hunt becomes a rule with tests, and the rule a pull request', async () => {
    await page.click('a[data-key=p]')
    await page.waitForURL(/promote/)
    await page.screenshot({ path: '/tmp/loop-3.png', fullPage: true })
    await page.click('button[value=open]')
    await page.waitForURL(/done=/)
    await page.screenshot({ path: '/tmp/loop-4.png' })
  })

  test('its checks are green and say what it would have done', async () => {
    const { number, run } = await stage.check(/Account that may log in/)
    expect(run.ok ? '' : run.log).toBe('')
    const comment = stage.hub.world.comments.find((one) => one.pull === number)?.body ?? ''
    await Bun.write('/tmp/loop-comment-1.md', comment)
    expect(comment).toContain('1 rule added')
    expect(comment).toContain('new: 2 events would fire')
  })

  test('merged there it is live here, and the next attack raises an alert that knows where it is from', async () => {
    const [{ number }] = stage.hub.world.pulls as unknown as [{ number: number }]
    const commit = await stage.merge(number)
    const found = await stage.server.json(
      `/api/v1/detections/rules?text=${encodeURIComponent(TITLE)}`,
    )
    rule = found.rules[0]
    expect(rule).toMatchObject({ title: TITLE, tests: { positive: 2, negative: 1 } })
    await attack()
    await send(provisioning())
    await matches('web-1', 1)
    await matches('build-1', 1)
    await page.goto(
      `${stage.server.url}/alerts?${new URLSearchParams({ rule: rule.id, group: 'none' })}`,
    )
    await page.locator('tr[data-row]:has-text("web-1") a[data-open]').click()
    await page.locator('#drawer .foot').waitFor()
    await page.screenshot({ path: '/tmp/loop-5.png' })
    const [alert] = await alerts('web-1')
    const { provenance } = await stage.server.json(`/api/v1/alerts/${alert.id}/provenance`)
    console.log(JSON.stringify(provenance), commit)
  })

  test('the deployment is judged a false positive and suppressed, which acts at once', async () => {
    await page.locator('tr[data-row]:has-text("build-1") a[data-open]').click()
    await page.locator('#drawer:has-text("ci-runner") .foot').waitFor()
    await page.click('#drawer button[data-key=v]')
    await page.locator('#verdict label:has-text("False positive")').first().click()
    await page.fill(
      '#verdict textarea[name=reason]',
      'The deployment makes this account every day.',
    )
    await page.click('#verdict button[type=submit]')
    await until(
      () => alerts('build-1'),
      ([one]) => String(one?.verdict).startsWith('false_positive'),
    )
    await page.screenshot({ path: '/tmp/loop-6.png' })
    await page.click('#drawer a[data-key=t]')
    await page.waitForURL(/suppress/)
    await page.check('.criterion:has-text("hostname") input')
    await page.check('.criterion:has-text("/home/ci-runner") input')
    await page.locator('#mute-effect .big').waitFor()
    expect(await page.locator('#mute-effect .big').textContent()).toMatch(/^1of 2 alerts/)
    await page.fill('[name=reason]', 'The deployment makes this account every day.')
    await page.screenshot({ path: '/tmp/loop-7.png', fullPage: true })
    await page.click('#mute-form .primary')
    await page.waitForURL(/suppressions/)
    await page.screenshot({ path: '/tmp/loop-8.png' })
    const before = count(await alerts('build-1'))
    await send(provisioning())
    await attack()
    await matches('web-1', 2)
    expect(count(await alerts('build-1'))).toBe(before)
  })

  test('the filter is a pull request with tests, whose checks say who goes quiet', async () => {
    const { number, run } = await stage.check(/filter|suppress|mute/i)
    await Bun.write(
      '/tmp/loop-comment-2.md',
      stage.hub.world.comments.find((one) => one.pull === number)?.body ?? '',
    )
    expect(run.ok ? '' : run.log).toBe('')
    const comment = stage.hub.world.comments.find((one) => one.pull === number)?.body ?? ''
    for (const part of [
      '1 rule changed, 1 filter added',
      'Who it goes quiet for',
      'false positive',
    ])
      expect(comment).toContain(part)
    await stage.merge(number)
  })

  test('merged, the deployment is silent and the attack still fires', async () => {
    const list = await stage.server.json('/api/v1/siem/suppressions').catch(() => undefined)
    console.log(JSON.stringify(list)?.slice(0, 500))
    const [quiet, loud] = [count(await alerts('build-1')), count(await alerts('web-1'))]
    await send(provisioning())
    await attack()
    await matches('web-1', loud + 1)
    expect(count(await alerts('build-1'))).toBe(quiet)
    expect(stage.hub.violations()).toEqual([])
  })
})
