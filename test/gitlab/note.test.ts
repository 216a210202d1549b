// The note of a merge request against the local GitLab: one, in place, through whatever GitLab does.
import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { MARKER } from '../../ci/pull-request/comment.ts'
import { createGitLab } from '../../ci/pull-request/gitlab.ts'
import { gitLabOf, isGitLab, mergeRequestOf } from '../../ci/pull-request/gitlab-job.ts'
import { forGitLab, postNote } from '../../ci/pull-request/gitlab-note.ts'
import { type GitLabServer, startGitLab } from './server.ts'

const TOKEN = 'glpat-0123456789secret'
const started: GitLabServer[] = []
let lab: GitLabServer
const waits: number[] = []
const said: string[] = []
const sleep = (ms: number) => Promise.resolve(waits.push(ms))

const post = (body: string, token = TOKEN, project = '5') => {
  const options = { token, api: lab.api, sleep, onWait: (text: string) => said.push(text) }
  return postNote(createGitLab(options), { project, iid: 11 }, `${MARKER}\n${body}`, sleep)
}
const bodies = () => lab.notes.map(({ body }) => body.replace(`${MARKER}\n`, ''))

beforeEach(() => {
  lab = startGitLab({ token: TOKEN, project: { id: 5, path: 'acme/rules' }, iid: 11 })
  started.push(lab)
  waits.length = 0
  said.length = 0
})
afterAll(() => Promise.all(started.map((one) => one.stop())))

test('it is made once, and every later run changes it in place', async () => {
  expect(await post('one')).toEqual({ url: '5!11#note_300', way: 'created' })
  expect((await post('two')).way).toBe('updated')
  expect((await post('two')).way).toBe('unchanged')
  expect((await post('three', TOKEN, 'acme/rules')).way).toBe('updated')
  expect(bodies()).toEqual(['three'])
  expect([lab.violations, lab.ran]).toEqual([[], []])
})

test('it is found behind pages of others, though pages are shorter than asked for', async () => {
  for (let n = 0; n < 230; n++) lab.note(`note ${n}`)
  for (const { id } of lab.notes.slice(0, 40)) lab.hidden.add(id)
  await post('ours')
  for (let n = 0; n < 130; n++) lab.note(`later ${n}`)
  expect((await post('ours, again')).way).toBe('updated')
  expect(bodies().filter((body) => body.startsWith('ours'))).toEqual(['ours, again'])
  expect(lab.violations).toEqual([])
})

test('somebody else’s note with our first line, and one of the system, are left alone', async () => {
  const theirs = lab.note(`${MARKER}\ntheirs`)
  lab.note(`${MARKER}\nsystem`, { system: true, author: { ...theirs.author, id: 7 } })
  expect((await post('ours')).way).toBe('created')
  expect((await post('again')).way).toBe('updated')
  expect(bodies()).toEqual(['theirs', 'system', 'again'])
})

describe('a note is made once though GitLab', () => {
  test.each([
    ['error-502', 'GET'],
    ['error-500', 'POST'],
    ['error-503', 'POST'],
    ['limit-429', 'GET'],
    ['limit-429', 'POST'],
    ['limit-429-bare', 'POST'],
    ['lost-answer', 'POST'],
  ] as const)('answers %s to %s', async (fault, method) => {
    lab.fail(fault, method, fault === 'lost-answer' ? 1 : 2)
    await post('through')
    expect(bodies()).toEqual(['through'])
    expect(waits.length).toBeGreaterThan(0)
    for (const text of said) expect(text).not.toContain(TOKEN)
    if (fault === 'limit-429') expect(waits).toEqual([2_000, 2_000])
    if (fault === 'limit-429-bare') expect(waits).toEqual([60_000, 60_000])
  })

  test('loses the answer to a change', async () => {
    await post('one')
    lab.fail('lost-answer', 'PUT')
    expect((await post('two')).way).toBe('updated')
    expect(bodies()).toEqual(['two'])
  })

  test('stays down: it is named after some attempts', async () => {
    lab.fail('error-503', 'GET', 100)
    const error = await post('x').catch((reason: unknown) => String(reason))
    expect(error).toContain('GitLab: GET /user: 503')
    expect(bodies()).toEqual([])
  })
})

test('a token that is refused ends it at once, and is not in what is said', async () => {
  const wrong = 'glpat-wrongwrongwrong'
  const error = await post('x', wrong).catch((reason: unknown) => String(reason))
  expect(error).toContain('401 Unauthorized')
  expect(error).not.toContain(wrong)
  expect(waits).toEqual([])
})

test('a redirect is not followed: the token would go along', async () => {
  lab.fail('redirect', 'GET')
  const error = await post('x').catch((reason: unknown) => String(reason))
  expect(error).toContain('302 redirected: check CI_API_V4_URL')
  expect(lab.requests).toHaveLength(1)
})

test('a project that the token does not see is named', async () => {
  const error = await post('x', TOKEN, 'acme/other').catch((reason: unknown) => String(reason))
  expect(error).toContain('404 Project Not Found')
})

test('no text runs a quick action or refers to anything', async () => {
  await post('a\n/merge\n  /close\n> /approve\n&#33;12 %"next" &#126;bug <code>&#33;12 %1</code>')
  expect(lab.ran).toEqual([])
  const [body = ''] = bodies()
  expect(body).toContain('&#47;merge')
  expect(body).toContain('&#33;&#8288;12 %&#8288;"next" &#126;&#8288;bug')
  expect(body).toContain('<code>&#33;12 %1</code>')
  expect(forGitLab('a </details> 5% of /var/log')).toBe('a </details> 5% of /var/log')
})

describe('the job', () => {
  const job = {
    ...{ GITLAB_CI: 'true', CI_API_V4_URL: 'https://gitlab.example/api/v4', CI_PROJECT_ID: '8' },
    ...{ CI_MERGE_REQUEST_IID: '11', CI_PROJECT_URL: 'https://gitlab.example/ana/rules' },
  }
  const target = {
    ...{ CI_MERGE_REQUEST_PROJECT_ID: '5' },
    ...{ CI_MERGE_REQUEST_PROJECT_URL: 'https://gitlab.example/acme/rules' },
  }

  test('names the merge request, in the project that it goes to', () => {
    expect([isGitLab(job), isGitLab({})]).toEqual([true, false])
    expect(mergeRequestOf(job)).toMatchObject({ project: '8', iid: 11 })
    expect(mergeRequestOf({ ...job, ...target })).toEqual({
      ...{ project: '5', iid: 11 },
      page: 'https://gitlab.example/acme/rules/-/merge_requests/11',
    })
    expect(mergeRequestOf({}, 'acme/rules', '3')).toEqual({
      ...{ project: 'acme/rules', iid: 3, page: undefined },
    })
  })

  test.each([
    ['no token', () => gitLabOf(job, () => undefined), 'TRAPLINE_GITLAB_TOKEN'],
    ['no address', () => gitLabOf({ TRAPLINE_GITLAB_TOKEN: 'x' }, () => undefined), 'CI_API_V4'],
    ['no project', () => mergeRequestOf({ CI_MERGE_REQUEST_IID: '1' }), 'which project'],
    ['no number', () => mergeRequestOf({ CI_PROJECT_ID: '1' }), 'which merge request'],
    ['a wrong address', () => createGitLab({ token: 'x', api: 'gitlab' }), 'no web address'],
  ])('refuses %s by name', (_, act, expected) => {
    expect(act).toThrow(expected)
  })
})
