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
  let rule: { readonly id: string; readonly path: string }

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
  })

  test('the hunt becomes a rule with tests, and the rule a pull request', async () => {
    await page.click('a[data-key=p]')
    await page.waitForURL(/promote/)
    await page.click('button[value=open]')
    await page.waitForURL(/done=/)
  })

  /** The checks of the newest pull request: green, and nothing secret in what they leave behind. */
  const checked = async (title: RegExp) => {
    const { number, run } = await stage.check(title)
    expect(run.ok ? '' : run.log).toBe('')
    const comments = stage.hub.world.comments.filter((one) => one.pull === number)
    expect(comments).toHaveLength(1)
    const texts = [run.log, run.summary, ...Object.values(run.files), comments[0]!.body]
    for (const token of stage.tokens) for (const text of texts) expect(text).not.toContain(token)
    return { number, comment: comments[0]!.body }
  }

  test('its checks are green and say what it would have done', async () => {
    const { number, comment } = await checked(/Account that may log in/)
    expect(comment).toContain('1 rule added')
    expect(comment).toContain('new: 2 events would fire')
    await page.goto(`${stage.server.url}/releases`)
    const [tab] = await Promise.all([
      page.waitForEvent('popup'),
      page.click(`a[href="${stage.hub.pageUrl}/acme/rules/pull/${number}"]`),
    ])
    await tab.locator('#state:text-is("open")').waitFor()
    expect(await tab.locator('h1').textContent()).toContain(TITLE)
    await tab.close()
  })

  test('merged there it is live here, and the next attack raises an alert that knows where it is from', async () => {
    const { number } = stage.hub.world.pulls[0]!
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
    const [alert] = await alerts('web-1')
    const { provenance } = await stage.server.json(`/api/v1/alerts/${alert.id}/provenance`)
    expect(provenance).toMatchObject({
      release: commit,
      path: rulePath(),
      tests: { status: 'passed' },
    })
    await open('web-1', 'new')
    const said = await thenAndNow()
    for (const part of [
      rulePath(),
      commit.slice(0, 10),
      'is what it was',
      '2 matches, 1 near miss',
    ])
      expect(said).toContain(part)
    const status = await until(
      async () =>
        stage.hub.world.statuses.find(
          (one) => one.context === 'trapline/release' && one.sha === commit,
        ),
      (one) => one !== undefined,
    )
    expect(status?.state).toBe('success')
  })

  const rulePath = () => `detections/${rule.path.replace(/^detections\//, '')}`
  const open = async (host: string, state: string) => {
    const query = new URLSearchParams({ rule: rule.id, group: 'none', status: 'any' })
    await page.goto(`${stage.server.url}/alerts?${query}`)
    await page
      .locator(`tr[data-row]:has-text("${host}"):has-text("${state}") a[data-open]`)
      .first()
      .click()
  }
  /** What the drawer says of the rule then and now. */
  const thenAndNow = async () => {
    await page.locator('#drawer nav a:has-text("Rule")').click()
    await page.locator('#then-now .then-now').first().waitFor()
    return (await page.locator('#then-now').textContent()) ?? ''
  }
  /** Gives the alert of a host a verdict, as an analyst does. */
  const judge = async (host: string, verdict: string, reason: string) => {
    await open(host, 'new')
    await page.click('#drawer button[data-key=v]')
    await page.locator(`#verdict input[value=${verdict}]`).check()
    await page.fill('#verdict textarea[name=reason]', reason)
    await page.click('#verdict button[type=submit]')
    await until(
      () => alerts(host),
      (list) => list.some((one: { verdict?: string }) => one.verdict === verdict),
    )
  }

  test('the attack is judged true; the deployment false and suppressed, which acts at once', async () => {
    await judge('web-1', 'true_positive', 'Nobody made an account by hand that day.')
    await judge('build-1', 'false_positive_logic', 'The deployment makes it every day.')
    await page.click('#drawer a[data-key=t]')
    await page.waitForURL(/suppress/)
    await page.check('.criterion:has-text("hostname") input')
    await page.check('.criterion:has-text("/home/ci-runner") input')
    await page.locator('#mute-effect .big').waitFor()
    expect(await page.locator('#mute-effect .big').textContent()).toMatch(/^1of 2 alerts/)
    await page.fill('[name=reason]', 'The deployment makes this account every day.')
    await page.click('#mute-form .primary')
    await page.waitForURL(/suppressions/)
    const before = count(await alerts('build-1'))
    await send(provisioning())
    await attack()
    await matches('web-1', 2)
    expect(count(await alerts('build-1'))).toBe(before)
  })

  test('the filter is a pull request with tests, whose checks say who goes quiet', async () => {
    const { number, comment } = await checked(/filter|suppress|mute/i)
    for (const part of [
      '1 rule changed, 1 filter added',
      '| Tests | 5 passed, 0 failed (2 new) |',
      '| True positives kept | 1 of 1 |',
      'Who it goes quiet for',
      '1 false positive (logic)',
    ])
      expect(comment).toContain(part)
    await stage.merge(number)
  })

  test('merged, the deployment is silent and the attack still fires', async () => {
    const mutes = await until(
      async () => (await stage.server.json('/api/v1/detections/suppressions')).suppressions,
      ([one]) => one.state !== 'active',
    )
    expect(mutes).toMatchObject([{ state: 'merged' }])
    const [quiet, loud] = [count(await alerts('build-1')), count(await alerts('web-1'))]
    await send(provisioning())
    await attack()
    await matches('web-1', loud + 1)
    expect(count(await alerts('build-1'))).toBe(quiet)
    expect((await alerts('web-1')).some((one: { status: string }) => one.status === 'new')).toBe(
      true,
    )
    await open('build-1', 'false positive')
    const said = await thenAndNow()
    for (const part of ['would not fire', 'New filters']) expect(said).toContain(part)
    expect(stage.hub.violations()).toEqual([])
  })
})
