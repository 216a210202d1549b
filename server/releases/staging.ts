// Checked-out content by commit, below `TRAPLINE_DATA/releases`, and which of it is live.
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { openRepository, type Repository } from './repository.ts'

/** All commits of a backup, in the data folder after a restore. */
export const CONTENT_BUNDLE = 'content.bundle'
/** Names the live commit. */
export const LIVE_FILE = 'releases/live.json'

const Live = z.object({ commit: z.string().regex(/^[0-9a-f]{40,64}$/) })

/** Folder of a commit's content. */
export function stagedFolder(data: string, commit: string): string {
  return join(data, 'releases', commit)
}

/** Checks a commit out, whole or not at all, and returns its folder. */
export async function stage(data: string, repository: Repository, commit: string): Promise<string> {
  await repository.keep(commit)
  const folder = stagedFolder(data, commit)
  if (existsSync(folder)) return folder
  const half = `${folder}.half`
  await rm(half, { recursive: true, force: true })
  await repository.checkOut(commit, half)
  await rename(half, folder)
  return folder
}

/** Before rules are read: the live commit is checked out again where its folder is gone, out of a restored
 * backup's bundle if need be. */
export async function stageLive(data: string): Promise<void> {
  const commit = liveCommit(data)
  if (commit === undefined || existsSync(stagedFolder(data, commit))) return
  const repository = await openRepository(contentRepository(data))
  const bundle = join(data, CONTENT_BUNDLE)
  if ((await repository.facts(commit)) === undefined && existsSync(bundle))
    await repository.take(bundle)
  await stage(data, repository, commit)
}

/** Where commits of content are kept. */
export function contentRepository(data: string): string {
  return join(data, 'content.git')
}

/** The commit that is live, or undefined before the first release. Throws when the file is damaged. */
export function liveCommit(data: string): string | undefined {
  const path = liveFile(data)
  if (!existsSync(path)) return undefined
  const parsed = Live.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (parsed.success) return parsed.data.commit
  throw new Error(`${path}: ${parsed.error.issues[0]?.message}`)
}

/** Makes a commit the live one: durable before it returns. */
export async function setLiveCommit(data: string, commit: string): Promise<void> {
  const path = liveFile(data)
  await mkdir(dirname(path), { recursive: true })
  const next = `${path}.next`
  const file = await open(next, 'w')
  try {
    await file.writeFile(`${JSON.stringify({ commit })}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(next, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function liveFile(data: string): string {
  return join(data, LIVE_FILE)
}
