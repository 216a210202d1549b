import { afterEach, beforeEach, expect, test } from 'bun:test'
import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { UsageError } from './command.ts'
import { findRuleFiles, readRuleFolder } from './rule-files.ts'

let folder: string
let cacheBefore: string | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-rule-files-'))
  cacheBefore = process.env.TRAPLINE_CACHE
  process.env.TRAPLINE_CACHE = join(folder, '.cache')
})
afterEach(() => {
  if (cacheBefore === undefined) delete process.env.TRAPLINE_CACHE
  else process.env.TRAPLINE_CACHE = cacheBefore
  rmSync(folder, { recursive: true, force: true })
})

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

const ruleText = (n: number, value = 'x') => `title: Rule ${n}
id: ${String(n).padStart(8, '0')}-0000-4000-8000-000000000000
logsource: {category: process_creation}
detection:
  selection: {Image: '${value}'}
  condition: selection
`

test('rules are found below folders and by name; tests, pipelines, lists and hidden files are none', async () => {
  write({
    'b/rule.yml': '',
    'b/rule.test.yml': '',
    'b/rule.txt': '',
    'a.yaml': '',
    'pipelines/p.yml': '',
    'c/pipelines/p.yml': '',
    'lists/names.txt': '',
    '.hidden/rule.yml': '',
    '.hidden.yml': '',
  })
  symlinkSync(join(folder, 'b'), join(folder, 'linked'))
  symlinkSync(join(folder, 'nowhere.yml'), join(folder, 'dangling.yml'))
  const found = await findRuleFiles([folder, join(folder, 'b/rule.txt')])
  expect(found.map((path) => path.slice(folder.length + 1))).toEqual([
    'a.yaml',
    'b/rule.txt',
    'b/rule.yml',
    'linked/rule.yml',
  ])
  expect(await findRuleFiles([`${folder}/b/`])).toEqual([`${folder}/b/rule.yml`])
})

test('a folder or file that is not there is refused by name', async () => {
  const missing = join(folder, 'missing')
  await expect(readRuleFolder([folder, missing])).rejects.toThrow(
    new UsageError(`cannot read ${missing}: ENOENT`),
  )
})

test('pipelines and lists among the rules shape them', async () => {
  write({
    'rules/1.yml': ruleText(1, '%Names%').replace('Image:', 'Image|expand:'),
    'rules/lists/Names.txt': 'ana\n',
    'rules/deep/pipelines/p.yml': `name: p
priority: 1
transformations:
  - {type: field_name_mapping, mapping: {Image: process.executable}}
`,
  })
  const [rule] = (await readRuleFolder([join(folder, 'rules')])).rules
  expect(rule?.expr).toMatchObject({
    target: { name: 'process.executable' },
    test: { kind: 'equals', value: 'ana' },
  })
})

test('a mark at the beginning of a file is no part of its rule', async () => {
  write({ '1.yml': `\uFEFF${ruleText(1)}` })
  const { rules } = await readRuleFolder([folder])
  expect(rules[0]?.text.startsWith('title: Rule 1')).toBe(true)
})

test('of many files a byte that changed is seen, though length and time stay', async () => {
  for (let n = 0; n < 250; n++) write({ [`${n}.yml`]: ruleText(n) })
  const isAsFirst = async () => (await readRuleFolder([folder])).rules[0]?.text.includes("'x'")
  expect([await isAsFirst(), await isAsFirst()]).toEqual([true, true])
  const path = join(folder, '0.yml')
  const { atime, mtime } = statSync(path)
  writeFileSync(path, ruleText(0, 'y'))
  utimesSync(path, atime, mtime)
  expect([await isAsFirst(), await isAsFirst()]).toEqual([false, false])
})

test('of many rules the kept ones are those that were loaded', async () => {
  for (let n = 0; n < 250; n++) write({ [`${n}.yml`]: n % 7 === 0 ? 'title: none' : ruleText(n) })
  const [{ compiled: _, heads, ...first }, { compiled: _also, heads: kept, ...second }] = [
    await readRuleFolder([folder]),
    await readRuleFolder([folder]),
  ]
  expect(second).toEqual(first)
  expect(first.refused.length).toBe(36)
  expect(heads).toMatchObject([...kept])
})
