// Loaded rules kept between runs, keyed by the hash of everything they come from: the files, what shapes them,
// and the engine's own source. A large rule set starts in a fraction of the time.
import { deserialize, serialize } from 'bun:jsc'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { LoadedRules, RuleFile } from '../sigma/rule.ts'

/** Fewer files are loaded faster than looked up. */
const FILES_MIN = 200
/** Rule sets kept; the longest unused goes first. */
const KEPT_MAX = 8
const ZSTD_LEVEL = 1
const ENGINE = join(import.meta.dir, '../sigma')
const OWNER_ONLY = 0o700

export interface RuleCache {
  /** The rules of these files as they were kept, else as `load` gives them. `shaping`: pipelines and lists. */
  loaded(
    files: readonly RuleFile[],
    shaping: readonly RuleFile[],
    load: () => LoadedRules,
  ): Promise<LoadedRules>
}

/**
 * A cache in a folder; by default `trapline` in the user's cache folder, or `TRAPLINE_CACHE`. `off` keeps
 * nothing. What cannot be read or written there is loaded anew.
 */
export function openRuleCache(folder = defaultFolder()): RuleCache {
  return {
    loaded: async (files, shaping, load) => {
      if (folder === 'off' || files.length < FILES_MIN) return load()
      const path = join(folder, `rules-${await digestOf(files, shaping)}`)
      const kept = await readKept(path)
      if (kept !== undefined) return kept
      const rules = load()
      await keep(folder, path, rules)
      return rules
    },
  }
}

function defaultFolder(): string {
  const { TRAPLINE_CACHE, XDG_CACHE_HOME } = process.env
  if (TRAPLINE_CACHE !== undefined && TRAPLINE_CACHE !== '') return TRAPLINE_CACHE
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'trapline')
}

async function digestOf(files: readonly RuleFile[], shaping: readonly RuleFile[]): Promise<string> {
  const hash = new Bun.CryptoHasher('sha256')
  hash.update(`${Bun.version}\0${await engineDigest()}\0`)
  for (const { path, text } of [...files, { path: '', text: '' }, ...shaping])
    hash.update(`${path}\0${text.length}\0${text}\0`)
  return hash.digest('hex')
}

let engine: Promise<string> | undefined

/** Hash of the engine's source: what an older engine made of a rule is never used. */
function engineDigest(): Promise<string> {
  engine ??= (async () => {
    const hash = new Bun.CryptoHasher('sha256')
    const glob = new Bun.Glob('**/*.{ts,json}')
    const paths = (await Array.fromAsync(glob.scan({ cwd: ENGINE }))).sort()
    const texts = await Promise.all(paths.map((path) => Bun.file(join(ENGINE, path)).text()))
    for (const [at, path] of paths.entries()) hash.update(`${path}\0${texts[at]}\0`)
    return hash.digest('hex')
  })()
  return engine
}

async function readKept(path: string): Promise<LoadedRules | undefined> {
  const file = Bun.file(path)
  if (!(await file.exists())) return undefined
  try {
    const bytes = Bun.zstdDecompressSync(await file.bytes())
    const kept = deserialize(bytes) as LoadedRules
    const now = new Date()
    await utimes(path, now, now)
    return kept
  } catch (error) {
    console.warn(`${path} is damaged and made anew: ${String(error)}`)
    return undefined
  }
}

async function keep(folder: string, path: string, rules: LoadedRules): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: OWNER_ONLY })
    const bytes = serialize(rules, { binaryType: 'nodebuffer' })
    const own = `${path}.${process.pid}`
    await Bun.write(own, Bun.zstdCompressSync(bytes, { level: ZSTD_LEVEL }), { mode: 0o600 })
    await rename(own, path)
    await dropOldest(folder)
  } catch (error) {
    console.warn(`loaded rules are not kept in ${folder}: ${String(error)}`)
  }
}

async function dropOldest(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('rules-'))
  if (names.length <= KEPT_MAX) return
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      return { path, used: (await stat(path)).mtimeMs }
    }),
  )
  found.sort((a, b) => b.used - a.used)
  for (const { path } of found.slice(KEPT_MAX)) await rm(path, { force: true })
}
