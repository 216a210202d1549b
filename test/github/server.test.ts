import { afterEach, beforeEach, expect, test } from 'bun:test'
import { createSign, generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { git, runGit } from '../../ci/git.ts'
import { type GitHub, startGitHub } from './server.ts'

const TOKEN = 'ghp_test'
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

let hub: GitHub
let clone: string

beforeEach(async () => {
  hub = await startGitHub({
    owner: 'acme',
    repo: 'rules',
    token: TOKEN,
    app: { id: '7', publicKey, slug: 'trapline' },
  })
  clone = await mkdtemp(join(tmpdir(), 'trapline-clone-'))
  await git(clone, 'init', '--quiet', '--initial-branch=main')
  await git(clone, 'config', 'user.name', 'A')
  await git(clone, 'config', 'user.email', 'a@example.com')
  await git(clone, 'remote', 'add', 'origin', withToken(TOKEN))
  await commit('main', 'a.yml', 'title: a\n')
  await git(clone, 'push', '--quiet', 'origin', 'main')
})

afterEach(async () => {
  await hub.stop()
  await rm(clone, { recursive: true, force: true })
})

function withToken(token: string): string {
  return hub.gitUrl.replace('://', `://x-access-token:${token}@`)
}

async function commit(branch: string, path: string, text: string): Promise<void> {
  await Bun.write(join(clone, path), text)
  await git(clone, 'add', path)
  await git(clone, 'commit', '--quiet', '-m', `${branch}: ${path}`)
}

async function branch(name: string, path: string, text: string): Promise<void> {
  await git(clone, 'checkout', '--quiet', '-B', name, 'main')
  await commit(name, path, text)
  await git(clone, 'push', '--quiet', '--force', 'origin', name)
}

function call(method: string, path: string, body?: unknown, token = TOKEN): Promise<Response> {
  return fetch(`${hub.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

const PULLS = '/repos/acme/rules/pulls'

test('Git over HTTP needs the token', async () => {
  const [good, bad] = await Promise.all([
    runGit(clone, ['ls-remote', withToken(TOKEN)]),
    runGit(clone, ['ls-remote', withToken('wrong')]),
  ])
  expect(good.out).toContain('refs/heads/main')
  expect(bad.ok).toBe(false)
})

test('a pull request is opened between real branches, found, merged by a real commit', async () => {
  await branch('topic', 'b.yml', 'title: b\n')
  const made = await call('POST', PULLS, { title: 'Add b', head: 'topic', base: 'main', body: 'x' })
  expect(made.status).toBe(201)
  const pull = await made.json()
  expect(pull).toMatchObject({ state: 'open', commits: 1, changed_files: 1, mergeable: true })
  const again = await call('POST', PULLS, { title: 'Add b', head: 'topic', base: 'main' })
  expect(again.status).toBe(422)
  expect(await again.text()).toContain('already exists')
  const found = await call('GET', `${PULLS}?head=acme:topic&state=all`)
  expect((await found.json()).map(({ number }: { number: number }) => number)).toEqual([
    pull.number,
  ])
  const compare = await call('GET', '/repos/acme/rules/compare/main...topic')
  expect(await compare.json()).toMatchObject({ status: 'ahead', ahead_by: 1 })
  const files = await call('GET', `${PULLS}/${pull.number}/files`)
  expect(await files.json()).toMatchObject([{ filename: 'b.yml', status: 'added' }])
  const wrong = await call('PUT', `${PULLS}/${pull.number}/merge`, { sha: 'f'.repeat(40) })
  expect(wrong.status).toBe(409)
  const merged = await call('PUT', `${PULLS}/${pull.number}/merge`, { sha: pull.head.sha })
  const { sha } = await merged.json()
  await git(clone, 'checkout', '--quiet', 'main')
  await git(clone, 'pull', '--quiet', 'origin', 'main')
  expect((await git(clone, 'rev-parse', 'HEAD')).trim()).toBe(sha)
  expect(await Bun.file(join(clone, 'b.yml')).text()).toBe('title: b\n')
  const after = await call('GET', `${PULLS}/${pull.number}`)
  expect(await after.json()).toMatchObject({ state: 'closed', merged: true, merge_commit_sha: sha })
  expect((await call('PUT', `${PULLS}/${pull.number}/merge`)).status).toBe(405)
  expect(hub.violations()).toEqual([])
})

test('a push by hand moves the head, and a merge by push closes the pull request', async () => {
  await branch('hand', 'c.yml', 'title: c\n')
  const made = await call('POST', PULLS, { title: 'c', head: 'hand', base: 'main' })
  const { number, head } = await made.json()
  await commit('hand', 'c.yml', 'title: c2\n')
  await git(clone, 'push', '--quiet', 'origin', 'hand')
  const moved = await (await call('GET', `${PULLS}/${number}`)).json()
  expect(moved.head.sha).not.toBe(head.sha)
  await git(clone, 'push', '--quiet', 'origin', 'hand:main')
  expect(await (await call('GET', `${PULLS}/${number}`)).json()).toMatchObject({ merged: true })
  await git(clone, 'checkout', '--quiet', 'main')
  await git(clone, 'pull', '--quiet', 'origin', 'main')
})

test('comments are paged, made and changed in place', async () => {
  await branch('talk', 'd.yml', 'title: d\n')
  const made = await call('POST', PULLS, { title: 'd', head: 'talk', base: 'main' })
  const { number } = await made.json()
  const comments = `/repos/acme/rules/issues/${number}/comments`
  for (const body of ['one', 'two', 'three']) await call('POST', comments, { body })
  const first = await call('GET', `${comments}?per_page=2`)
  expect(first.headers.get('link')).toContain('page=2>; rel="next"')
  const [, two] = await first.json()
  await call('PATCH', `/repos/acme/rules/issues/comments/${two.id}`, { body: 'zwei' })
  const second = await call('GET', `${comments}?per_page=2&page=2`)
  expect((await second.json())[0].body).toBe('three')
  expect(hub.world.comments.map(({ body }) => body)).toEqual(['one', 'zwei', 'three'])
  const long = await call('POST', comments, { body: 'x'.repeat(65_537) })
  expect(long.status).toBe(422)
  expect(hub.violations()).toEqual([])
})

test('statuses hang on commits that are there', async () => {
  const sha = (await git(clone, 'rev-parse', 'main')).trim()
  const path = `/repos/acme/rules/statuses/${sha}`
  const made = await call('POST', path, {
    state: 'success',
    context: 'trapline',
    description: 'ok',
  })
  expect(made.status).toBe(201)
  const list = await call('GET', `/repos/acme/rules/commits/${sha}/statuses`)
  expect(await list.json()).toMatchObject([{ state: 'success', context: 'trapline' }])
  const missing = `/repos/acme/rules/statuses/${'0'.repeat(40)}`
  expect((await call('POST', missing, { state: 'success' })).status).toBe(422)
})

test('an App gets a token of its installation with a web token that its key signed', async () => {
  const seconds = Math.floor(Date.now() / 1000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const web = (iss: string) => {
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iat: seconds - 60, exp: seconds + 500, iss })}`
    return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`
  }
  const path = '/app/installations/5/access_tokens'
  expect((await call('POST', path, {}, web('8'))).status).toBe(401)
  const made = await call('POST', path, {}, web('7'))
  expect(made.status).toBe(201)
  const { token } = await made.json()
  expect((await call('GET', '/repos/acme/rules', undefined, token)).status).toBe(200)
  expect((await runGit(clone, ['ls-remote', withToken(token)])).ok).toBe(true)
  expect(hub.violations()).toEqual([])
})

test('wrong tokens get 401, other repositories 404', async () => {
  expect((await call('GET', '/repos/acme/rules', undefined, 'no')).status).toBe(401)
  expect((await call('GET', '/repos/acme/other')).status).toBe(404)
  expect(hub.violations()).toEqual([])
})

test.each([
  ['error-500', 500],
  ['error-502', 502],
  ['rate-limit-403', 403],
  ['rate-limit-429', 429],
  ['secondary-limit-403', 403],
  ['secondary-limit-429', 429],
] as const)('%s comes once when asked for', async (fault, status) => {
  hub.faults.next(fault, { operation: 'repos/get' })
  expect(hub.faults.pending()).toBe(1)
  const answer = await call('GET', '/repos/acme/rules')
  expect(answer.status).toBe(status)
  if (fault.startsWith('rate')) expect(answer.headers.get('x-ratelimit-remaining')).toBe('0')
  if (fault.startsWith('secondary')) expect(answer.headers.get('retry-after')).toBe('1')
  expect((await call('GET', '/repos/acme/rules')).status).toBe(200)
})

test('a lost answer is a 502 of something that was done', async () => {
  await branch('lost', 'e.yml', 'title: e\n')
  hub.faults.next('lost-answer', { operation: 'pulls/create' })
  const made = await call('POST', PULLS, { title: 'e', head: 'lost', base: 'main' })
  expect(made.status).toBe(502)
  expect(hub.world.pulls.at(-1)?.title).toBe('e')
})

test('while Git is down the API answers', async () => {
  hub.faults.gitIsDown = true
  expect((await runGit(clone, ['ls-remote', withToken(TOKEN)])).ok).toBe(false)
  expect((await call('GET', '/repos/acme/rules')).status).toBe(200)
  hub.faults.gitIsDown = false
})

test('what the description does not know is recorded', async () => {
  const before = hub.violations().length
  await call('GET', `${PULLS}?status=open`)
  await call('GET', `${PULLS}?state=merged`)
  await call('POST', PULLS, { title: 'x', head: 'topic', base: 'main', assignees: [] })
  await call('POST', '/repos/acme/rules/issues/1/comments', { text: 'x' })
  await call('GET', '/repos/acme/rules/nothing-like-it')
  expect(hub.violations().slice(before)).toEqual([
    'pulls/list: query status: GitHub knows no such parameter here',
    expect.stringContaining('pulls/list: query state: / must be equal to one of'),
    'pulls/create: body assignees: GitHub knows no such property here',
    expect.stringContaining('issues/create-comment: body text'),
    expect.stringContaining("issues/create-comment: body: / must have required property 'body'"),
    'GET /repos/acme/rules/nothing-like-it: GitHub has no such operation',
  ])
})

test('the page of a pull request shows it, escaped', async () => {
  await branch('shown', 'f.yml', 'title: f\n')
  const made = await call('POST', PULLS, { title: 'Add <b>', head: 'shown', base: 'main' })
  const { number } = await made.json()
  const page = await fetch(`${hub.pageUrl}/acme/rules/pull/${number}`)
  expect(await page.text()).toContain('Add &lt;b&gt;')
  expect((await fetch(`${hub.pageUrl}/acme/rules/pull/999`)).status).toBe(404)
})
