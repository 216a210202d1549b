import { describe, expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const ROOT = join(import.meta.dir, '..')
const FILE_LINES_MAX = 400
const P90_LINES_MAX = 300

const tracked = Bun.spawnSync(['git', 'ls-files'], { cwd: ROOT }).stdout.toString().split('\n')
const sources = tracked.filter(
  (path) => /\.tsx?$/.test(path) && !/\.d\.ts$/.test(path) && existsSync(join(ROOT, path)),
)
const code = sources.filter((path) => !/\.(test|contract)\.tsx?$/.test(path))
const text = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const room = (path: string) => path.split('/')[0]!

/** Which rooms a room may import from; itself is always allowed. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  sigma: [],
  query: ['sigma'],
  parsers: ['sigma'],
  ci: ['sigma', 'query', 'parsers', 'scripts'],
  server: ['sigma', 'query', 'parsers', 'views', 'ci'],
  views: ['sigma', 'parsers', 'server', 'query'],
  scripts: ['sigma', 'query', 'parsers', 'ci', 'server', 'views'],
  test: ['sigma', 'query', 'parsers', 'ci', 'server', 'views', 'scripts'],
}

/** Relative imports of a file: target path and whether only types are taken. */
function importsOf(path: string): { target: string; typeOnly: boolean }[] {
  const found = text(path).matchAll(
    /^\s*(import|export)(\s+type)?\b[^'"]*?from\s+['"](\.[^'"]+)['"]/gm,
  )
  return [...found].map(([, , type, target]) => ({
    target: normalize(join(dirname(path), target!)),
    typeOnly: type !== undefined,
  }))
}

describe('imports', () => {
  test('run one way between rooms', () => {
    const wrong = code.flatMap((path) =>
      importsOf(path)
        .filter(({ target }) => room(target) !== room(path) && target !== 'package.json')
        .filter(({ target }) => !(MAY_IMPORT[room(path)] ?? []).includes(room(target)))
        .map(({ target }) => `${path} -> ${target}`),
    )
    expect(wrong).toEqual([])
  })

  test('of the server from ci/ are of what both run', () => {
    const shared =
      /^ci\/(?:checks|backtest|lsp|input|redact)\/|^ci\/(?:git|settings|lint-settings|suggest|scrub|signed-bundle)\.ts$/
    const wrong = code
      .filter((path) => room(path) === 'server' && !path.startsWith('server/cli/'))
      .flatMap((path) =>
        importsOf(path)
          .filter(({ target }) => room(target) === 'ci' && !shared.test(target))
          .map(({ target }) => `${path} -> ${target}`),
      )
    expect(wrong).toEqual([])
  })

  test('of views from other rooms are types only', () => {
    const wrong = code
      .filter((path) => room(path) === 'views')
      .flatMap((path) =>
        importsOf(path)
          .filter(({ target, typeOnly }) => room(target) !== 'views' && !typeOnly)
          .map(({ target }) => `${path} -> ${target}`),
      )
    expect(wrong).toEqual([])
  })

  test('of stores and services never reach routes or views', () => {
    const wrong = code
      .filter((path) => /^server\/(stores|services)\//.test(path))
      .flatMap((path) =>
        importsOf(path)
          .filter(({ target }) => /^(views|server\/routes)\//.test(target))
          .map(({ target }) => `${path} -> ${target}`),
      )
    expect(wrong).toEqual([])
  })

  test('name files that exist', () => {
    const missing = sources.flatMap((path) =>
      importsOf(path)
        // Assembly is imported without its ending.
        .filter(
          ({ target }) => ![target, `${target}.ts`].some((one) => existsSync(join(ROOT, one))),
        )
        .map(({ target }) => `${path} -> ${target}`),
    )
    expect(missing).toEqual([])
  })
})

describe('files', () => {
  const lines = code.map((path) => ({ path, lines: text(path).split('\n').length - 1 }))

  test(`hold at most ${FILE_LINES_MAX} lines, 300 at the 90th percentile`, () => {
    expect(lines.filter((file) => file.lines > FILE_LINES_MAX)).toEqual([])
    const sorted = lines.map((file) => file.lines).sort((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length * 0.9)] ?? 0).toBeLessThanOrEqual(P90_LINES_MAX)
  })

  test('swallow no error and leave nothing for later', () => {
    const banned = [
      /catch\s*(\([^)]*\))?\s*\{\s*\}/,
      /\.catch\(\(\)\s*=>\s*(\{\s*\}|undefined|null)\)/,
      /\b(TODO|FIXME|XXX)\b/,
      /@ts-(ignore|expect-error|nocheck)/,
      /\bas any\b/,
    ]
    const own = 'test/tidy.test.ts'
    const found = sources
      .filter((path) => path !== own)
      .flatMap((path) => banned.filter((b) => b.test(text(path))).map((b) => `${path}: ${b}`))
    expect(found).toEqual([])
  })

  test('of the engine fold text through one door', () => {
    const allowed = new Set(['sigma/text/fold.ts'])
    const found = code
      .filter((path) => /^sigma\/(eval|lower|text)\//.test(path) && !allowed.has(path))
      .filter((path) => /\.to(Locale)?(Lower|Upper)Case\(/.test(text(path)))
    expect(found).toEqual([])
  })

  test('name no path of a machine', () => {
    const home = process.env['HOME'] ?? '/nonexistent'
    const found = tracked
      .filter((path) => path !== '' && existsSync(join(ROOT, path)))
      .filter((path) => {
        const bytes = readFileSync(join(ROOT, path))
        return home.length > 3 && bytes.includes(`${home}/`)
      })
    expect(found).toEqual([])
  })
})
