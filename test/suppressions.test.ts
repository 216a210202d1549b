// A mute from the first look at what it hides to the filter that Git takes over.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { eventually, startTestServer, type TestServer } from './support/server.ts'

// Releases are checked in processes of their own.
setDefaultTimeout(120_000)

const TRAPLINE = resolve(import.meta.dir, '../ci/trapline.ts')
const RULE = '6cfe5d00-ce9f-497d-ad6c-d62fbde40b4b'
const MUTES = `/api/v1/detections/rules/${RULE}/suppressions`

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.dispose())

let second = 0
/** A root shell by sudo, as sudo writes it; low severity, rule "Sudo Opens a Root Shell". */
const shell = (user: string, host = 'web-3') => {
  const at = new Date(Date.now() - 60_000 + second++ * 1000).toISOString()
  return `<86>1 ${at} ${host} sudo 88 - - ${user} : TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=/bin/bash`
}
const send = (line: string) => server.ingest(line, '/ingest?source=linux_auth')
const alerts = async (status: string) =>
  (await server.json(`/api/v1/alerts?rule=${RULE}&status=${status}&limit=50`)).alerts
const raised = (status: string, count: number) =>
  eventually(
    () => alerts(status),
    (found) => found.length === count,
  )
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  server.fetch(path, { method: 'POST', body: JSON.stringify(body), headers })

describe('a mute', () => {
  const criteria = { '@user': 'backup' }

  test('shows exactly the alerts that it would hide, and its filter with tests', async () => {
    await send(shell('backup'))
    await send(shell('eve'))
    await raised('new', 2)
    const seen = await server.json(`${MUTES}/preview`, {
      method: 'POST',
      body: JSON.stringify({ criteria }),
    })
    expect(seen).toMatchObject({ hidden: 1, partly: 0, looked: 2, by_verdict: { none: 1 } })
    expect(seen.alerts).toMatchObject([{ user: 'backup', whole: true }])
    expect(seen.problem).toBeUndefined()
    expect(seen.filter.text).toContain('"@user": backup')
    expect(seen.filter.tests).toContain('user-1 : TTY')
    expect(seen.filter.tests).not.toContain('/home/eve')
    expect((await server.json(MUTES)).count).toBe(0)
  })

  test.each([
    [{}, 'at least one field'],
    [{ 'Image|endswith': 'x' }, 'cannot be the name'],
    [{ '@host': 'nowhere' }, 'no stored event'],
    [{ '@product': 'linux' }, 'hide everything'],
    [{ host: 'web-3', '@host': 'web-3' }, 'are the same'],
  ])('with criteria %p is refused', async (wrong, message) => {
    const refused = await post(MUTES, { criteria: wrong, reason: 'nightly backup' })
    expect(refused.status).toBe(400)
    expect((await refused.json()).error.message).toContain(message)
  })

  test('with a name that a record loses is refused, not made wider', async () => {
    for (const name of ['__proto__', '\\u005f_proto__']) {
      const body = `{"criteria":{"${name}":"x","@user":"backup"},"reason":"nightly backup"}`
      const refused = await server.fetch(MUTES, { method: 'POST', body })
      expect(refused.status).toBe(400)
      expect((await refused.json()).error.message).toContain('cannot be a name')
    }
  })

  test('may name host, source and severity as they are', async () => {
    const seen = await server.json(`${MUTES}/preview`, {
      method: 'POST',
      body: JSON.stringify({
        criteria: { host: 'web-3', source: 'linux_auth', severity: ['informational', 'low'] },
      }),
    })
    expect(seen).toMatchObject({ hidden: 2 })
    expect(seen.filter.text).toContain('"@source": linux_auth')
  })

  test('of a rule that never was is not found', async () => {
    const none = await server.fetch('/api/v1/detections/rules/none/suppressions')
    expect(none.status).toBe(404)
    expect((await server.fetch('/api/v1/detections/rules/none/feedback')).status).toBe(404)
  })

  test('acts at once, is proposed, and is listed', async () => {
    const made = await post(MUTES, { criteria, reason: 'the nightly backup runs as backup' })
    expect(made.status).toBe(201)
    const mute = await made.json()
    expect(mute).toMatchObject({ id: 'S-1', state: 'active', criteria, effect: { hidden: 1 } })
    const twin = await post(MUTES, { criteria, reason: 'somebody else thought so too' })
    expect([twin.status, (await twin.json()).error.message]).toEqual([
      409,
      'mute S-1 of admin is the same already',
    ])
    await send(shell('backup', 'web-4'))
    await send(shell('eve', 'web-4'))
    const [held] = await raised('held', 1)
    expect(held).toMatchObject({ user: 'backup', count: 1 })
    await raised('new', 3)
    const listed = await server.json('/api/v1/detections/suppressions?state=active')
    expect(listed.suppressions).toMatchObject([{ id: 'S-1', matches: 1, held: 1 }])
    const proposal = await server.json(`/api/v1/proposals/${mute.proposal_id}`)
    expect(proposal).toMatchObject({ kind: 'filter', paths: [mute.path, expect.any(String)] })
  })

  test('its branch passes trapline check and test', async () => {
    const [mute] = (await server.json(MUTES)).suppressions
    const { branch } = await server.json(`/api/v1/proposals/${mute.proposal_id}`)
    const folder = mkdtempSync(join(tmpdir(), 'trapline-filter-'))
    try {
      await git('clone', '-q', '-b', branch, join(server.data, 'content.git'), folder)
      const run = (...args: readonly string[]) => trapline(folder, args)
      const tested = await run('test', mute.path, 'detections/linux', '--require', 'all')
      expect(tested).toContain('0 failed')
      await run('check', '--fail-on', 'error')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('ends as merged when its filter is released; what it held stays held, and Git silences', async () => {
    const [mute] = (await server.json(MUTES)).suppressions
    await eventually(
      () => server.json(`/api/v1/proposals/${mute.proposal_id}`),
      (proposal) => proposal.state === 'open',
    )
    const merged = await post(`/api/v1/proposals/${mute.proposal_id}/merge`, {})
    expect(await merged.json()).toMatchObject({ release: { status: 'live' } })
    await eventually(
      async () => (await server.json(MUTES)).suppressions[0],
      ({ state }) => state === 'merged',
    )
    expect((await alerts('held')).length).toBe(1)
    await send(shell('backup', 'web-5'))
    await send(shell('eve', 'web-5'))
    await raised('new', 4)
    const users = (await server.json(`/api/v1/alerts?rule=${RULE}&host=web-5`)).alerts
    expect(users.map((alert: { user: string }) => alert.user)).toEqual(['eve'])
  })

  test('of the merged filter is refused, in whatever order and case its criteria stand', async () => {
    const again = await post(MUTES, { criteria: { '@user': ['Backup'] }, reason: 'once more' })
    expect([again.status, (await again.json()).error.message]).toEqual([
      409,
      expect.stringMatching(/^filter "Muted .*" \(.*filters\/.*\.yml\) hides this already$/),
    ])
    const preview = await post(`${MUTES}/preview`, { criteria })
    expect((await preview.json()).problem).toContain('hides this already')
  })

  test('then the filter is listed with its contract and what it hides', async () => {
    const { filters } = await server.json('/api/v1/detections/filters')
    expect(filters).toMatchObject([
      {
        rules: [{ id: RULE }],
        exceptions: [{ owner: 'admin', reason: 'the nightly backup runs as backup' }],
      },
    ])
    const effect = await server.json(`/api/v1/detections/filters/${filters[0].id}/effect`)
    expect(effect).toMatchObject({ events: 3, more: false, by_rule: [{ id: RULE, events: 3 }] })
    const gone = await server.fetch('/api/v1/detections/filters/nothing/effect')
    expect(gone.status).toBe(404)
  })
})

describe('a mute over a true positive', () => {
  const request = { criteria: { '@user': 'mallory' }, reason: 'a test of the red team' }

  test('needs a second person, who alone may agree', async () => {
    await send(shell('mallory'))
    await send(shell('trent'))
    const [alert] = await eventually(
      async () => (await alerts('new')).filter((one: { user: string }) => one.user === 'mallory'),
      (found) => found.length === 1,
    )
    await server.json(`/api/v1/alerts/${alert.id}`, {
      method: 'PATCH',
      body: JSON.stringify({ verdict: 'true_positive', version: alert.version }),
    })
    const refused = await post(MUTES, request)
    expect(refused.status).toBe(409)
    expect((await refused.json()).error.message).toContain(alert.id)
    const nobody = await post(MUTES, { ...request, agreed_by: 'nobody' })
    expect(nobody.status).toBe(400)
    const bea = await person('bea', 'engineer')
    const asked = await post(MUTES, { ...request, agreed_by: 'bea' })
    const mute = await asked.json()
    expect(mute).toMatchObject({ state: 'pending', agreed_by: 'bea' })
    expect(mute.proposal_id).toBeUndefined()
    const path = `/api/v1/detections/suppressions/${mute.id}`
    expect((await post(`${path}/agree`, {})).status).toBe(403)
    const agreed = await post(`${path}/agree`, {}, bea)
    expect(await agreed.json()).toMatchObject({ state: 'active', agreed_by: 'bea' })
    await send(shell('mallory', 'web-9'))
    await raised('held', 2)
    const ended = await post(`${path}/end`, {})
    expect(await ended.json()).toMatchObject({ state: 'ended', held: 0 })
    const { proposal_id } = await server
      .json(path.replace(/\/[^/]+$/, '?limit=1'))
      .then(({ suppressions }) => suppressions[0])
    await eventually(
      () => server.json(`/api/v1/proposals/${proposal_id}`),
      ({ state }) => state === 'closed',
    )
    expect((await post(`${path}/end`, {})).status).toBe(409)
    expect((await alerts('held')).length).toBe(1)
  })

  test('its release may lose what two people agreed to hide, and nothing else', async () => {
    const bea = { authorization: `Basic ${btoa('bea:correct horse battery')}` }
    const asked = await post(MUTES, { ...request, agreed_by: 'bea' })
    const path = `/api/v1/detections/suppressions/${(await asked.json()).id}/agree`
    const agreed = await (await post(path, {}, bea)).json()
    await eventually(
      () => server.json(`/api/v1/proposals/${agreed.proposal_id}`),
      ({ state }) => state === 'open',
    )
    const merged = await post(`/api/v1/proposals/${agreed.proposal_id}/merge`, {})
    expect(await merged.json()).toMatchObject({ release: { status: 'live' } })
    const [release] = (await server.json('/api/v1/releases')).releases
    expect(JSON.stringify(release)).toContain('agreed-true-positive')
  })

  test('is for engineers', async () => {
    const ana = await person('ana', 'analyst')
    expect((await post(MUTES, request, ana)).status).toBe(403)
    expect((await server.fetch(MUTES, { headers: ana })).status).toBe(200)
  })
})

test('a mute of every rule of a log source acts, and its branch passes', async () => {
  await send(shell('carol', 'web-7'))
  await send(shell('dave', 'web-7'))
  await eventually(
    () => server.json(`/api/v1/alerts?rule=${RULE}&host=web-7`),
    ({ total }) => total === 2,
  )
  const everywhere = '/api/v1/detections/suppressions'
  const body = { criteria: { '@user': 'carol' }, reason: 'an operator of all machines' }
  const nowhere = await post(everywhere, body)
  expect((await nowhere.json()).error.message).toContain('needs a log source')
  const made = await post(everywhere, { ...body, logsource: { product: 'linux', service: 'sudo' } })
  const mute = await made.json()
  expect(mute).toMatchObject({ state: 'active', effect: { hidden: 1 } })
  expect(mute.rule_id).toBeUndefined()
  await send(shell('carol', 'web-8'))
  const [held] = await eventually(
    async () => (await server.json(`/api/v1/alerts?rule=${RULE}&host=web-8`)).alerts,
    (found) => found.length === 1,
  )
  expect(held).toMatchObject({ status: 'held', mute_id: mute.id })
  const { branch } = await server.json(`/api/v1/proposals/${mute.proposal_id}`)
  const folder = mkdtempSync(join(tmpdir(), 'trapline-filter-'))
  try {
    await git('clone', '-q', '-b', branch, join(server.data, 'content.git'), folder)
    expect(await trapline(folder, ['test', 'detections'])).toContain('0 failed')
    await trapline(folder, ['check', '--fail-on', 'error'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a filter of a rule in an overlay can be released', async () => {
  const rules = mkdtempSync(join(tmpdir(), 'trapline-overlay-'))
  const id = '11111111-2222-4333-8444-555555555555'
  await Bun.write(
    join(rules, 'zsh.yml'),
    `title: Overlay\nid: ${id}\nlogsource: {product: linux, service: sudo}\ndetection: {s: {COMMAND: /bin/zsh}, condition: s}\nlevel: low\n`,
  )
  const other = await startTestServer({ TRAPLINE_RULES: rules })
  try {
    await other.ingest(shell('backup').replace('bash', 'zsh'), '/ingest?source=linux_auth')
    await eventually(
      () => other.json(`/api/v1/alerts?rule=${id}`),
      ({ total }) => total === 1,
    )
    const body = { criteria: { '@user': 'backup' }, reason: 'nightly backup' }
    const init = { method: 'POST', body: JSON.stringify(body) }
    const mute = await other.json(`/api/v1/detections/rules/${id}/suppressions`, init)
    await eventually(
      () => other.json(`/api/v1/proposals/${mute.proposal_id}`),
      ({ state }) => state === 'open',
    )
    const merged = await other.json(`/api/v1/proposals/${mute.proposal_id}/merge`, {
      method: 'POST',
      body: '{}',
    })
    expect(merged.release.status).toBe('live')
    const { filters } = await other.json('/api/v1/detections/filters')
    expect(filters[0].rules).toEqual([{ id, title: 'Overlay' }])
  } finally {
    await other.dispose()
    rmSync(rules, { recursive: true })
  }
})

test('a mute of a whole log source has no twin, open or merged', async () => {
  const all = '/api/v1/detections/suppressions'
  const { logsource } = (await server.json(`/api/v1/detections/rules/${RULE}`)) as {
    logsource: object
  }
  await send(shell('deploy', 'ci-1'))
  await send(shell('somebody', 'ci-2'))
  const [alert] = await eventually(
    async () => (await alerts('new')).filter((one: { user: string }) => one.user === 'deploy'),
    (found) => found.length === 1,
  )
  const wish = { logsource, event_id: alert.event_id, reason: 'the deploy account of CI' }
  const criteria = { '@user': 'deploy', '@host': ['ci-1', 'ci-9'] }
  const made = await post(all, { ...wish, criteria })
  expect(made.status).toBe(201)
  const mute = await made.json()
  const same = { '@host': ['CI-9', 'ci-1'], '@user': 'deploy' }
  const open = await post(all, { ...wish, criteria: same })
  expect([open.status, (await open.json()).error.message]).toEqual([
    409,
    `mute ${mute.id} of admin is the same already`,
  ])
  const proposal = `/api/v1/proposals/${mute.proposal_id}`
  await eventually(
    () => server.json(proposal),
    ({ state }) => state === 'open',
  )
  const merged = await (await post(`${proposal}/merge`, {})).json()
  expect(merged.release).toMatchObject({ status: 'live' })
  await eventually(
    async () => (await server.json(`${all}?state=merged`)).suppressions,
    (found) => found.some(({ id }: { id: string }) => id === mute.id),
  )
  const late = await post(all, { ...wish, criteria: same })
  expect([late.status, (await late.json()).error.message]).toEqual([
    409,
    expect.stringContaining('hides this already'),
  ])
})

async function person(name: string, role: string): Promise<Record<string, string>> {
  const password = 'correct horse battery'
  await server.json('/api/v1/users', {
    method: 'POST',
    body: JSON.stringify({ name, password, role }),
  })
  return { authorization: `Basic ${btoa(`${name}:${password}`)}` }
}

async function git(...args: readonly string[]): Promise<void> {
  const child = Bun.spawn(['git', ...args], { stdout: 'ignore', stderr: 'pipe' })
  const err = await new Response(child.stderr).text()
  if ((await child.exited) !== 0) throw new Error(err)
}

async function trapline(folder: string, args: readonly string[]): Promise<string> {
  const command = [process.execPath, TRAPLINE, ...args]
  const child = Bun.spawn(command, { cwd: folder, stdout: 'pipe', stderr: 'pipe' })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if ((await child.exited) !== 0) throw new Error(`${args.join(' ')}: ${out}\n${err}`)
  return out + err
}
