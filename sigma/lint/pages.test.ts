import { expect, test } from 'bun:test'
import { readdir } from 'node:fs/promises'
import { checkPages } from './pages.ts'
import { CHECKS } from './table.ts'

const FOLDER = new URL('../../docs/checks/', import.meta.url).pathname
const SOURCES = new URL('../', import.meta.url).pathname

test('docs/checks holds what the table says (bun scripts/check-pages.ts writes it)', async () => {
  const pages = checkPages()
  expect((await readdir(FOLDER)).sort()).toEqual([...pages.keys()].sort())
  for (const [name, text] of pages) expect(await Bun.file(FOLDER + name).text()).toBe(text)
})

test('every code that reading and lowering report has a page', async () => {
  const missing = new Set<string>()
  for await (const path of new Bun.Glob('{parse,lower,regex,correlate,pipeline}/**/*.ts').scan({
    cwd: SOURCES,
  })) {
    if (path.endsWith('.test.ts')) continue
    const text = await Bun.file(SOURCES + path).text()
    const calls = text.matchAll(
      /\b(?:fail|warn|problem|refuse|Problem|finding)\(\s*(?:[\w.]+(?:\(\))?,\s*)?'([a-z][a-z0-9]*(?:-[a-z0-9]+)+)'/g,
    )
    for (const [, code] of calls) if (!CHECKS.has(code!)) missing.add(`${path}: ${code}`)
  }
  expect([...missing].sort()).toEqual([])
})
