import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { readRuleFolder } from '../ci/rule-files.ts'

const ROOT = join(import.meta.dir, '..')
const DETECTIONS = join(ROOT, 'detections')

test('every rule of ours runs, has an id of its own and passes its tests', async () => {
  const { rules, refused, diagnostics } = await readRuleFolder([DETECTIONS])
  expect(refused).toEqual([])
  expect(diagnostics.filter((finding) => finding.severity !== 'info')).toEqual([])
  expect(rules.length).toBeGreaterThanOrEqual(40)
  expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length)

  const run = Bun.spawnSync(
    [process.execPath, join(ROOT, 'ci/trapline.ts'), 'test', DETECTIONS, '--require'],
    { cwd: ROOT },
  )
  expect(`${run.stdout}${run.stderr}`).toMatch(/tests of \d+ rules: 0 failed/)
  expect(run.exitCode).toBe(0)
})

test('a failing test ends with exit code 1 and a rule that cannot run with 2', async () => {
  const folder = await Bun.$`mktemp -d`.text().then((text) => text.trim())
  const rule = (condition: string) => `title: Some Rule Title
id: 0a4e1c31-95a8-4a7b-9a39-6f1b8a6f5d11
logsource: {product: windows}
detection:
  sel: {Image: a}
  condition: ${condition}
level: low
`
  await Bun.write(join(folder, 'r.yml'), rule('sel'))
  await Bun.write(
    join(folder, 'r.test.yml'),
    'tests: [{name: fires, match: true, events: [{fields: {Image: b}}]}]',
  )
  const trapline = () =>
    Bun.spawnSync([process.execPath, join(ROOT, 'ci/trapline.ts'), 'test', folder])
  const failing = trapline()
  expect(failing.exitCode).toBe(1)
  expect(failing.stdout.toString()).toContain('expected at least one match, none came')

  await Bun.write(join(folder, 'r.yml'), rule('sel and nothing'))
  expect(trapline().exitCode).toBe(2)
  await Bun.$`rm -r ${folder}`
})
