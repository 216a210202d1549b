// Proposed changes of a server without a remote, in a real browser: look at the diff, merge, be refused.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import type { Browser, Page } from 'playwright-core'
import { findChromium, launch } from './chromium.ts'
import { PASSWORD, startTestServer, type TestServer } from './server.ts'

const chromium = findChromium()
if (chromium === undefined)
  console.warn('browser tests skipped: no Chromium found, set CHROMIUM to its path')

setDefaultTimeout(180_000)
/** A merge is checked, tested and compiled before it is shown, milliseconds. */
const RELEASE = { timeout: 60_000 }

const ANA = { name: 'ana' }

describe.skipIf(chromium === undefined)('proposed changes', () => {
  let server: TestServer
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startTestServer(), launch(chromium ?? '')])
    page = await browser.newPage()
    await page.goto(`${server.url}/sign-in`)
    await page.fill('[name=name]', 'admin')
    await page.fill('[name=password]', PASSWORD)
    await page.click('[type=submit]')
    await page.waitForURL(/search/)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  const propose = async (title: string, path: string, text: string) => {
    const { id } = await server.services.proposals.open(
      { kind: 'rule', title, body: '', files: [{ path, text }] },
      ANA,
    )
    await page.goto(`${server.url}/releases`)
    const change = page.locator(`#change-${id}`)
    await change.waitFor()
    return { id, change }
  }
  const pill = (of: Awaited<ReturnType<typeof propose>>['change']) =>
    of.locator('.pill').textContent()
  const merge = async (of: Awaited<ReturnType<typeof propose>>['change']) => {
    await of.locator('button[data-dialog]').click()
    await of.locator('dialog .primary').click()
  }

  test('show their diff, are merged by a button, and what was merged is live', async () => {
    const path = `detections/${server.services.rules.list()[0]!.path}`
    const text = (await server.services.proposals.file(path))!
    const next = text.replace(/^level: .*$/m, 'level: critical')
    const { id, change } = await propose('Raise <b>it</b>', path, next)
    expect(await change.locator('strong').textContent()).toBe('Raise <b>it</b>')
    await change.locator('summary').click()
    await change.locator('.unified').waitFor()
    expect(await change.locator('.unified .added').textContent()).toContain('+level: critical')
    await merge(change)
    await page.locator(`#change-${id} .pill:text-is("merged")`).waitFor(RELEASE)
    const { commit } = (await server.services.proposals.get(id))!
    expect(server.services.releases.live()).toBe(commit)
    await page.locator('.releases .pill:text-is("live")').waitFor()
  })

  test('that cannot be released are not merged, and say why', async () => {
    const live = server.services.releases.live()
    const { change } = await propose('Broken', 'detections/broken.yml', 'title: Broken\n')
    await merge(change)
    await page.locator('#changes .notice.problem').waitFor(RELEASE)
    expect(await page.locator('#changes .notice.problem').textContent()).toContain(
      'detections/broken',
    )
    expect(await pill(change)).toBe('open')
    expect(server.services.releases.live()).toBe(live)
    // Its next neighbour is not held up by it.
    const hunt = await propose('A note', 'detections/NOTES.md', 'Read this.\n')
    await merge(hunt.change)
    await page.locator(`#change-${hunt.id} .pill:text-is("merged")`).waitFor(RELEASE)
  })

  test('that failed can be tried again', async () => {
    const { id } = await propose('Later', 'detections/LATER.md', 'Later.\n')
    const error = 'the remote said <script>no</script>'
    await server.services.state.changeProposal(id, { state: 'failed', error }, ANA)
    await page.reload()
    const change = page.locator(`#change-${id}`)
    await change.waitFor()
    expect(await change.textContent()).toContain(error)
    await change.locator('button:text-is("Try again")').click()
    await page.locator('#changes .notice.ok').waitFor()
    expect(await pill(page.locator(`#change-${id}`))).not.toBe('failed')
  })
  test('that wait are shown open when they are, without a reload', async () => {
    const { id } = await propose('Soon', 'detections/SOON.md', 'Soon.\n')
    await server.services.state.changeProposal(id, { state: 'pending' }, ANA)
    await page.reload()
    await page.locator(`#change-${id} .pill:text-is("waiting")`).waitFor()
    await server.services.state.changeProposal(id, { state: 'open' }, ANA)
    await page.locator(`#change-${id} .pill:text-is("open")`).waitFor()
  })
})
