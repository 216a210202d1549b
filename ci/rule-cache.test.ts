import { afterEach, beforeEach, expect, test } from 'bun:test'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileRules } from '../sigma/eval/compiled.ts'
import { createMatcher } from '../sigma/eval/matcher.ts'
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
  const rules = await openRuleCache(folder).ruleSet(files.map(asBytes), shaping, async () => {
    loads++
    return loadRules(files)
  })
  return { loads, rules }
}

function asBytes({ path, text }: (typeof FILES)[number]) {
  return { path, bytes: new TextEncoder().encode(text) }
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
  const { compiled: before, ...loaded } = first.rules
  const { compiled: after, ...kept } = second.rules
  expect(kept).toEqual({ ...loaded, heads: kept.heads })
  expect(loaded.rules).toMatchObject([...kept.heads])
  const same = event('C:\\tool7.exe', 'aaa7')
  for (const compiled of [before(), after(), compileRules(kept.rules)]) {
    expect([...createMatcher(compiled).match(same)]).toEqual([7])
  }
})

test.each([
  ['a changed file', [rule(0, 'other.exe'), ...FILES.slice(1)], []],
  ['a file less', FILES.slice(1), []],
  ['one byte of a file', [rule(0, 'tool9.exe'), ...FILES.slice(1)], []],
  ['another path', [{ ...rule(0), path: 'moved.yml' }, ...FILES.slice(1)], []],
  ['a pipeline', FILES, [{ path: 'pipelines/a.yml', text: 'name: a' }]],
])('%s is loaded anew', async (_, files, shaping) => {
  await ask()
  expect((await ask(files, shaping)).loads).toBe(1)
})

test.each([
  ['is another file', () => Buffer.from('not what was written')],
  ['is empty', () => Buffer.alloc(0)],
  ['is cut off', (kept: Buffer) => kept.subarray(0, kept.length >> 1)],
  ['has one bit changed', (kept: Buffer) => kept.fill(kept[99]! ^ 1, 99, 100)],
  ['has more at its end', (kept: Buffer) => Buffer.concat([kept, Buffer.alloc(1)])],
])('what was kept is loaded anew and replaced where it %s', async (_, damaged) => {
  await ask()
  const path = join(folder, readdirSync(folder)[0]!)
  writeFileSync(path, damaged(readFileSync(path)))
  expect((await ask()).loads).toBe(1)
  expect((await ask()).loads).toBe(0)
})

test('few files are not kept, nor anything where it is off', async () => {
  expect((await ask(FILES.slice(0, 10))).loads).toBe(1)
  expect(readdirSync(folder)).toEqual([])
  const off = openRuleCache('off').ruleSet(FILES.map(asBytes), [], async () => loadRules(FILES))
  expect((await off).rules.length).toBe(250)
})

test('of many sets the longest unused go', async () => {
  for (let n = 0; n < 10; n++) await ask([rule(1000 + n), ...FILES.slice(1)])
  expect(readdirSync(folder).length).toBe(8)
})

const ROOT = join(import.meta.dir, '..')

/** A copy of what the engine is made of, so that it can be another version. */
function copyProgram(): string {
  const copy = join(folder, 'program')
  for (const name of ['sigma', 'ci'])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true })
  cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'))
  symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(copy, 'node_modules'))
  return copy
}

test.each([
  ['sigma/text/fold.ts', '\n// another\n', 2],
  ['ci/rule-set.ts', '\n// another\n', 2],
  ['package.json', '\n', 2],
  ['sigma/load.test.ts', '\n// another\n', 1],
])('what an engine kept is not used by one with another %s, tests aside', (path, added, sets) => {
  const program = copyProgram()
  const rules = join(folder, 'rules')
  mkdirSync(rules)
  for (const { path, text } of FILES) writeFileSync(join(folder, path), text)
  const script = `import { readRuleFolder } from '${program}/ci/rule-files.ts'
console.log((await readRuleFolder(['${rules}'])).heads.length)`
  const TRAPLINE_CACHE = join(folder, 'cache')
  const start = () => {
    const env = { ...process.env, TRAPLINE_CACHE }
    const { stdout, stderr } = Bun.spawnSync([process.execPath, '-e', script], { env })
    expect(stderr.toString()).toBe('')
    expect(stdout.toString()).toBe('250\n')
  }
  start()
  appendFileSync(join(program, path), added)
  start()
  expect(readdirSync(TRAPLINE_CACHE).length).toBe(sets)
})
