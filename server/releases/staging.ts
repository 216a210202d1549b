// Checked-out content by commit, below `TRAPLINE_DATA/releases`, and which of it is live.
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { RELEASE_WAYS } from '../stores/state/releases.ts'
import { writeOrigin } from './origin.ts'
import { openRepository, type Repository } from './repository.ts'
import { OWN_BRANCH, SEED_REF, SHIPPED_REF, seed } from './seed.ts'

/** All commits of a backup, in the data folder after a restore. */
export const CONTENT_BUNDLE = 'content.bundle'
/** Files flushed to disk at the same time: they share the file system's commits. */
const SYNCED_AT_ONCE = 32
/** Names the live commit. */
export const LIVE_FILE = 'releases/live.json'

const Live = z.object({
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  /** How and by whom it came, for a history that a kill kept from being written. */
  way: z.enum(RELEASE_WAYS).optional(),
  by: z.string().optional(),
})
type Live = z.output<typeof Live>

/** Folder of a commit's content. */
export function stagedFolder(data: string, commit: string): string {
  return join(data, 'releases', commit)
}

/** Checks a commit out, whole or not at all, and returns its folder. */
export async function stage(data: string, repository: Repository, commit: string): Promise<string> {
  await repository.keep(commit)
  const folder = stagedFolder(data, commit)
  await mkdir(dirname(folder), { recursive: true })
  await writeOrigin(contentRepository(data), repository, commit, folder)
  if (existsSync(folder)) return folder
  const half = `${folder}.half`
  await rm(half, { recursive: true, force: true })
  await repository.checkOut(commit, half)
  await syncTree(half)
  await rename(half, folder)
  await sync(dirname(folder))
  return folder
}

/**
 * Before rules are read. The first start makes the program's content the first commit and the live one; `own`:
 * also the head of the branch that this server follows. Later the live commit is checked out again where its
 * folder is gone, out of a restored backup's bundle if need be.
 */
export async function stageLive(data: string, own: boolean, program?: string): Promise<void> {
  const live = liveCommit(data)
  const isThere = live !== undefined && existsSync(stagedFolder(data, live))
  if (isThere && (!own || existsSync(join(contentRepository(data), OWN_BRANCH)))) return
  if (live === undefined && Bun.which('git') === null) {
    console.warn('content: there is no git on the PATH, so there are no releases')
    return
  }
  const repository = await openRepository(contentRepository(data))
  const bundle = join(data, CONTENT_BUNDLE)
  const isRestored =
    live !== undefined && (await repository.facts(live)) === undefined && existsSync(bundle)
  if (isRestored) await takeBack(repository, bundle)
  if (own) await ensureOwnBranch(repository, live)
  const commit = live ?? (await seed(contentRepository(data), repository, own, program))
  await stage(data, repository, commit)
  if (live === undefined) await setLive(data, { commit, way: 'seed' })
}

/** A backup's commits, with the references that this server goes by. */
async function takeBack(repository: Repository, bundle: string): Promise<void> {
  await repository.take(bundle)
  for (const ref of [OWN_BRANCH, SEED_REF, SHIPPED_REF]) {
    const commit = await repository.resolve(ref.replace('refs/', 'refs/offered/'))
    if (commit !== undefined) await repository.point(ref, commit)
  }
}

/** A data folder of an earlier version, or one that stopped following another repository: its own branch
 * begins at what is live. */
async function ensureOwnBranch(repository: Repository, live: string | undefined): Promise<void> {
  if (live === undefined || (await repository.resolve(OWN_BRANCH)) !== undefined) return
  await repository.point(OWN_BRANCH, live)
}

/** Where commits of content are kept. */
export function contentRepository(data: string): string {
  return join(data, 'content.git')
}

/** The commit that is live, or undefined before the first release. Throws when the file is damaged. */
export function liveCommit(data: string): string | undefined {
  return readLive(data)?.commit
}

/** The same with how it came. */
export function readLive(data: string): Live | undefined {
  const path = liveFile(data)
  if (!existsSync(path)) return undefined
  const parsed = Live.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (parsed.success) return parsed.data
  throw new Error(`${path}: ${parsed.error.issues[0]?.message}`)
}

/** Makes a commit the live one: durable before it returns. */
export async function setLive(data: string, live: Live): Promise<void> {
  const path = liveFile(data)
  await mkdir(dirname(path), { recursive: true })
  const next = `${path}.next`
  const file = await open(next, 'w')
  try {
    await file.writeFile(`${JSON.stringify(live)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(next, path)
  await sync(dirname(path))
}

/** Files and folders below a folder, on disk before anything names them. */
async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
  for (let at = 0; at < paths.length; at += SYNCED_AT_ONCE)
    await Promise.all(paths.slice(at, at + SYNCED_AT_ONCE).map(sync))
  await sync(folder)
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function liveFile(data: string): string {
  return join(data, LIVE_FILE)
}
