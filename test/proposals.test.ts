// Proposals on their way to GitHub and to a plain Git remote, with real repositories on both sides.
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { git, runGit } from '../ci/git.ts'
import { drainOutbox } from '../server/outbox/worker.ts'
import { type Content, openContent } from '../server/proposals/content.ts'
import { type DeliverParts, deliverProposal, proposalFailed } from '../server/proposals/deliver.ts'
import { createGitHub, type GitHubClient } from '../server/proposals/github.ts'
import { createHead, type Head } from '../server/proposals/head.ts'
import { tokenEnvironment } from '../server/proposals/push.ts'
import { deliverStatus } from '../server/proposals/status.ts'
import { createWatch } from '../server/proposals/watch.ts'
import { openRepository } from '../server/releases/repository.ts'
import { createProposals, type ProposalService } from '../server/services/proposals.ts'
import { openDatabase } from '../server/stores/state/database.ts'
import { type OpenStore, openStore, stateUrl } from '../server/stores/state/open.ts'
import { enqueue } from '../server/stores/state/outbox-writer.ts'
import { type GitHub, startGitHub } from './github/server.ts'

setDefaultTimeout(60_000)

const TOKEN = 'ghp_0123456789abcdefSECRET'
const ANA = { name: 'ana' }
const RULE = 'detections/a.yml'
const CHANGE = {
  kind: 'filter',
  title: 'Leave the backup account out',
  body: 'It signs in **every** night.',
  files: [{ path: RULE, text: 'title: A\nlevel: high\n' }],
} as const

let folder: string
let store: OpenStore['store']
let now: number
let work: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trapline proposals '))
  work = join(folder, 'work')
  mkdirSync(join(work, 'detections'), { recursive: true })
  await git(work, 'init', '--quiet', '--initial-branch=main')
  await git(work, 'config', 'user.name', 'Eve')
  await git(work, 'config', 'user.email', 'eve@example.org')
  await save({ [RULE]: 'title: A\nlevel: low\n' }, 'first')
  now = Date.now()
  store = (await openStore({ url: stateUrl(folder), now: () => now })).store
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

async function save(files: Readonly<Record<string, string>>, message: string): Promise<void> {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(work, path), text)
  await git(work, 'add', '-A')
  await git(work, 'commit', '--quiet', '-m', message)
}

interface Side {
  readonly proposals: ProposalService
  readonly content: Content
  readonly head: Head
  /** Sends what is due; time goes on by `later_ms` before. */
  send(later_ms?: number): Promise<void>
  watch(): Promise<void>
  readonly pulls: () => number
}

/** What a server makes of its settings, without the server. */
async function side(remote: string, github?: GitHubClient, token?: string): Promise<Side> {
  const repository = join(folder, 'content.git')
  await openRepository(repository)
  const content = openContent(repository)
  const environment = async () => (token === undefined ? {} : tokenEnvironment(remote, token))
  const at = { content, branch: 'main', remote, environment, state: store }
  const head = createHead({ ...at, data: folder, now: () => now })
  const parts: DeliverParts = { ...at, github, secrets: () => (token ? [token] : []) }
  let pulls = 0
  const pull = async () => {
    pulls++
    return undefined
  }
  const outbox = {
    state: store,
    now: () => now,
    lanes: {
      proposal: {
        deliver: (item: Parameters<typeof deliverProposal>[0]) => deliverProposal(item, parts),
        onFailure: (item: Parameters<typeof deliverProposal>[0], error: string, isDead: boolean) =>
          proposalFailed(item, error, isDead, store),
      },
      'commit-status': {
        deliver: (item: Parameters<typeof deliverStatus>[0]) => deliverStatus(item, github),
      },
      webhook: { deliver: async () => ({ result: 'sent' as const }) },
    },
  }
  return {
    content,
    head,
    pulls: () => pulls,
    proposals: createProposals({
      ...{ content, head, state: store, releases: { pull, list: async () => [] }, branch: 'main' },
      ...{ target: github === undefined ? 'git' : 'github', emailDomain: 'example.org' },
      ...{ ready: async () => undefined, onOpened: () => undefined, now: () => now },
    }),
    send: async (later_ms = 0) => {
      now += later_ms
      await drainOutbox(outbox)
    },
    watch: createWatch({
      ...{ content, head, github, state: store },
      onMerged: () => void pulls++,
    }),
  }
}

describe('a plain Git remote', () => {
  let bare: string
  let one: Side
  beforeEach(async () => {
    bare = join(folder, 'remote.git')
    await git(folder, 'clone', '--quiet', '--bare', work, bare)
    one = await side(bare)
  })
  const opened = async () => {
    const { id } = await one.proposals.open(CHANGE, ANA)
    await one.send()
    return (await one.proposals.get(id))!
  }

  test('gets the branch, and merging it there is noticed', async () => {
    const { id, state, branch, commit } = await opened()
    expect(state).toBe('open')
    expect((await git(bare, 'rev-parse', branch)).trim()).toBe(commit)
    await one.watch()
    expect(await one.proposals.get(id)).toMatchObject({ state: 'open' })
    await git(work, 'pull', '--quiet', '--no-rebase', bare, branch)
    await git(work, 'push', '--quiet', bare, 'main')
    await one.watch()
    expect(await one.proposals.get(id)).toMatchObject({ state: 'merged' })
    expect(one.pulls()).toBe(1)
  })

  test('merged as one squashed commit is merged too', async () => {
    const { id, branch } = await opened()
    await save({ 'detections/b.yml': 'title: B\n' }, 'meanwhile')
    await git(work, 'fetch', '--quiet', bare, branch)
    await git(work, 'merge', '--quiet', '--squash', 'FETCH_HEAD')
    await git(work, 'commit', '--quiet', '-m', 'squashed')
    await git(work, 'push', '--quiet', bare, 'main')
    await one.watch()
    expect(await one.proposals.get(id)).toMatchObject({ state: 'merged' })
  })

  test('that is gone costs only time: the change is made now and pushed later', async () => {
    await one.head.fetch()
    const away = `${bare}.away`
    await Bun.$`mv ${bare} ${away}`
    const { id, state, error, branch } = await opened()
    expect(state).toBe('pending')
    expect(error).toContain('cannot be pushed')
    await Bun.$`mv ${away} ${bare}`
    await one.send(60_000)
    expect(await one.proposals.get(id)).toMatchObject({ state: 'open' })
    expect((await one.proposals.get(id))?.error).toBeUndefined()
    expect(await git(bare, 'branch', '--list', branch)).toContain(branch)
  })

  test('builds on the newest head, not on what is known from before', async () => {
    await one.head.fetch()
    await save({ 'detections/b.yml': 'title: B\n' }, 'newer')
    await git(work, 'push', '--quiet', bare, 'main')
    const { base } = await one.proposals.prepare(CHANGE, ANA)
    expect(base).toBe((await git(work, 'rev-parse', 'HEAD')).trim())
  })
})

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
    await git(work, 'push', '--quiet', withToken(), 'main')
    const credentials = { token: TOKEN }
    github = createGitHub({ owner: 'acme', repo: 'rules', credentials, api: hub.apiUrl })
    one = await side(hub.gitUrl, github, TOKEN)
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
    const { items } = await store.leaseOutbox('proposal', 1, 1_000)
    expect(items).toHaveLength(1)
    const parts: DeliverParts = {
      ...{ content: one.content, state: store, branch: 'main', remote: hub.gitUrl, github },
      environment: async () => tokenEnvironment(hub.gitUrl, TOKEN),
      secrets: () => [TOKEN],
    }
    await deliverProposal(items[0]!, parts)
    // Killed here: the lease ends, the row is due again.
    await one.send(2_000)
    expect(hub.world.pulls).toHaveLength(1)
    expect(await one.proposals.get(id)).toMatchObject({ state: 'open', number: 1 })
    expect((await store.listOutbox(1))[0]).toMatchObject({ state: 'sent' })
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
    one = await side(hub.gitUrl, refused, TOKEN)
    const id = await open()
    await one.send()
    const failed = await one.proposals.get(id)
    expect(failed).toMatchObject({ state: 'failed', error: expect.stringContaining('head') })
    one = await side(hub.gitUrl, github, TOKEN)
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
      ...{ path: RULE, owner: 'ana', reason: 'a backup', effect, expires: now + 86_400_000 },
    }
    const { id } = await store.addSuppression(mute, record, ANA)
    return { mute: id, change: record.id }
  }

  test.each([['nothing'], ['issues/create-comment'], ['pulls/update']])(
    'has the pull request of a mute that somebody ended closed with one comment (%s fails first)',
    async (operation) => {
      const { mute, change } = await muted()
      await one.send()
      expect(hub.world.pulls).toMatchObject([{ state: 'open' }])
      if (operation !== 'nothing') hub.faults.next('lost-answer', { operation })
      await store.endSuppression(mute, { name: 'eve' })
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
    await store.endSuppression(mute, ANA)
    hub.faults.next('error-500')
    await one.send()
    await one.send(120_000)
    expect(hub.world.pulls.filter(({ state }) => state === 'open')).toEqual([])
    expect(await one.proposals.get(change)).toMatchObject({ state: 'closed' })
  })

  test('keeps as merged what was merged before the mute was ended', async () => {
    const { mute, change } = await muted()
    await one.send()
    await store.endSuppression(mute, ANA)
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
    one = await side(hub.gitUrl, app, await app.token())
    const id = await open()
    await one.send()
    expect(await one.proposals.get(id)).toMatchObject({ state: 'open' })
    expect(hub.world.pulls[0]?.user.login).toBe('trapline[bot]')
    expect(hub.violations()).toEqual([])
  })

  test('gets the commit status of a release', async () => {
    const commit = (await git(work, 'rev-parse', 'HEAD')).trim()
    const database = await openDatabase({ url: stateUrl(folder), now: () => now })
    const description = `${'x'.repeat(200)}`
    await database.write((write) =>
      enqueue(write, {
        ...{ kind: 'commit-status', topic: `commit ${commit}`, at: now },
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
    one = await side(hub.gitUrl, bad, wrong)
    const id = await open()
    await one.send()
    const proposal = (await one.proposals.get(id))!
    expect(proposal.state).toBe('pending')
    expect(proposal.error).toContain('Bad credentials')
    one = await side(hub.gitUrl, { ...github, findPull: async () => undefined }, wrong)
    await one.send(120_000)
    const pushed = (await one.proposals.get(id))!
    expect(pushed.error).toContain('cannot be pushed')
    const said = JSON.stringify([
      proposal,
      pushed,
      await store.listOutbox(10),
      await store.listAudit({ limit: 50 }),
    ])
    const config = readFileSync(join(folder, 'content.git/config'), 'utf8')
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

test('a remote that never answers is given up, and what is known is worked with', async () => {
  const silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => undefined } })
  const remote = `http://127.0.0.1:${silent.port}/acme/rules.git`
  const { ok, err } = await runGit(work, ['ls-remote', remote], { timeout_ms: 300 })
  expect(ok).toBe(false)
  expect(err).toContain('took over 300 ms')
  const content = openContent(join(work, '.git'))
  const known = (await git(work, 'rev-parse', 'HEAD')).trim()
  await content.setRef('refs/followed/head', known, undefined)
  const environment = async () => ({})
  const at = { content, data: folder, branch: 'main', remote, environment }
  expect(await createHead({ ...at, wait_ms: 200 }).current()).toBe(known)
  silent.stop(true)
})
