// Content deployed twice, a third commit refused, and going back by the button, in a real browser.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { findChromium, launch } from './chromium.ts'
import { API_KEY, PASSWORD, startTestServer, type TestServer } from './server.ts'

const chromium = findChromium()
if (chromium === undefined)
  console.warn('browser tests skipped: no Chromium found, set CHROMIUM to its path')

setDefaultTimeout(60_000)

const rule = (value: string) => `title: Marker Seen
id: 5d1f2c64-6f0e-4b70-a4e4-0a6d8a4f0c11
status: test
description: Sees a marker.
author: Ana
date: 2026-11-01
references:
    - https://example.org/marker
tags:
    - attack.t1059
logsource:
    product: windows
detection:
    marker:
        Image|endswith: '${value}'
    condition: marker
falsepositives:
    - Unlikely
level: high
`

describe.skipIf(chromium === undefined)('releases', () => {
  let server: TestServer
  let browser: Browser
  let page: Page
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trapline-browser-content-'))
    await mkdir(join(folder, 'detections'))
    await git('init', '--quiet', '--initial-branch=main')
    ;[server, browser] = await Promise.all([startTestServer(), launch(chromium ?? '')])
    page = await signedIn('admin', PASSWORD)
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  async function git(...args: readonly string[]): Promise<string> {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.org']
    const child = Bun.spawn(['git', ...who, ...args], { cwd: folder, stdout: 'pipe' })
    const out = await new Response(child.stdout).text()
    expect(await child.exited).toBe(0)
    return out.trim()
  }

  async function signedIn(name: string, password: string): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 820 } })
    const opened = await context.newPage()
    await opened.goto(`${server.url}/sign-in`)
    await opened.fill('[name=name]', name)
    await opened.fill('[name=password]', password)
    await opened.click('button[type=submit]')
    await opened.waitForURL('**/search')
    return opened
  }

  async function deploy(subject: string, text: string): Promise<number> {
    await Bun.write(join(folder, 'detections/marker.yml'), text)
    await git('add', '--all')
    await git('commit', '--quiet', '--message', subject)
    await git('bundle', 'create', '--quiet', 'content.bundle', 'main')
    const commit = await git('rev-parse', 'HEAD')
    const answer = await fetch(`${server.url}/api/v1/releases?commit=${commit}`, {
      method: 'PUT',
      headers: { 'x-api-key': API_KEY, 'content-type': 'application/x-git-bundle' },
      body: await Bun.file(join(folder, 'content.bundle')).bytes(),
    })
    await rm(join(folder, 'content.bundle'))
    return answer.status
  }

  const release = (subject: string) => page.locator('.release', { hasText: subject })

  test('before the first release the page says what is live and how to deploy', async () => {
    await page.locator('#nav a', { hasText: 'Releases' }).click()
    await page.getByRole('heading', { name: 'came with the program is live' }).waitFor()
    await page.locator('.release .pill.on', { hasText: 'live' }).waitFor()
    await page.getByText(`trapline deploy --server ${server.url}`).waitFor()
  })

  test('each offer is shown: what is live, what was, and why one was refused', async () => {
    expect(await deploy('the first', rule('\\one.exe'))).toBe(200)
    expect(await deploy('the second', rule('\\two.exe'))).toBe(200)
    expect(
      await deploy('a broken one', rule('\\x').replace('condition: marker', 'condition: not')),
    ).toBe(422)
    await page.goto(`${server.url}/releases`)
    await release('the second').locator('.pill.on', { hasText: 'live' }).waitFor()
    await release('the first').locator('.pill', { hasText: 'was live' }).waitFor()
    await release('a broken one').getByText('detections/marker.yml:16').waitFor()
    await release('the second').locator('summary', { hasText: 'Changed since' }).click()
    const change = release('the second').locator('.changed-file')
    await change.getByText('detections/marker.yml').waitFor()
    await change.locator('.yaml-diff .removed', { hasText: 'one.exe' }).waitFor()
    await change.locator('.yaml-diff .added .y-key', { hasText: 'Image|endswith' }).waitFor()
    await release('the second').getByText('1 rule with another meaning').waitFor()
  })

  test('the button goes back, once confirmed', async () => {
    await page.goto(`${server.url}/releases`)
    await page.locator('.bar').getByRole('button', { name: 'Roll back', exact: true }).click()
    const dialog = page.locator('dialog[open]')
    expect(await dialog.textContent()).toContain('the first')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    expect(server.services.releases.live()).toBe(await git('rev-parse', 'main~1'))
    await page.locator('.bar').getByRole('button', { name: 'Roll back', exact: true }).click()
    await dialog.getByRole('button', { name: 'Roll back' }).click()
    await page.getByText('is live again').waitFor()
    const newest = page.locator('#release-list .release').first()
    expect(await newest.textContent()).toContain('rolled back by admin')
    expect(await newest.locator('.pill.on').textContent()).toBe('live')
    expect(server.services.releases.live()).toBe(await git('rev-parse', 'main~2'))
    await release('the second').getByRole('button', { name: 'Make live again' }).waitFor()
    expect(await page.locator('.bar button').count()).toBe(0)
  })

  test('drift shows what the branch has and is not live; Revert takes it', async () => {
    await page.goto(`${server.url}/releases`)
    const drift = page.locator('#drift-branch')
    await drift.getByText('The branch has changes that are not live').waitFor()
    await drift.getByRole('button', { name: 'Revert' }).click()
    await page.locator('dialog[open]').getByRole('button', { name: 'Revert' }).click()
    await page.getByText('is live again').waitFor()
    await page.locator('#drift').getByText('What runs is what branch main says').waitFor()
    expect(server.services.releases.live()).toBe(await git('rev-parse', 'main~1'))
  })

  test('a release that goes live meanwhile arrives without a reload', async () => {
    await page.evaluate(() => document.body.setAttribute('data-same-page', ''))
    expect(await deploy('mended', rule('\\three.exe'))).toBe(200)
    await release('mended').locator('.pill.on', { hasText: 'live' }).waitFor()
    const live = (await git('rev-parse', 'main')).slice(0, 10)
    await page.locator('#release-title', { hasText: live }).waitFor()
    expect(await page.locator('body[data-same-page]').count()).toBe(1)
  })

  test('an alert tells what its rule was, who wrote it, and what became of it', async () => {
    const headers = { 'x-api-key': API_KEY }
    const body = JSON.stringify({ Image: 'C:\\three.exe', product: 'windows', host: 'pc-1' })
    await fetch(`${server.url}/ingest`, { method: 'POST', headers, body })
    const raised = async () =>
      (await server.services.state.listAlerts({ filter: {}, limit: 1 })).alerts
    let [alert] = await raised()
    for (; alert === undefined; [alert] = await raised()) await Bun.sleep(100)
    const address = `${server.url}/alerts?status=any&sel=${alert.id}&tab=rule`
    await page.goto(address)
    const part = page.locator('#then-now')
    await part.getByText('is what it was').waitFor()
    await part.getByText('detections/marker.yml').waitFor()
    await part.getByText('by Ana').first().waitFor()
    expect(await deploy('later', rule('\\four.exe'))).toBe(200)
    await page.goto(address)
    await part.getByText('has another text').waitFor()
    await part.getByText('would not').waitFor()
    await part.locator('.yaml-diff .added', { hasText: 'four.exe' }).waitFor()
  })

  test('an analyst sees the history and can change nothing', async () => {
    const by = { name: 'admin' }
    await server.services.state.createUser({ name: 'eva', password: PASSWORD, role: 'analyst' }, by)
    const hers = await signedIn('eva', PASSWORD)
    await hers.goto(`${server.url}/releases`)
    await hers.locator('.release').first().waitFor()
    expect(await hers.locator('.page button, .bar button').count()).toBe(0)
    const refusal = await hers.evaluate(async () => {
      const given = document.querySelector('#page')?.getAttribute('hx-headers:inherited') ?? '{}'
      const body = new URLSearchParams({ commit: '0'.repeat(40) })
      const headers = JSON.parse(given) as Record<string, string>
      return (await fetch('/releases/rollback', { method: 'POST', headers, body })).text()
    })
    expect(refusal).toContain('needs the role engineer or admin')
    await hers.context().close()
  })
})
