import { describe, expect, test } from 'bun:test'
import { scrub } from '../../ci/scrub.ts'
import { tokenEnvironment } from './push.ts'
import { comparePage, remoteName } from './remote.ts'

describe('the name of a remote', () => {
  test.each([
    ['https://github.com/acme/rules.git', 'github.com', 'acme', 'rules'],
    ['https://github.com/acme/rules', 'github.com', 'acme', 'rules'],
    ['https://github.com/acme/rules/', 'github.com', 'acme', 'rules'],
    ['https://ana:pw@github.com/acme/rules.git', 'github.com', 'acme', 'rules'],
    ['http://127.0.0.1:3000/acme/rules.git', '127.0.0.1:3000', 'acme', 'rules'],
    ['git@github.com:acme/rules.git', 'github.com', 'acme', 'rules'],
    ['ssh://git@ghe.example.org:2222/acme/rules.git', 'ghe.example.org', 'acme', 'rules'],
    ['https://gitlab.example.org/sec/team/rules.git', 'gitlab.example.org', 'sec/team', 'rules'],
  ])('%s', (remote, host, owner, repo) => {
    expect(remoteName(remote)).toEqual({ host, owner, repo })
  })

  test.each([
    '/srv/git/rules.git',
    '../rules',
    'https://example.org/rules.git',
    'file:///a/b.git',
    '',
  ])('%j has none', (remote) => {
    expect(remoteName(remote)).toBeUndefined()
  })
})

test.each([
  ['https://github.com/a/b.git', 'https://github.com/a/b/compare/main...trapline/x?expand=1'],
  ['git@github.com:a/b.git', 'https://github.com/a/b/compare/main...trapline/x?expand=1'],
  ['https://codeberg.org/a/b.git', 'https://codeberg.org/a/b/compare/main...trapline/x'],
  [
    'https://gitlab.com/a/b.git',
    'https://gitlab.com/a/b/-/merge_requests/new?merge_request%5Bsource_branch%5D=trapline%2Fx' +
      '&merge_request%5Btarget_branch%5D=main',
  ],
  [
    'https://bitbucket.org/a/b.git',
    'https://bitbucket.org/a/b/pull-requests/new?source=trapline%2Fx&dest=main',
  ],
  ['https://git.example.org/a/b.git', undefined],
  ['/srv/git/b.git', undefined],
])('the page that compares branches of %s', (remote, page) => {
  expect(comparePage(remote, 'main', 'trapline/x')).toBe(page)
})

describe('credentials', () => {
  test.each([
    ['ghp_abcdefghij0123456789'],
    ['github_pat_11ABC_defghijklmnop'],
    ['ghs_abcdefghij0123456789'],
    ['glpat-abcdefghij0123456789'],
    ['eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjd9.c2lnbmF0dXJl'],
  ])('%s is cut out of a message', (secret) => {
    const clean = scrub(`fatal: it said ${secret}, then more`)
    expect(clean).not.toContain(secret.slice(4, 12))
    expect(clean).toEndWith(', then more')
  })

  test.each([
    ["unable to access 'https://ana:pw@host/x.git/'", "unable to access 'https://***@host/x.git/'"],
    ['Authorization: Basic eDp5', 'Authorization: Basic ***'],
    ['nothing secret at https://host/x.git', 'nothing secret at https://host/x.git'],
  ])('%s', (text, clean) => {
    expect(scrub(text)).toBe(clean)
  })

  test('that are known go, whatever they look like', () => {
    expect(scrub('it is hunter2, hunter2!', ['hunter2', ''])).toBe('it is ***, ***!')
  })

  test('are given to git for one origin only', () => {
    const env = tokenEnvironment('https://github.com/acme/rules.git', 'tok')
    expect(env).toMatchObject({
      GIT_CONFIG_KEY_0: 'http.https://github.com/.extraHeader',
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from('x-access-token:tok').toString('base64')}`,
    })
  })
})
