// Proposals on their way to GitHub, with real repositories on both sides.
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { git } from '../ci/git.ts'
import { type DeliverParts, deliverProposal } from '../server/proposals/deliver.ts'
import { createGitHub, type GitHubClient } from '../server/proposals/github.ts'
import { tokenEnvironment } from '../server/proposals/push.ts'
import { openDatabase } from '../server/stores/state/database.ts'
import { stateUrl } from '../server/stores/state/open.ts'
import { enqueue } from '../server/stores/state/outbox-writer.ts'
import { type GitHub, startGitHub } from './github/server.ts'
import { ANA, CHANGE, openStage, RULE, type Side, type Stage } from './support/proposals.ts'

const TOKEN = 'ghp_0123456789abcdefSECRET'
setDefaultTimeout(60_000)

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.close())

describe('GitHub', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  let hub: GitHub
  let github: GitHubClient
  let one: Side

  beforeEach(async () => {
    const app = { id: '7', publicKey, slug: 'trapline' }
    hub = await startGitHub({ owner: 'acme', repo: 'rules', token: TOKEN, app })
    await git(stage.work, 'push', '--quiet', withToken(), 'main')
    const credentials = { token: TOKEN }
    github = createGitHub({ owner: 'acme', repo: 'rules', credentials, api: hub.apiUrl })
    one = await stage.side(hub.gitUrl, github, TOKEN)
  })
  afterEach(async () => {
    await hub.stop()
  })
  const withToken = () => hub.gitUrl.replace('://', `://x-access-token:${TOKEN}@`)
  const open = async () => (await one.proposals.open(CHANGE, ANA)).id

  test('gets branch and pull request, by the person and with the text', async () => {
    const id = await open()
    await one.send()
    const proposal = (await one.proposals.get(id))!
    expect(proposal).toMatchObject({ state: 'open', number: 1, url: expect.stringContaining('/1') })
    const [pull] = hub.world.pulls
    expect(pull).toMatchObject({ title: CHANGE.title, head: proposal.branch, base: 'main' })
    expect(pull!.body).toBe(`${CHANGE.body}\n\n---\nProposed by **ana** with Trapline.`)
    const author = await git(hub.bareRepository, 'log', '-1', '--format=%an', proposal.branch)
    expect(author.trim()).toBe('ana')
    expect(hub.violations()).toEqual([])
  })

  test('asked again by a process that was killed before it marked the row opens no second', async () => {
    const id = await open()
    const { items } = await stage.store.leaseOutbox('proposal', 1, 1_000)
    expect(items).toHaveLength(1)
    const parts: DeliverParts = {
      ...{ content: one.content, state: stage.store, branch: 'main', remote: hub.gitUrl, github },
      environment: async () => tokenEnvironment(hub.gitUrl, TOKEN),
      secrets: () => [TOKEN],
    }
    await deliverProposal(items[0]!, parts)
    // Killed here: the lease ends, the row is due again.
    await one.send(2_000)
    expect(hub.world.pulls).toHaveLength(1)
    expect(await one.proposals.get(id)).toMatchObject({ state: 'open', number: 1 })
    expect((await stage.store.listOutbox(1))[0]).toMatchObject({ state: 'sent' })
  })

  test.each([
    'error-500',
    'error-502',
    'error-503',
    'rate-limit-403',
    'rate-limit-429',
    'secondary-limit-403',
    'secondary-limit-429',
  ] as const)('that answers %s is asked again later', async (fault) => {
    hub.faults.next(fault)
    const id = await open()
    await one.send()
    expect(await one.proposals.get(id)).toMatchObject({ state: 'pending' })
    await one.send(120_000)
    expect(await one.proposals.get(id)).toMatchObject({ state: 'open' })
    expect(hub.world.pulls).toHaveLength(1)
  })

  test('whose answer is lost has one pull request all the same', async () => {
    hub.faults.next('lost-answer', { operation: 'pulls/create' })
    const id = await open()
    await one.send()
    await one.send(120_000)
    expect(hub.world.pulls).toHaveLength(1)
    expect(await one.proposals.get(id)).toMatchObject({ state: 'open' })
  })

  test('whose Git is down costs only time', async () => {
    await one.head.fetch()
    hub.faults.gitIsDown = true
    const id = await open()
    await one.send()
    expect(await one.proposals.get(id)).toMatchObject({ state: 'pending' })
    hub.faults.gitIsDown = false
    await one.send(120_000)
    expect(await one.proposals.get(id)).toMatchObject({ state: 'open' })
  })

  test('that refuses for good ends in a dead letter, and a retry opens it', async () => {
    const nothing = { title: 't', body: '', branch: 'nothing', base: 'main' }
    const refused = { ...github, createPull: () => github.createPull(nothing) }
    one = await stage.side(hub.gitUrl, refused, TOKEN)
    const id = await open()
    await one.send()
    const failed = await one.proposals.get(id)
    expect(failed).toMatchObject({ state: 'failed', error: expect.stringContaining('head') })
    one = await stage.side(hub.gitUrl, github, TOKEN)
    await one.proposals.retry(id, ANA)
    await one.send()
    expect(await one.proposals.get(id)).toMatchObject({ state: 'open' })
  })

  test.each([
    ['merged', 'PUT', 'merge', 'merged'],
    ['closed', 'PATCH', '', 'closed'],
  ])('where a pull request is %s tells so when asked', async (_, method, path, state) => {
    const id = await open()
    await one.send()
    await one.watch()
    expect(await one.proposals.get(id)).toMatchObject({ state: 'open' })
    const pull = `${hub.apiUrl}/repos/acme/rules/pulls/1`
    await fetch(path === '' ? pull : `${pull}/${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}` },
      ...(path === '' ? { body: JSON.stringify({ state: 'closed' }) } : {}),
    })
    await one.watch()
    expect(await one.proposals.get(id)).toMatchObject({ state })
    expect(one.pulls()).toBe(state === 'merged' ? 1 : 0)
  })

  /** A mute whose filter is proposed. */
  const muted = async () => {
    const record = await one.proposals.prepare(CHANGE, ANA)
    const effect = { days: 30, looked: 0, hidden: 0, partly: 0, byVerdict: {} }
    const mute = {
      ...{ ruleId: 'r1', criteria: { '@user': 'backup' }, filterId: 'f1', filter: '', tests: '' },
      ...{
        path: RULE,
        owner: 'ana',
        reason: 'a backup',
        effect,
        expires: stage.now() + 86_400_000,
      },
    }
    const { id } = await stage.store.addSuppression(mute, record, ANA)
    return { mute: id, change: record.id }
  }

  test.each([['nothing'], ['issues/create-comment'], ['pulls/update']])(
    'has the pull request of a mute that somebody ended closed with one comment (%s fails first)',
    async (operation) => {
      const { mute, change } = await muted()
      await one.send()
      expect(hub.world.pulls).toMatchObject([{ state: 'open' }])
      if (operation !== 'nothing') hub.faults.next('lost-answer', { operation })
      await stage.store.endSuppression(mute, { name: 'eve' })
      await one.send()
      await one.send(120_000)
      expect(hub.world.pulls).toMatchObject([{ state: 'closed' }])
      expect(hub.world.comments.map(({ body }) => body)).toEqual([`Mute ${mute} was ended by eve.`])
      expect(await one.proposals.get(change)).toMatchObject({ state: 'closed' })
      expect(hub.violations()).toEqual([])
    },
  )

  test('gets no pull request of a mute that was ended before', async () => {
    const { mute, change } = await muted()
    await stage.store.endSuppression(mute, ANA)
    hub.faults.next('error-500')
    await one.send()
    await one.send(120_000)
    expect(hub.world.pulls.filter(({ state }) => state === 'open')).toEqual([])
    expect(await one.proposals.get(change)).toMatchObject({ state: 'closed' })
  })

  test('keeps as merged what was merged before the mute was ended', async () => {
    const { mute, change } = await muted()
    await one.send()
    await stage.store.endSuppression(mute, ANA)
    await fetch(`${hub.apiUrl}/repos/acme/rules/pulls/1/merge`, {
      ...{ method: 'PUT', headers: { authorization: `Bearer ${TOKEN}` } },
    })
    await one.send()
    expect(await one.proposals.get(change)).toMatchObject({ state: 'merged' })
    expect(hub.world.comments).toEqual([])
  })

  test.each(['pkcs8', 'pkcs1'] as const)('lets a GitHub App in by a key in %s', async (type) => {
    const key = createPrivateKey(privateKey).export({ type, format: 'pem' }).toString()
    const credentials = { appId: '7', privateKey: key, installationId: 11 }
    const app = createGitHub({ owner: 'acme', repo: 'rules', credentials, api: hub.apiUrl })
    one = await stage.side(hub.gitUrl, app, await app.token())
    const id = await open()
    await one.send()
    expect(await one.proposals.get(id)).toMatchObject({ state: 'open' })
    expect(hub.world.pulls[0]?.user.login).toBe('trapline[bot]')
    expect(hub.violations()).toEqual([])
  })

  test('gets the commit status of a release', async () => {
    const commit = (await git(stage.work, 'rev-parse', 'HEAD')).trim()
    const database = await openDatabase({ url: stateUrl(stage.folder), now: stage.now })
    const description = `${'x'.repeat(200)}`
    await database.write((write) =>
      enqueue(write, {
        ...{ kind: 'commit-status', topic: `commit ${commit}`, at: stage.now() },
        payload: { commit, state: 'failure', description },
      }),
    )
    await database.close()
    await one.send()
    expect(hub.world.statuses).toMatchObject([{ context: 'trapline/release', state: 'failure' }])
    expect(hub.violations()).toEqual([])
  })

  test('with a wrong token leaves no token in errors, rows, files or arguments', async () => {
    const wrong = 'ghp_wrongWRONGwrong123456'
    const credentials = { token: wrong }
    const bad = createGitHub({ owner: 'acme', repo: 'rules', credentials, api: hub.apiUrl })
    await one.head.fetch()
    one = await stage.side(hub.gitUrl, bad, wrong)
    const id = await open()
    await one.send()
    const proposal = (await one.proposals.get(id))!
    expect(proposal.state).toBe('pending')
    expect(proposal.error).toContain('Bad credentials')
    one = await stage.side(hub.gitUrl, { ...github, findPull: async () => undefined }, wrong)
    await one.send(120_000)
    const pushed = (await one.proposals.get(id))!
    expect(pushed.error).toContain('cannot be pushed')
    const said = JSON.stringify([
      proposal,
      pushed,
      await stage.store.listOutbox(10),
      await stage.store.listAudit({ limit: 50 }),
    ])
    const config = readFileSync(join(stage.folder, 'content.git/config'), 'utf8')
    for (const secret of [
      wrong,
      TOKEN,
      Buffer.from(`x-access-token:${wrong}`).toString('base64'),
    ]) {
      expect(said).not.toContain(secret)
      expect(config).not.toContain(secret)
    }
  })
})
