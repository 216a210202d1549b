import { expect, test } from 'bun:test'
import { pullRequestsOf } from './pull-request.ts'

const release = (...subjects: readonly string[]) => ({
  report: {
    commits: subjects.map((subject, n) => ({ commit: `${n}`.repeat(40), author: 'Ana', subject })),
  },
})
const GITHUB = 'https://github.com/acme/rules.git'

test.each([
  ['a merge at GitHub', GITHUB, 'Merge pull request #7 from acme/x', '/pull/7'],
  ['a squash at GitHub', 'git@github.com:acme/rules.git', 'Fewer alerts (#12)', '/pull/12'],
  ['a squash at Codeberg', 'https://codeberg.org/acme/rules', 'Fewer (#3)', '/pulls/3'],
])('%s is linked', (_, remote, subject, end) => {
  const [found] = pullRequestsOf(release(subject), [], remote)
  expect(found?.url).toEndWith(end)
})

test('a number without a known host is named, and a subject without one is none', () => {
  expect(pullRequestsOf(release('Fewer (#3)'), [], '/srv/rules.git')).toEqual([{ label: '#3' }])
  expect(pullRequestsOf(release('Fewer #3 alerts'), [], GITHUB)).toEqual([])
  expect(pullRequestsOf({}, [], GITHUB)).toEqual([])
})

test('a proposal of this server is known by its commit, once', () => {
  const proposal = { commit: '0'.repeat(40), title: 'Fewer', number: 12, url: 'https://x/12' }
  expect(pullRequestsOf(release('Fewer (#12)'), [proposal], GITHUB)).toEqual([
    { label: '#12', url: 'https://x/12' },
  ])
  const { number, url, ...plain } = proposal
  expect(pullRequestsOf(release('Fewer'), [plain], undefined)).toEqual([{ label: 'Fewer' }])
})
