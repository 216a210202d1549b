// A rule edited, mended, tried and proposed in a real browser; a new one from a search; both without scripts.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { findChromium, launch } from './chromium.ts'
import { API_KEY, PASSWORD, startTestServer, type TestServer } from './server.ts'

const chromium = findChromium()
if (chromium === undefined)
  console.warn('browser tests skipped: no Chromium found, set CHROMIUM to its path')

setDefaultTimeout(60_000)

const SCANNER = 'ca0eca95-067a-472e-ba96-990beff671b8'

describe.skipIf(chromium === undefined)('the rule editor', () => {
  let server: TestServer
  let browser: Browser
  let page: Page
  const errors: string[] = []

  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startTestServer(), launch(chromium ?? '')])
    for (const scenario of ['web-exploitation', 'cloud-key-theft'])
      await fetch(`${server.url}/api/v1/scenarios/${scenario}/play`, {
        method: 'POST',
        headers: { 'x-api-key': API_KEY, 'content-type': 'application/json' },
        body: JSON.stringify({ speed: 1000 }),
      })
    page = await signedIn()
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => {
      // Chromium's own editing tries to keep the looks of a selection that is typed over.
      const expected = /status of 422|Applying inline style/.test(message.text())
      if (message.type() === 'error' && !expected) errors.push(message.text())
    })
  })

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  async function signedIn(options: BrowserContextOptions = {}): Promise<Page> {
    const viewport = { width: 1440, height: 820 }
    const context = await browser.newContext({ viewport, ...options })
    const opened = await context.newPage()
    await opened.goto(`${server.url}/sign-in`)
    await opened.fill('[name=name]', 'admin')
    await opened.fill('[name=password]', PASSWORD)
    await opened.click('button[type=submit]')
    await opened.waitForURL('**/search')
    return opened
  }

  async function git(...args: readonly string[]): Promise<string> {
    const folder = join(server.services.settings.data, 'content.git')
    const child = Bun.spawn(['git', '--git-dir', folder, ...args], { stdout: 'pipe' })
    const out = await new Response(child.stdout).text()
    expect(await child.exited).toBe(0)
    return out
  }

  const content = (panel = 'text') => page.locator(`#panel-${panel} .cm-content`)
  const line = (text: string) => page.locator('#panel-text .cm-line', { hasText: text }).first()
  async function write(panel: 'text' | 'test', text: string): Promise<void> {
    await content(panel).click()
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText(text)
  }
  const proposed = async () => (await server.services.proposals.list(1))[0]

  test('opens with the rule, by its key', async () => {
    await page.goto(`${server.url}/rules/${SCANNER}`)
    await page.keyboard.press('e')
    await page.waitForURL('**/edit')
    await content().waitFor()
    expect(await content().textContent()).toContain('Request of a Security Scanner')
    await page.locator('.tests li', { hasText: 'fires: sqlmap' }).waitFor()
  })

  test('completes fields of the log source', async () => {
    await line('agent:').click()
    await page.keyboard.press('End')
    await page.keyboard.type('\n    cs-ur')
    await page.locator('.cm-tooltip-autocomplete li', { hasText: 'cs-uri-query' }).waitFor()
    await page.keyboard.press('Escape')
  })

  test('says what is wrong, where it stands, and saves by itself', async () => {
    const text = (await server.services.rules.get(SCANNER))?.text ?? ''
    const changed = text.replace("- 'ffuf'", "- 'ffuf'\n            - 'curl'")
    await write('text', changed.replace('condition: agent', 'condition: agents'))
    const finding = page.locator('.lint.error', { hasText: 'agents' })
    await finding.waitFor()
    const at = changed.split('\n').findIndex((one) => one.includes('condition:')) + 1
    expect(await finding.textContent()).toMatch(new RegExp(`^${at}:\\d+ `))
    await line('condition: agents').locator('.cm-lintRange-error').waitFor()
    await page.locator('#saved', { hasText: 'saved just now' }).waitFor()
    await page.reload()
    await content().waitFor()
    expect(await content().textContent()).toContain('condition: agents')
  })

  test('opens no pull request while there are errors', async () => {
    await page.click('button[popovertarget=open-proposal]')
    await page.click('#open-proposal button[value=open]')
    await page.getByText('Not opened: mend the errors').waitFor()
    expect(await server.services.proposals.list(5)).toEqual([])
    await content().waitFor()
    await page.locator('.lint.error').first().click()
    await page.keyboard.press('End')
    await page.keyboard.press('Backspace')
    await page.locator('#check-facts', { hasText: 'lint clean, 2 tests passed' }).waitFor()
  })

  test('shows what it would have done', async () => {
    await page.click('[data-preview-button]')
    await page.locator('#preview .big', { hasText: 'alerts before' }).waitFor()
    await page.locator('#preview', { hasText: 'On the last 30 days' }).waitFor()
    await page.locator('#preview', { hasText: /events: 16 same, 0 new, 0 lost/ }).waitFor()
  })

  test('has the tests in a second tab, run as they are written', async () => {
    await page.getByRole('tab', { name: 'Tests' }).click()
    const tests = (await server.services.rules.get(SCANNER))?.testText ?? ''
    const curl =
      '- name: curl\n  match: true\n  events: [{ fields: { cs-user-agent: curl/8.0 } }]\n'
    await write('test', tests + curl.replaceAll(/^/gm, '    ').trimEnd())
    await page.locator('.tests li', { hasText: 'fires: curl' }).locator('.ok-text').waitFor()
  })

  test('opens the pull request with the person as author, and nothing live changes', async () => {
    const before = server.services.rules.version
    await page.locator('#saved', { hasText: 'saved just now' }).waitFor()
    await page.click('button[popovertarget=open-proposal]')
    await page.fill('#open-proposal [name=title]', 'Curl is a scanner here')
    await page.click('#open-proposal button[value=open]')
    await page.waitForURL('**/rules/drafts/*')
    await page.getByRole('heading', { name: 'Curl is a scanner here' }).waitFor()
    const { branch = '', paths = [] } = (await proposed()) ?? {}
    expect(await page.getByText(branch, { exact: true }).count()).toBe(1)
    expect(paths).toEqual([
      'detections/web/scanner_agent.yml',
      'detections/web/scanner_agent.test.yml',
    ])
    expect(await git('log', '-1', '--format=%an %cn', branch)).toBe('admin Trapline\n')
    expect(await git('show', `${branch}:${paths[0]}`)).toContain("            - 'curl'\n")
    expect(server.services.rules.version).toBe(before)
  })

  test('shows a newer version of the content before anything of it is lost', async () => {
    await page.goto(`${server.url}/rules/${SCANNER}/edit`)
    await content().click()
    await page.keyboard.press('Control+End')
    await page.keyboard.insertText('# mine\n')
    await page.locator('#saved', { hasText: 'saved just now' }).waitFor()
    const { id = '' } = (await proposed()) ?? {}
    await server.services.proposals.merge(id, { name: 'admin' })
    await page.reload()
    await page.locator('.newer', { hasText: 'newer version of this file' }).waitFor()
    await page.locator('.diff .removed', { hasText: "- 'curl'" }).waitFor()
    await page.locator('.diff .added', { hasText: '# mine' }).waitFor()
    await page.getByRole('button', { name: 'Merge both' }).click()
    await page.getByText('the draft has both versions’ changes').waitFor()
    await page.locator('.newer').waitFor({ state: 'detached' })
    await content().waitFor()
    const merged = (await content().textContent()) ?? ''
    expect(merged).toContain("- 'curl'")
    expect(merged).toContain('# mine')
  })

  test('marks what both changed, and opens nothing before somebody chose', async () => {
    const [draft] = await server.services.drafts.list({ name: 'admin' })
    const { id, version, text, baseText = '' } = draft!
    const change = {
      text: text.replace(/^level: .*$/m, 'level: high'),
      baseText: baseText.replace(/^level: .*$/m, 'level: medium'),
    }
    await server.services.drafts.save(id, version, change, { name: 'admin' })
    await page.goto(`${server.url}/rules/${SCANNER}/edit`)
    await page.locator('.newer', { hasText: '1 place changed in both' }).waitFor()
    await page.getByRole('button', { name: 'Merge both' }).click()
    await page.getByText('both versions stand there, marked').waitFor()
    await content().waitFor()
    const merged = (await content().textContent()) ?? ''
    for (const line of ['level: high', 'level: low', '<<<<<<< your draft'])
      expect(merged).toContain(line)
    await page.locator('#checks', { hasText: 'you and the newer version changed' }).waitFor()
    await page.click('button[popovertarget=open-proposal]')
    await page.click('#open-proposal button[value=open]')
    await page.getByText('Not opened: mend').waitFor()
  })

  test('makes a new rule of a search, with what leaves shown first', async () => {
    await page.goto(`${server.url}/search?q=eventName:AttachUserPolicy&from=now-1d`)
    await page.getByRole('link', { name: 'New rule' }).click()
    await page.locator('.event-picks input[name=hit]:checked').first().waitFor()
    const leaves = page.locator('#leaves')
    await leaves.locator('td', { hasText: 'ci-deploy' }).waitFor()
    expect(await leaves.locator('.yaml').textContent()).not.toContain('ci-deploy')
    await page.click('text=Make the draft, with these tests')
    await content().waitFor()
    expect(await content().textContent()).toContain('service: cloudtrail')
    await page.locator('#check-facts', { hasText: /lint clean, [23] tests passed/ }).waitFor()
    await page.getByRole('tab', { name: 'Tests' }).click()
    expect(await content('test').textContent()).not.toMatch(/ci-deploy|AKIA/)
  })

  test('broke no rule of the browser on the way', () => {
    expect(errors).toEqual([])
  })

  test('works without scripts: text areas and buttons', async () => {
    const plain = await signedIn({ javaScriptEnabled: false })
    await plain.goto(`${server.url}/rules/new`)
    await plain.click('text=Start from an empty rule')
    const area = plain.locator('textarea[name=text]')
    const text = await area.inputValue()
    await area.fill(text.replace('New Rule', 'Typed By Hand').replace('example.exe', 'odd.exe'))
    await plain.click('button[value=preview]')
    await plain.locator('#preview .big', { hasText: 'alerts a day' }).waitFor()
    expect(await area.inputValue()).toContain('Typed By Hand')
    await plain.click('button[value=save]')
    await area.fill((await area.inputValue()).replace('condition: selection', 'condition: nothing'))
    await plain.click('button[popovertarget=open-proposal]')
    await plain.click('#open-proposal button[value=open]')
    await plain.getByText('Not opened: mend the errors').waitFor()
    await plain.locator('.lint.error').first().waitFor()
    await plain.context().close()
  })

  test('whose session has ended says so, and signing in leads back to it', async () => {
    const late = await signedIn()
    const address = `${server.url}/rules/${SCANNER}/edit`
    await late.goto(address)
    await late.locator('.cm-content').first().click()
    await late.context().clearCookies()
    await late.keyboard.insertText('# too late\n')
    await late.locator('#saved', { hasText: 'your session has ended' }).waitFor()
    await late.click('button[value=save]')
    await late.waitForURL('**/sign-in?next=*')
    await late.fill('[name=name]', 'admin')
    await late.fill('[name=password]', PASSWORD)
    await late.click('button[type=submit]')
    await late.waitForURL(address)
    await late.context().close()
  })
})
