// Rule sets kept between runs, keyed by the hash of everything they come from: the files, what shapes them,
// and the engine's own source. A large rule set starts in a fraction of the time.
import { existsSync, readFileSync, utimesSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { LoadedRules, RuleFile } from '../sigma/rule.ts'
import { packRuleSet, type RuleSet, ruleSetOf, unpackRuleSet } from './rule-set.ts'

/** Fewer files are loaded faster than looked up. */
const FILES_MIN = 200
/** Rule sets kept; the longest unused goes first. */
const KEPT_MAX = 8
const OWNER_ONLY = 0o700

/** A file as it was read. */
export interface FileBytes {
  readonly path: string
  readonly bytes: Uint8Array
}

export interface RuleCache {
  /** The set of these files as it was kept, else of what `load` gives. `shaping`: pipelines and lists. */
  ruleSet(
    files: readonly FileBytes[],
    shaping: readonly RuleFile[],
    load: () => Promise<LoadedRules>,
  ): Promise<RuleSet>
}

/**
 * A cache in a folder; by default `trapline` in the user's cache folder, or `TRAPLINE_CACHE`. `off` keeps
 * nothing. What cannot be read or written there is loaded anew.
 */
export function openRuleCache(folder = defaultFolder()): RuleCache {
  return {
    ruleSet: async (files, shaping, load) => {
      if (folder === 'off' || files.length < FILES_MIN) return ruleSetOf(await load())
      const path = join(folder, `rules-${digestOf(files, shaping)}`)
      const kept = readKept(path)
      if (kept !== undefined) return kept
      const made = ruleSetOf(await load())
      await keep(folder, path, made)
      return made
    },
  }
}

function defaultFolder(): string {
  const { TRAPLINE_CACHE, XDG_CACHE_HOME } = process.env
  if (TRAPLINE_CACHE !== undefined && TRAPLINE_CACHE !== '') return TRAPLINE_CACHE
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'trapline')
}

function digestOf(files: readonly FileBytes[], shaping: readonly RuleFile[]): string {
  const names = files.map(({ path, bytes }) => [path, bytes.length])
  const hash = new Bun.CryptoHasher('sha256')
  hash.update(JSON.stringify([Bun.version, engineDigest(), shaping, names]))
  for (const { bytes } of files) hash.update(bytes)
  return hash.digest('hex')
}

const PROGRAM = join(import.meta.dir, '..')
/** Beside `sigma/`: what is kept and how, and the versions of the packages that the engine uses. */
const ENGINE_FILES = ['ci/parts.ts', 'ci/rule-cache.ts', 'ci/rule-set.ts', 'package.json']

let engine: string | undefined

/** Hash of the engine's source: what an older engine made of a rule is never used. */
function engineDigest(): string {
  if (engine !== undefined) return engine
  const hash = new Bun.CryptoHasher('sha256')
  const sources = [...new Bun.Glob('sigma/**/*.{ts,json}').scanSync({ cwd: PROGRAM })]
  for (const path of [
    ...sources.filter((name) => !name.endsWith('.test.ts')),
    ...ENGINE_FILES,
  ].sort()) {
    const bytes = readFileSync(join(PROGRAM, path))
    hash.update(`${path}\0${bytes.length}\0`)
    hash.update(bytes)
  }
  engine = hash.digest('hex')
  return engine
}

function readKept(path: string): RuleSet | undefined {
  if (!existsSync(path)) return undefined
  try {
    const kept = unpackRuleSet(readFileSync(path))
    const now = new Date()
    utimesSync(path, now, now)
    return kept
  } catch (error) {
    console.warn(`${path} is damaged and made anew: ${String(error)}`)
    return undefined
  }
}

async function keep(folder: string, path: string, set: RuleSet): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: OWNER_ONLY })
    const own = `${path}.${process.pid}`
    await Bun.write(own, packRuleSet(set), { mode: 0o600 })
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
