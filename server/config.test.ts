import { expect, test } from 'bun:test'
import { resolve } from 'node:path'
import { describeSettings, loadSettings } from './config.ts'

function settings(env: Record<string, string>) {
  const loaded = loadSettings(env)
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems))
  return loaded.settings
}

test('an empty environment gives the documented defaults', () => {
  const defaults = settings({})
  expect(defaults).toMatchObject({ host: '127.0.0.1', port: 8181, retention_days: 30, rules: [] })
  expect(defaults.data).toBe(resolve('data'))
  expect(defaults.syslogUdp).toBeUndefined()
})

test('lists, addresses and switches are read', () => {
  const given = settings({
    TRAPLINE_RULES: '/a:/b',
    TRAPLINE_SYSLOG_TCP: '[::]:5140',
    TRAPLINE_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    TRAPLINE_ALLOW_REGISTER: 'yes',
  })
  expect(given.rules).toEqual(['/a', '/b'])
  expect(given.syslogTcp).toEqual({ host: '::', port: 5140 })
  expect(given.trustedProxies).toEqual(['10.0.0.0/8', '::1'])
  expect(given.allowRegister).toBe(true)
})

test.each([
  ['TRAPLINE_PORT', '70000'],
  ['TRAPLINE_PORT', '80a'],
  ['TRAPLINE_SYSLOG_UDP', '5140'],
  ['TRAPLINE_SYSLOG_TCP', 'host:99999'],
  ['TRAPLINE_SYSLOG_TLS', '0.0.0.0:6514'],
  ['TRAPLINE_TRUSTED_PROXIES', '10.0.0.0/33'],
  ['TRAPLINE_ALLOW_REGISTER', 'perhaps'],
  ['TRAPLINE_TIME_ZONE', 'Mars/Base'],
  ['TRAPLINE_RETENTION_DAYS', '0'],
  ['TRAPLINE_KEY', 'abc'],
])('%s=%s is refused by the name of the variable', (variable, value) => {
  const loaded = loadSettings({ [variable]: value })
  expect('problems' in loaded && loaded.problems.map((p) => p.variable)).toEqual([variable])
})

test('half a TLS pair is refused', () => {
  const loaded = loadSettings({ TRAPLINE_TLS_CERT: 'cert.pem' })
  expect('problems' in loaded && loaded.problems[0]?.variable).toBe('TRAPLINE_TLS_KEY')
})

test('a misspelt variable is pointed out', () => {
  const loaded = loadSettings({ TRAPLINE_PROT: '1' })
  expect('warnings' in loaded && loaded.warnings[0]?.variable).toBe('TRAPLINE_PROT')
})

test('secrets are masked when settings are listed', () => {
  const rows = describeSettings({ TRAPLINE_BOOTSTRAP_API_KEY: 'hunter2hunter2' })
  expect(JSON.stringify(rows)).not.toContain('hunter2')
  expect(rows.find((row) => row.variable === 'TRAPLINE_BOOTSTRAP_API_KEY')?.from).toBe(
    'environment',
  )
})

const CONTENT = 'https://github.com/acme/rules.git'
const APP = { TRAPLINE_GITHUB_APP_ID: '7', TRAPLINE_GITHUB_APP_KEY: 'app.pem' }

test.each<[string, Record<string, string>, string[]]>([
  ['a token without a repository', { TRAPLINE_GITHUB_TOKEN: 't' }, ['TRAPLINE_GITHUB_TOKEN']],
  [
    'a token for a repository that has no name',
    { TRAPLINE_GITHUB_TOKEN: 't', TRAPLINE_CONTENT: '/srv/rules.git' },
    ['TRAPLINE_GITHUB_REPOSITORY'],
  ],
  [
    'a token over plain HTTP',
    { TRAPLINE_GITHUB_TOKEN: 't', TRAPLINE_CONTENT: 'http://git.example.org/acme/rules.git' },
    ['TRAPLINE_CONTENT'],
  ],
  [
    'a token to an API over plain HTTP',
    {
      ...{ TRAPLINE_GITHUB_TOKEN: 't', TRAPLINE_CONTENT: CONTENT },
      TRAPLINE_GITHUB_API: 'http://ghe.example.org/api/v3',
    },
    ['TRAPLINE_GITHUB_API'],
  ],
  [
    'two thirds of an App',
    { ...APP, TRAPLINE_CONTENT: CONTENT },
    ['TRAPLINE_GITHUB_INSTALLATION_ID'],
  ],
  ['a webhook that is no address', { TRAPLINE_WEBHOOK_URL: 'x' }, ['TRAPLINE_WEBHOOK_URL']],
])('%s is refused by name', (_, env, variables) => {
  const loaded = loadSettings(env)
  expect('problems' in loaded && loaded.problems.map((p) => p.variable)).toEqual(variables)
})

test.each<[string, Record<string, string>]>([
  ['a token and an address', { TRAPLINE_GITHUB_TOKEN: 't', TRAPLINE_CONTENT: CONTENT }],
  ['an App', { ...APP, TRAPLINE_GITHUB_INSTALLATION_ID: '11', TRAPLINE_CONTENT: CONTENT }],
  [
    'a mirror and the name at GitHub',
    {
      ...{ TRAPLINE_GITHUB_TOKEN: 't', TRAPLINE_CONTENT: '/srv/rules.git' },
      TRAPLINE_GITHUB_REPOSITORY: 'acme/rules',
    },
  ],
  ['loopback', { TRAPLINE_GITHUB_TOKEN: 't', TRAPLINE_CONTENT: 'http://127.0.0.1:3000/a/b.git' }],
])('GitHub is set by %s', (_, env) => {
  expect(settings(env).content).toBeDefined()
})

test('what signs in inside an address is not listed, and unsigned alerts are pointed out', () => {
  const rows = describeSettings({ TRAPLINE_CONTENT: 'https://ana:hunter2@example.org/a/b.git' })
  expect(JSON.stringify(rows)).not.toContain('hunter2')
  const loaded = loadSettings({ TRAPLINE_WEBHOOK_URL: 'https://example.org/hook' })
  const warned = 'warnings' in loaded && loaded.warnings.map(({ variable }) => variable)
  expect(warned).toEqual(['TRAPLINE_WEBHOOK_SECRET'])
})
