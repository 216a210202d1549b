// The GitLab template's own script over a real repository of rules.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { git } from '../ci/git.ts'
import { startGitLab } from './gitlab/server.ts'

setDefaultTimeout(60_000)
const ROOT = resolve(import.meta.dir, '..')
const folder = mkdtempSync(join(tmpdir(), 'trapline-gitlab-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Template {
  readonly variables: Readonly<Record<string, string>>
  readonly trapline: {
    readonly script: readonly string[]
    readonly artifacts: { readonly reports: Readonly<Record<string, string>> }
  }
}
const template = parse(await Bun.file(join(ROOT, 'ci/templates/gitlab.yml')).text()) as Template

const rule = (value: string) => `title: Marker Seen
id: 0a4c2f0e-3f43-4b0c-9df0-7a0e9e6d5d10
status: experimental
logsource: {product: windows}
detection:
    marker:
        Image|endswith: '\\${value}'
    condition: marker
level: high
`

async function job(variables: Readonly<Record<string, string>> = {}) {
  const env = {
    ...{ PATH: process.env.PATH, HOME: process.env.HOME },
    ...template.variables,
    ...{ TRAPLINE_HOME: ROOT, CI_MERGE_REQUEST_DIFF_BASE_SHA: '', ...variables },
  }
  const child = Bun.spawn(['sh', '-e', '-c', template.trapline.script.join('\n')], {
    ...{ cwd: folder, env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, log: out + err }
}

beforeAll(async () => {
  await git(folder, 'init', '--quiet', '--initial-branch=main')
  await git(folder, 'config', 'user.name', 'Ana')
  await git(folder, 'config', 'user.email', 'ana@example.com')
  await Bun.write(join(folder, 'detections/marker_seen.yml'), rule('marker.exe'))
  await Bun.write(
    join(folder, 'events.ndjson'),
    '{"Image":"C:\\\\marker.exe","product":"windows"}\n',
  )
  await git(folder, 'add', '--all')
  await git(folder, 'commit', '--quiet', '-m', 'first')
})

test('on the default branch everything is looked at, and every report that it names is there', async () => {
  const { code, log } = await job({ TRAPLINE_CI_OPTIONS: '--fail-on=error' })
  expect([code, log]).toEqual([0, expect.stringContaining('trapline check')])
  for (const path of Object.values(template.trapline.artifacts.reports))
    expect(existsSync(join(folder, path))).toBe(true)
  expect(existsSync(join(folder, 'trapline-reports/backtest.json'))).toBe(false)
})

test('a merge request is compared with its base; findings fail it and stand in the report', async () => {
  const base = (await git(folder, 'rev-parse', 'HEAD')).trim()
  await Bun.write(join(folder, 'detections/marker_seen.yml'), rule('other.exe'))
  const { code } = await job({
    CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
    TRAPLINE_CI_OPTIONS: '--events=events.ndjson --require=all',
  })
  expect(code).toBe(1)
  const reports = join(folder, 'trapline-reports')
  const quality = await Bun.file(join(reports, 'gl-code-quality.json')).json()
  expect(quality.length).toBeGreaterThan(0)
  for (const { location } of quality) expect(location.path).toBe('detections/marker_seen.yml')
  const backtest = await Bun.file(join(reports, 'backtest.json')).json()
  expect(backtest.rules).toMatchObject([{ lost: 1, new: 0 }])
  expect(await Bun.file(join(reports, 'comment.md')).text()).toContain('1 rule changed')
})

describe('the note', () => {
  const TOKEN = 'glpat-0123456789secret'
  const lab = startGitLab({ token: TOKEN, project: { id: 5, path: 'acme/rules' }, iid: 11 })
  afterAll(() => lab.stop())
  const merge = async (more: Readonly<Record<string, string>> = {}) => {
    const run = await job({
      ...{ GITLAB_CI: 'true', CI_API_V4_URL: lab.api, CI_PROJECT_ID: '5' },
      ...{ CI_MERGE_REQUEST_IID: '11', CI_PROJECT_URL: 'https://gitlab.example/acme/rules' },
      CI_JOB_URL: 'https://gitlab.example/acme/rules/-/jobs/1',
      CI_MERGE_REQUEST_DIFF_BASE_SHA: (await git(folder, 'rev-parse', 'HEAD')).trim(),
      TRAPLINE_GITLAB_TOKEN: TOKEN,
      TRAPLINE_CI_OPTIONS: '--events=events.ndjson --require=all',
      ...more,
    })
    expect(run.log).not.toContain(TOKEN)
    return run
  }

  test('is written once and changed in place, whatever the run says of the change', async () => {
    const failed = await merge({ TRAPLINE_LINK: 'https://siem.example.com' })
    expect([failed.code, failed.log]).toEqual([1, expect.stringContaining('comment created')])
    expect(failed.log).toContain('https://gitlab.example/acme/rules/-/merge_requests/11#note_300')
    expect(lab.notes[0]!.body).toContain('**fails**')
    await Bun.write(join(folder, 'detections/marker_seen.yml'), rule('marker.exe'))
    const passed = await merge({ TRAPLINE_CI_OPTIONS: '--events=events.ndjson' })
    expect([passed.code, passed.log]).toEqual([0, expect.stringContaining('comment updated')])
    expect(lab.notes).toHaveLength(1)
    expect(lab.notes[0]!.body).toContain('**passes**')
    expect([lab.violations, lab.ran]).toEqual([[], []])
  })

  test('that cannot be written is said, and does not change what the run comes to', async () => {
    const { code, log } = await merge({
      TRAPLINE_GITLAB_TOKEN: 'glpat-wrongwrong',
      TRAPLINE_CI_OPTIONS: '--events=events.ndjson',
    })
    expect(code).toBe(0)
    expect(log).toContain('401 Unauthorized')
    expect(log).toContain('the note could not be written; trapline-reports/comment.md holds it')
    expect(log).not.toContain('glpat-wrongwrong')
  })

  test.each([
    ['without a token', { TRAPLINE_GITLAB_TOKEN: '' }],
    ['where it is switched off', { TRAPLINE_CI_NOTE: 'false' }],
    ['outside of merge requests', { CI_MERGE_REQUEST_IID: '' }],
  ])('is not asked for %s', async (_, more) => {
    const before = lab.requests.length
    const { code } = await merge({ TRAPLINE_CI_OPTIONS: '--events=events.ndjson', ...more })
    expect([code, lab.requests.length]).toEqual([0, before])
  })
})
