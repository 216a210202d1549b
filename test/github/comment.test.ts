// The comment of a pull request against the local GitHub: one, in place, through whatever GitHub does.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { git } from '../../ci/git.ts'
import { createClient, waitOf } from '../../ci/pull-request/client.ts'
import { MARKER } from '../../ci/pull-request/comment.ts'
import { postComment } from '../../ci/pull-request/sticky.ts'
import { type GitHub, startGitHub } from './server.ts'

const TOKEN = 'ghp_0123456789secret'
let hub: GitHub
let clone: string
let pull: { owner: string; repo: string; number: number }
const waits: number[] = []
const said: string[] = []

const client = (token = TOKEN) =>
  createClient({
    token,
    api: hub.apiUrl,
    sleep: (ms) => Promise.resolve(waits.push(ms)),
    onWait: (message) => said.push(message),
  })
const post = (body: string, octokit = client()) =>
  postComment(octokit, pull, `${MARKER}\n${body}`, (ms) => Promise.resolve(waits.push(ms)))

beforeAll(async () => {
  hub = await startGitHub({
    owner: 'acme',
    repo: 'rules',
    token: TOKEN,
    accounts: { ghs_bot: { login: 'github-actions[bot]', type: 'Bot' } },
  })
  clone = await mkdtemp(join(tmpdir(), 'trapline-comment-'))
  await git(clone, 'init', '--quiet', '--initial-branch=main')
  await git(clone, 'config', 'user.name', 'A')
  await git(clone, 'config', 'user.email', 'a@example.com')
  for (const branch of ['main', 'topic']) {
    await git(clone, 'checkout', '--quiet', '-B', branch)
    await git(clone, 'commit', '--quiet', '--allow-empty', '-m', branch)
    await git(clone, 'push', '--quiet', hub.bareRepository, branch)
  }
  const made = await client().request('POST /repos/{owner}/{repo}/pulls', {
    ...{ owner: 'acme', repo: 'rules', title: 'Topic', head: 'topic', base: 'main' },
  })
  pull = { owner: 'acme', repo: 'rules', number: made.data.number }
})
afterAll(async () => {
  await hub.stop()
  await rm(clone, { recursive: true, force: true })
})
beforeEach(() => {
  hub.world.comments.length = 0
  waits.length = 0
  said.length = 0
})

const bodies = () => hub.world.comments.map(({ body }) => body.replace(`${MARKER}\n`, ''))

test('it is made once, and every later run changes it in place', async () => {
  expect((await post('one')).way).toBe('created')
  expect((await post('two')).way).toBe('updated')
  expect((await post('two')).way).toBe('unchanged')
  expect(bodies()).toEqual(['two'])
  expect(hub.violations()).toEqual([])
})

test.each([
  ['somebody’s', { login: 'mallory', type: 'User' }, TOKEN],
  ['a person’s, where the token is a workflow’s', { login: 'mallory', type: 'User' }, 'ghs_bot'],
] as const)('%s comment with our first line is left alone', async (_, user, token) => {
  await post('theirs')
  hub.world.comments[0] = { ...hub.world.comments[0]!, user }
  const before = hub.world.comments[0].body
  expect((await post('ours', client(token))).way).toBe('created')
  expect((await post('ours, again', client(token))).way).toBe('updated')
  expect(hub.world.comments.map(({ body }) => body)).toEqual([before, `${MARKER}\nours, again`])
  expect(hub.violations()).toEqual([])
})

test('it is found among pages of other comments', async () => {
  const octokit = client()
  await post('ours')
  for (let n = 0; n < 120; n++)
    hub.world.comments.unshift({ ...hub.world.comments[0]!, id: 5000 + n, body: `not ${MARKER}` })
  expect((await post('changed', octokit)).way).toBe('updated')
  expect(bodies().at(-1)).toBe('changed')
})

describe('a comment is made once though GitHub', () => {
  test.each([
    ['error-502', 'issues/list-comments'],
    ['error-500', 'issues/create-comment'],
    ['rate-limit-403', 'issues/list-comments'],
    ['rate-limit-429', 'issues/create-comment'],
    ['secondary-limit-403', 'issues/create-comment'],
    ['secondary-limit-429', 'issues/list-comments'],
    ['lost-answer', 'issues/create-comment'],
  ] as const)('answers %s to %s', async (fault, operation) => {
    hub.faults.next(fault, { operation, times: 2 })
    await post('through')
    expect(bodies()).toEqual(['through'])
    expect(hub.faults.pending() === 0 || fault === 'lost-answer').toBe(true)
    while (hub.faults.pending() > 0) hub.faults.take(operation)
    expect(waits.length).toBeGreaterThan(0)
    for (const text of said) expect(text).not.toContain(TOKEN)
  })

  test('loses the answer to a change', async () => {
    await post('one')
    hub.faults.next('lost-answer', { operation: 'issues/update-comment' })
    expect((await post('two')).way).toBe('updated')
    expect(bodies()).toEqual(['two'])
  })
})

test('a token that is refused ends it at once, and is not in what is said', async () => {
  const wrong = 'ghp_wrongwrongwrong'
  const error = await post('x', client(wrong)).catch((reason: unknown) => String(reason))
  expect(error).toContain('Bad credentials')
  expect(error).not.toContain(wrong)
  expect(waits).toEqual([])
})

test('a server that stays down is named after some attempts', async () => {
  hub.faults.next('error-503', { operation: 'issues/list-comments', times: 100 })
  const error = await post('x').catch((reason: unknown) => String(reason))
  while (hub.faults.pending() > 0) hub.faults.take('issues/list-comments')
  expect(error).toContain('GitHub: GET')
  expect(bodies()).toEqual([])
})

describe('the wait', () => {
  const failure = (status: number, headers: Record<string, string>, message = 'rate limit') => ({
    status,
    message,
    headers,
  })
  test.each([
    ['as long as it is told', failure(429, { 'retry-after': '7' }), 7_000],
    ['a minute for a secondary limit without a time', failure(403, {}), 60_000],
    ['not at all where it would hold the run', failure(403, { 'retry-after': '3000' }), undefined],
    ['not at all for a refusal', failure(403, {}, 'Resource not accessible'), undefined],
    ['not at all for what does not exist', failure(404, {}, 'Not Found'), undefined],
  ])('is %s', (_, given, expected) => {
    expect(waitOf(given, 1)).toBe(expected)
  })

  test('lasts until the hourly limit is over', () => {
    const reset = String(Math.floor(Date.now() / 1000) + 30)
    const wait = waitOf(
      failure(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }),
      1,
    )
    expect(wait).toBeWithin(28_000, 32_000)
  })

  test('grows with every error of the server', () => {
    expect(waitOf(failure(502, {}), 1)).toBeWithin(1_000, 1_501)
    expect(waitOf(failure(502, {}), 4)).toBeWithin(8_000, 12_001)
  })
})
