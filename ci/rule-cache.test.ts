import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileMatcher } from '../sigma/eval/matcher.ts'
import { loadRules } from '../sigma/load.ts'
import { openRuleCache } from './rule-cache.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-rules-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const rule = (n: number, image = `tool${n}.exe`) => ({
  path: `rules/${n}.yml`,
  text: `title: Rule ${n}
id: ${String(n).padStart(8, '0')}-0000-4000-8000-000000000000
status: test
level: low
logsource: {product: windows, category: process_creation}
detection:
  selection:
    Image|endswith: '${image}'
    CommandLine|re: 'a+${n}'
  condition: selection
`,
})
const FILES = Array.from({ length: 250 }, (_, n) => rule(n))

/** How often rules were loaded, and what came of it. */
async function ask(files = FILES, shaping: typeof FILES = []) {
  let loads = 0
  const rules = await openRuleCache(folder).loaded(files, shaping, () => {
    loads++
    return loadRules(files)
  })
  return { loads, rules }
}

const event = (image: string, line: string) => ({
  logsource: {
    product: 'windows',
    category: ['process_creation'],
    service: [],
    closed: true,
  },
  time: 0,
  source: 'test',
  pivots: {},
  message: '',
  raw: '',
  fields: { Image: image, CommandLine: line },
})

test('the second time rules are as they were loaded, and match the same', async () => {
  const first = await ask()
  const second = await ask()
  expect([first.loads, second.loads]).toEqual([1, 0])
  expect(second.rules).toEqual(first.rules)
  const matcher = compileMatcher(second.rules.rules)
  expect([...matcher.match(event('C:\\tool7.exe', 'aaa7'))]).toEqual([7])
})

test.each([
  ['a changed file', [rule(0, 'other.exe'), ...FILES.slice(1)], []],
  ['a file less', FILES.slice(1), []],
  ['another path', [{ ...rule(0), path: 'moved.yml' }, ...FILES.slice(1)], []],
  ['a pipeline', FILES, [{ path: 'pipelines/a.yml', text: 'name: a' }]],
])('%s is loaded anew', async (_, files, shaping) => {
  await ask()
  expect((await ask(files, shaping)).loads).toBe(1)
})

test('a damaged file is loaded anew and replaced', async () => {
  await ask()
  const [name] = readdirSync(folder)
  writeFileSync(join(folder, name!), 'not what was written')
  expect((await ask()).loads).toBe(1)
  expect((await ask()).loads).toBe(0)
})

test('few files are not kept, nor anything where it is off', async () => {
  expect((await ask(FILES.slice(0, 10))).loads).toBe(1)
  expect(readdirSync(folder)).toEqual([])
  const rules = await openRuleCache('off').loaded(FILES, [], () => loadRules(FILES))
  expect(rules.rules.length).toBe(250)
})

test('of many sets the longest unused go', async () => {
  for (let n = 0; n < 10; n++) await ask([rule(1000 + n), ...FILES.slice(1)])
  expect(readdirSync(folder).length).toBe(8)
})
