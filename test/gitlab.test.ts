// The GitLab template's own script over a real repository of rules.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { git } from '../ci/git.ts'

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
