// Rules through the API: drafts, pull requests on the content repository, and trying a text on stored events.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { API_KEY, startTestServer, type TestServer } from './browser/server.ts'

setDefaultTimeout(60_000)

const SCANNER = 'ca0eca95-067a-472e-ba96-990beff671b8'
const rule = (id: string, agent: string) => `title: Scanner ${agent}
id: ${id}
status: experimental
description: Sees a scanner by its agent, to be looked at.
author: Ana
date: 2026-11-21
references:
    - https://example.org/scanners
tags:
    - attack.reconnaissance
    - attack.t1595.002
logsource:
    category: webserver
detection:
    agent:
        cs-user-agent|contains: '${agent}'
    condition: agent
falsepositives:
    - Unlikely
level: low
`
const line = (agent: string, second: number) =>
  `198.51.100.7 - - [${new Date(Date.now() - second * 1000).toUTCString().slice(5, 16).replaceAll(' ', '/')}:${new Date(Date.now() - second * 1000).toISOString().slice(11, 19)} +0000] "GET / HTTP/1.1" 200 5 "-" "${agent}/1.0"`

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
  const lines = ['sqlmap', 'sqlmap', 'curl', 'nikto', 'Mozilla'].map(line).join('\n')
  const sent = await fetch(`${server.url}/ingest?source=nginx`, {
    method: 'POST',
    headers: { 'x-api-key': API_KEY, 'content-type': 'text/plain' },
    body: lines,
  })
  expect(sent.status).toBe(200)
})
afterAll(() => server?.stop())

async function call(method: string, path: string, body?: unknown, key = API_KEY) {
  const answer = await fetch(`${server.url}/api/v1/detections${path}`, {
    method,
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, json: (await answer.json()) as Record<string, never> }
}

async function git(...args: readonly string[]): Promise<string> {
  const folder = join(server.services.settings.data, 'content.git')
  const child = Bun.spawn(['git', '--git-dir', folder, ...args], { stdout: 'pipe' })
  const out = await new Response(child.stdout).text()
  expect(await child.exited).toBe(0)
  return out
}

describe('a rule that is posted', () => {
  test('becomes a branch with the caller as author, and nothing live changes', async () => {
    const before = server.services.rules.version
    const text = rule('5d1f2c64-6f0e-4b70-a4e4-0a6d8a4f0c21', 'curl')
    const { status, json } = await call('POST', '/rules', { text })
    expect(status).toBe(202)
    expect(json.pull_request_url).toBeNull()
    expect(String(json.branch)).toStartWith('trapline/rule-add-')
    const path = 'detections/webserver/scanner_curl.yml'
    expect(await git('show', `${json.branch}:${path}`)).toBe(text)
    expect(await git('log', '-1', '--format=%an %cn %s', `${json.commit}`)).toBe(
      `admin Trapline Add ${path}\n`,
    )
    expect(server.services.rules.version).toBe(before)
  })

  test('is refused with its findings, and kept as a draft where that is asked', async () => {
    const text = rule('5d1f2c64-6f0e-4b70-a4e4-0a6d8a4f0c22', 'wget').replace(
      'condition: agent',
      'condition: agnet',
    )
    const refused = await call('POST', '/rules', { text })
    expect(refused.status).toBe(422)
    expect(refused.json.findings).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        line: 17,
        path: 'detections/webserver/scanner_wget.yml',
      }),
    )
    const kept = await call('POST', '/rules', {
      text,
      draft: true,
      path: 'detections/web/other.yml',
    })
    expect(kept.status).toBe(202)
    expect(kept.json).toMatchObject({ branch: null, commit: null })
    const { json } = await call('GET', `/drafts/${kept.json.draft_id}`)
    expect(json).toMatchObject({ path: 'detections/web/other.yml', text })
    const listed = await call('GET', '/drafts')
    expect(listed.json.drafts).toContainEqual(
      expect.objectContaining({ draft_id: kept.json.draft_id }),
    )
  })

  test('is refused while a test of it fails', async () => {
    const text = rule('5d1f2c64-6f0e-4b70-a4e4-0a6d8a4f0c23', 'lynx')
    const test_text =
      'tests:\n    - name: wrong\n      match: true\n      events:\n          - fields: {cs-user-agent: w3m}\n'
    const { status, json } = await call('POST', '/rules', { text, test_text })
    expect(status).toBe(422)
    expect(json.tests).toMatchObject([{ name: 'wrong', passed: false }])
  })

  test('may be a search, and a search that is no rule says why', async () => {
    const { status, json } = await call('POST', '/rules', {
      query: 'cs-user-agent:sqlmap*',
      title: 'Sqlmap Seen',
    })
    expect(status).toBe(202)
    const text = await git('show', `${json.branch}:detections/webserver/sqlmap_seen.yml`)
    expect(text).toContain('category: webserver')
    expect(text).toContain('cs-user-agent|startswith: sqlmap')
    const none = await call('POST', '/rules', { query: '' })
    expect([none.status, none.json.error]).toEqual([
      400,
      expect.objectContaining({ message: expect.stringContaining('matches-everything') }),
    ])
  })

  test.each(['detections/../x.yml', 'ci/x.yml', 'detections/x.test.yml', 'detections/.git/x.yml'])(
    'stays inside the content: %s',
    async (path) => {
      const text = rule('5d1f2c64-6f0e-4b70-a4e4-0a6d8a4f0c24', 'elinks')
      expect((await call('POST', '/rules', { text, path })).status).toBe(400)
    },
  )
})

describe('a rule that is changed', () => {
  test('goes the same way, its tests included', async () => {
    const { json: live } = await call('GET', `/rules/${SCANNER}`)
    const text = String(live.text).replace("- 'ffuf'", "- 'ffuf'\n            - 'curl'")
    const { status, json } = await call('PATCH', `/rules/${SCANNER}`, { text, title: 'curl too' })
    expect(status).toBe(202)
    const changed = await git('show', '--stat', '--format=', `${json.commit}`)
    expect(changed).toContain('detections/web/scanner_agent.yml')
    expect(changed).not.toContain('scanner_agent.test.yml')
  })

  test('from an old version is refused', async () => {
    const body = { text: 'x', hash: '0'.repeat(64) }
    expect((await call('PATCH', `/rules/${SCANNER}`, body)).status).toBe(409)
    expect((await call('PATCH', '/rules/nothing', { text: 'x' })).status).toBe(404)
  })

  test('is not opened over content that is newer than what it began from', async () => {
    const { drafts } = server.services
    const by = { name: 'ben' }
    const fresh = await drafts.ofRule(SCANNER, by)
    expect('id' in fresh).toBe(false)
    const text = fresh.text.replace("- 'ffuf'", "- 'ffuf'\n            - 'wget'")
    const draft = await drafts.start({ ...fresh, text }, by, 'of something older')
    expect(await drafts.newer(draft)).toMatchObject({ text: fresh.baseText })
    const opening = drafts.open(draft, { title: 't', body: '' }, by)
    expect(await opening.catch((error) => error)).toMatchObject({ code: 'conflict' })
    const based = { baseText: fresh.baseText!, baseTestText: fresh.baseTestText! }
    const kept = await drafts.save(draft.id, draft.version, based, by)
    expect(await drafts.newer(kept)).toBeUndefined()
    expect(await drafts.open(kept, { title: 't', body: '' }, by)).toHaveProperty('proposal')
  })

  test('says so where the content no longer has its file', async () => {
    const { drafts } = server.services
    const by = { name: 'nia' }
    const path = 'detections/web/never_there.yml'
    const text = rule('5d1f2c64-6f0e-4b70-a4e4-0a6d8a4f0c55', 'w3m')
    const { id, version } = await drafts.start({ path, text, testText: '' }, by)
    const removed = await drafts.save(id, version, { baseText: text }, by)
    expect(await drafts.newer(removed)).toEqual({ text: '', testText: '', isGone: true })
    expect(await drafts.merge(removed, by)).toBeUndefined()
    const opening = drafts.open(removed, { title: 't', body: '' }, by)
    expect(await opening.catch((error) => error)).toMatchObject({ code: 'conflict' })
    const kept = await drafts.save(id, removed.version, { baseText: null }, by)
    expect(await drafts.newer(kept)).toBeUndefined()
  })

  test('takes in what is newer line by line, and marks what both changed', async () => {
    const { drafts } = server.services
    const by = { name: 'mia' }
    const fresh = await drafts.ofRule(SCANNER, by)
    const old = {
      baseText: fresh
        .baseText!.replace(/^level: .*$/m, 'level: critical')
        .replace("- 'ffuf'\n", ''),
      baseTestText: fresh.baseTestText!,
    }
    const begun = await drafts.start({ ...fresh, ...old }, by)
    const text = old.baseText
      .replace(/^title: .*$/m, 'title: Mine')
      .replace('level: critical', 'level: high')
    const testText = `${old.baseTestText}# mine\n`
    const draft = await drafts.save(begun.id, begun.version, { text, testText, ...old }, by)
    expect(await drafts.merge(draft, by)).toEqual({ conflicts: 1 })
    const merged = await drafts.get(draft.id, by)
    expect(await drafts.newer(merged)).toBeUndefined()
    expect(merged.testText).toBe(testText)
    for (const line of [
      'title: Mine',
      "- 'ffuf'",
      'level: high',
      fresh.baseText!.match(/^level: .*$/m)![0],
    ])
      expect(merged.text).toContain(line)
    const { findings } = await drafts.check(merged, SCANNER)
    expect(findings[0]).toMatchObject({ code: 'merge-conflict', severity: 'error' })
    expect(await drafts.open(merged, { title: 't', body: '' }, by)).toHaveProperty('refused')
    const chosen = merged.text.replace(/<<<<<<< .*\n(.*\n)=======\n.*\n>>>>>>> .*\n/, '$1')
    const decided = await drafts.save(merged.id, merged.version, { text: chosen }, by)
    expect((await drafts.check(decided, SCANNER)).findings).not.toContainEqual(
      expect.objectContaining({ code: 'merge-conflict' }),
    )
    expect(await drafts.merge(decided, by)).toBeUndefined()
  })

  test('gets a test of an event, redacted, that fires or stays silent as is asked', async () => {
    const { drafts, events } = server.services
    const range = { from: Date.now() - 86_400_000, to: Date.now() + 1 }
    const found = await events.search({ ...range, limit: 10, timeout_ms: 10_000 })
    const hit = found.events.find(({ raw }) => raw.includes('sqlmap'))?.id ?? ''
    const live = await drafts.live(SCANNER)
    const { testText, made } = await drafts.withTest(live, hit, false)
    expect(made.problems).toEqual([])
    const { tests } = await drafts.check({ ...live, testText }, SCANNER)
    expect(tests.at(-1)).toMatchObject({ match: false, passed: false })
    const again = await drafts.withTest({ ...live, testText }, hit, false)
    expect(again.testText).toBe(testText)
    const gone = drafts.withTest(live, '20200101-000000000001', true)
    expect(await gone.catch((error) => error)).toMatchObject({ code: 'not-found' })
  })

  test('says which other rules of the file would be gone', async () => {
    const id = '0f4a8d57-52a5-4c6c-9a5b-6d7c1e2f3a64'
    const { json: one } = await call('GET', `/rules/${id}`)
    const { status, json } = await call('PATCH', `/rules/${id}`, { text: one.text })
    expect(status).toBe(400)
    expect(JSON.stringify(json)).toContain('Accepted SSH Login')
  })

  test('needs the role for it', async () => {
    const { services } = server
    const by = { name: 'admin' }
    const viewer = await services.state.createUser(
      { name: 'vic', password: 'correct horse battery', role: 'analyst' },
      by,
    )
    const { secret } = await services.state.createKey(viewer.id, { name: 'k', kind: 'user' }, by)
    const refused = await call('POST', '/rules', { text: 'x' }, secret)
    expect(refused.status).toBe(403)
  })
})

describe('a rule that is tried', () => {
  test('says what it matched and how another text differs, and raises nothing', async () => {
    const alerts = async () =>
      (await server.services.state.listAlerts({ filter: {}, limit: 1 })).total
    while ((await alerts()) === 0) await Bun.sleep(50)
    const before = await alerts()
    const same = await call('POST', `/rules/${SCANNER}/test`, {})
    expect(same.json).toMatchObject({
      matches: 3,
      same: 3,
      new: 0,
      lost: 0,
      complete: true,
      events: 5,
    })
    const { json: live } = await call('GET', `/rules/${SCANNER}`)
    const text = String(live.text).replace("'sqlmap'", "'curl'")
    const { status, json } = await call('POST', `/rules/${SCANNER}/test?from=now-1d`, { text })
    expect(status).toBe(200)
    expect(json).toMatchObject({ matches: 2, same: 1, new: 1, lost: 2 })
    expect(json.tests).toContainEqual(expect.objectContaining({ passed: false }))
    const buckets = json.histogram as unknown as readonly {
      readonly before: number
      readonly after: number
    }[]
    expect(buckets.reduce((sum, bucket) => sum + bucket.after, 0)).toBe(2)
    expect(buckets.reduce((sum, bucket) => sum + bucket.before, 0)).toBe(3)
    expect(json.new_samples).toHaveLength(1)
    expect(await alerts()).toBe(before)
  })

  test('says why it cannot run', async () => {
    const { status, json } = await call('POST', `/rules/${SCANNER}/test`, { text: 'title: x' })
    expect(status).toBe(400)
    expect(json.error).toMatchObject({ message: expect.stringContaining('Nothing here runs') })
  })

  test('that is a correlation counts how often it would have fired, in order', async () => {
    const GUESSING = '5b7c2ad9-0a7a-4f0b-9a51-3c1d7f0b6e21'
    const played = await fetch(`${server.url}/api/v1/scenarios/ssh-brute-force/play`, {
      method: 'POST',
      headers: { 'x-api-key': API_KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ speed: 1000 }),
    })
    expect(played.status).toBe(202)
    let same = { status: 0, json: {} as Record<string, never> }
    while (!(Number(same.json.matches) > 0))
      same = await call('POST', `/rules/${GUESSING}/test?from=now-1d`, {})
    expect(same.json).toMatchObject({ new: 0, lost: 0, complete: true })
    const live = await server.services.drafts.live(GUESSING)
    const text = live.text.replaceAll(/gte: \d+/g, 'gte: 100000')
    const { json } = await call('POST', `/rules/${GUESSING}/test?from=now-1d`, { text })
    expect(json).toMatchObject({ matches: 0, same: 0, new: 0 })
    expect(Number(json.lost)).toBeGreaterThan(0)
  })

  test('tells how far it is, and ends when it is cancelled', async () => {
    const { services } = server
    const live = (await services.rules.get(SCANNER)) ?? { text: '', path: '' }
    const files = { path: `detections/${live.path}`, text: live.text, testText: '' }
    const now = Date.now()
    const shares: number[] = []
    const stop = new AbortController()
    const input = { files, ruleId: SCANNER, range: { from: now - 10 * 86_400_000, to: now } }
    const { signal } = stop
    await services.drafts.preview({ ...input, signal, onProgress: (share) => shares.push(share) })
    expect(shares.length).toBe(10)
    expect(shares).toEqual(shares.toSorted((a, b) => a - b))
    expect(shares.at(-1)).toBe(1)
    const cancelled = services.drafts.preview({
      ...{ ...input, signal },
      onProgress: () => stop.abort(new Error('gone')),
    })
    expect(await cancelled.catch((error: Error) => error.message)).toBe('gone')
  })
})
