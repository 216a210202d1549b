// Brings upstream rules into a folder and locks them; checks later that they are still what was locked.
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { UsageError } from '../command.ts'
import { sha256 } from '../input/sha256.ts'
import { checkOut, isCommit, isGitFolder } from './git.ts'
import { type LockedSource, readLock, writeLock } from './lock.ts'
import { differences, listFiles, manifestOf } from './manifest.ts'
import { statIfAny } from './stat.ts'

/** Folders of SigmaHQ that are taken when nothing else is asked for. */
export const DEFAULT_SETS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting'] as const
const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/

export interface FetchRequest {
  /** Folder below `into`, and key in the lock. */
  readonly name: string
  /** Undefined only for a plain folder. */
  readonly commit: string | undefined
  /** Git URL, or a folder with or without a repository. */
  readonly from: string
  readonly into: string
  /** Folders to take; those of `DEFAULT_SETS` that exist, else everything, when undefined. */
  readonly sets?: readonly string[]
}

export interface FetchOutcome {
  readonly locked: LockedSource
  /** What differs from what was there before. */
  readonly changes: readonly string[]
}

/** Fetches, replaces what was there under this name at once, and locks. */
export async function fetchRules(request: FetchRequest): Promise<FetchOutcome> {
  if (!NAME.test(request.name)) throw new UsageError(`"${request.name}" is no name of a source`)
  const into = resolve(request.into)
  const source = await openSource(request)
  try {
    const sets = await chooseSets(source.folder, request.sets)
    const patterns =
      sets.length === 0 ? ['**/*.{yml,yaml}'] : sets.map((s) => `${s}/**/*.{yml,yaml}`)
    const rules = await listFiles(source.folder, patterns)
    if (rules.length === 0) throw new UsageError(`${request.from} holds no rule files`)
    const paths = [...(await listFiles(source.folder, ['LICENSE*'])), ...rules]
    const manifest = await manifestOf(source.folder, paths)
    const before = await readManifest(into, request.name)
    await replaceFolder(source.folder, paths, into, request.name)
    await Bun.write(join(into, `${request.name}.sha256`), manifest)
    const locked: LockedSource = {
      from: request.from,
      commit: source.commit,
      sets: [...sets],
      files: rules.length,
      sha256: sha256(manifest),
    }
    const lock = await readLock(into)
    await writeLock(into, { ...lock, sources: { ...lock.sources, [request.name]: locked } })
    return { locked, changes: differences(before, manifest) }
  } finally {
    await source.close()
  }
}

interface OpenSource {
  readonly folder: string
  readonly commit: string | null
  close(): Promise<void>
}

async function openSource({ from, commit }: FetchRequest): Promise<OpenSource> {
  const info = await statIfAny(from)
  if (info?.isDirectory() && !(await isGitFolder(from))) {
    return { folder: resolve(from), commit: null, close: async () => {} }
  }
  if (commit === undefined || !isCommit(commit)) {
    throw new UsageError('a repository needs a commit: NAME@COMMIT, 7 to 40 hex digits')
  }
  if (from.startsWith('-')) throw new UsageError(`"${from}" is no URL`)
  const folder = await mkdtemp(join(tmpdir(), 'trapline-fetch-'))
  const close = () => rm(folder, { recursive: true, force: true })
  try {
    const remote = info === undefined ? from : resolve(from)
    return { folder, commit: await checkOut(remote, commit, folder), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function chooseSets(
  folder: string,
  asked: readonly string[] | undefined,
): Promise<readonly string[]> {
  const isFolder = async (set: string) =>
    /^[\w.-]+$/.test(set) &&
    !set.startsWith('.') &&
    ((await statIfAny(join(folder, set)))?.isDirectory() ?? false)
  if (asked !== undefined) {
    for (const set of asked) {
      if (!(await isFolder(set))) throw new UsageError(`the source has no folder "${set}"`)
    }
    return asked
  }
  const found: string[] = []
  for (const set of DEFAULT_SETS) if (await isFolder(set)) found.push(set)
  return found
}

/** Copies beside the old folder, then swaps: a reader sees one or the other. */
async function replaceFolder(
  from: string,
  paths: readonly string[],
  into: string,
  name: string,
): Promise<void> {
  const fresh = join(into, `.${name}.new`)
  const old = join(into, `.${name}.old`)
  const target = join(into, name)
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { recursive: true })
  for (const path of paths)
    await Bun.write(join(fresh, path), await Bun.file(join(from, path)).bytes())
  await rm(old, { recursive: true, force: true })
  if ((await statIfAny(target)) !== undefined) await rename(target, old)
  await rename(fresh, target)
  await rm(old, { recursive: true, force: true })
}

async function readManifest(into: string, name: string): Promise<string> {
  const file = Bun.file(join(into, `${name}.sha256`))
  return (await file.exists()) ? file.text() : ''
}

/** What differs from the lock, one line each; empty when the folder is as locked. */
export async function verifyRules(into: string): Promise<readonly string[]> {
  const folder = resolve(into)
  const { sources } = await readLock(folder)
  const findings: string[] = []
  for (const [name, locked] of Object.entries(sources)) {
    const manifest = await readManifest(folder, name)
    if (sha256(manifest) !== locked.sha256) {
      findings.push(`${name}: ${name}.sha256 is not the manifest that was locked`)
      continue
    }
    const target = join(folder, name)
    const present = (await statIfAny(target))?.isDirectory() ?? false
    const paths = present ? await listFiles(target, ['**/*']) : []
    const actual = present ? await manifestOf(target, paths) : ''
    findings.push(...differences(manifest, actual).map((line) => `${name}: ${line}`))
  }
  return findings
}
