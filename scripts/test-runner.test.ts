// What `npm test` says and how it ends, over test files of our own in an empty folder.
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { SLOW_TESTS } from './slow-tests.ts'

setDefaultTimeout(120_000)
const folder = mkdtempSync(join(tmpdir(), 'trapline-runner-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let folders = 0

const HEAD = "import { expect, test } from 'bun:test'\n"
const FILES = {
  good: "test('one', () => { console.log('a notice') })\ntest('two', () => {})\n",
  skips: "console.warn('left out: nothing to do it with')\ntest.skip('one', () => {})\n",
  fails: "test('one', () => { expect(1).toBe(2) })\ntest('two', () => {})\n",
  throws: "throw new Error('while it is loaded')\n",
  imports: "import './nowhere.ts'\n",
  ends: "test('one', () => { process.exit(0) })\n",
  crashes: "test('one', () => { process.kill(process.pid, 'SIGKILL') })\n",
  hangs: "test('one', () => { for (;;) {} })\n",
  leaves:
    "test('one', () => { Bun.spawn(['sh', '-c', 'sleep 20 &'], { stdio: ['ignore', 'inherit', 'inherit'] }) })\n",
  talks: "test('one', () => { console.log('x'.repeat(3_000_000)) })\n",
}

/** Silence that a busy machine does not fall into while a process starts, seconds. */
const SILENCE_S = '10'

async function run(names: readonly (keyof typeof FILES)[], env: Record<string, string> = {}) {
  const cwd = join(folder, `a run ${++folders}`)
  mkdirSync(cwd)
  for (const name of names) await Bun.write(join(cwd, `${name}.test.ts`), HEAD + FILES[name])
  const child = Bun.spawn([process.execPath, resolve(import.meta.dir, 'test.ts')], {
    cwd,
    stdout: 'pipe',
    stderr: 'pipe',
    env: { ...process.env, ...env },
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code: await child.exited, last: out.trimEnd().split('\n').at(-1), said: out + err }
}

test('tests that pass end with their number and 0', async () => {
  const { code, last, said } = await run(['good', 'skips'])
  expect([code, last]).toEqual([0, '2 passed, 0 failed'])
  expect(said).toContain('a notice')
  expect(said).toContain('left out: nothing to do it with')
  expect(said).toContain('1 skipped, each with a notice above')
})

test('files that fail, throw, end or crash are named, and the others run', async () => {
  const bad = ['fails', 'throws', 'imports', 'ends', 'crashes'] as const
  const { code, last, said } = await run(['good', ...bad])
  expect([code, last]).toEqual([1, '3 passed, 5 failed'])
  for (const name of bad) expect(said).toContain(`failed: ${name}.test.ts`)
})

test('a file that never ends is named and ended, and what passed is counted', async () => {
  const { code, last, said } = await run(['good', 'hangs'], {
    TRAPLINE_TEST_SILENCE_S: SILENCE_S,
  })
  expect(code).not.toBe(0)
  expect(last).toMatch(/^2 passed, [1-9] failed$/)
  expect(said).toContain(`no test file has ended for ${SILENCE_S} s`)
  expect(said).toMatch(/still running:\s+hangs\.test\.ts/)
})

test('a process that a test leaves running does not hold the run up', async () => {
  const { code, last } = await run(['leaves'])
  expect([code, last]).toEqual([0, '1 passed, 0 failed'])
})

test('the numbers come after all that was printed, however much', async () => {
  const { code, last, said } = await run(['talks', 'good'])
  expect([code, last]).toEqual([0, '3 passed, 0 failed'])
  expect(said.length).toBeGreaterThan(3_000_000)
})

test('where nothing is found, that is said', async () => {
  const { code, said } = await run([])
  expect(code).not.toBe(0)
  expect(said).toContain('it ran no test')
})

test('every file that is started early is there', () => {
  const isThere = (path: string) => existsSync(resolve(import.meta.dir, '..', path))
  expect(Object.keys(SLOW_TESTS).filter((path) => !isThere(path))).toEqual([])
})
