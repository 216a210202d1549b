// The commit that each file of a release was last changed by. Written beside the checked-out content, so that
// a start reads one file instead of a history.
import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { type Repository, runIn } from './repository.ts'
import { SEED_REF } from './seed.ts'

const Origin = z.object({
  commit: z.string(),
  /** What came with the program: its tests ran elsewhere. */
  isSeed: z.boolean(),
  files: z.record(z.string(), z.string()),
})
export type ContentOrigin = z.output<typeof Origin>

/** Where the origins of a checked-out folder are. */
export function originFile(folder: string): string {
  return `${folder}.origin.json`
}

/** Writes the origins of a commit beside its folder, unless they are there. */
export async function writeOrigin(
  gitFolder: string,
  git: Repository,
  commit: string,
  folder: string,
): Promise<void> {
  const path = originFile(folder)
  if (existsSync(path)) return
  const isSeed = (await git.resolve(SEED_REF)) === commit
  const files = await lastChanges(gitFolder, commit)
  await writeFile(`${path}.next`, JSON.stringify({ commit, isSeed, files }))
  await rename(`${path}.next`, path)
}

/** The origins of a checked-out folder; undefined where they were not written. */
export async function readOrigin(folder: string): Promise<ContentOrigin | undefined> {
  const path = originFile(folder)
  if (!existsSync(path)) return undefined
  return Origin.parse(JSON.parse(await readFile(path, 'utf8')))
}

/** For each path that the history of a commit names, the newest commit that changed it. */
async function lastChanges(gitFolder: string, commit: string): Promise<Record<string, string>> {
  const args = ['log', '-z', '--no-renames', '--name-only', '--format=%x01%H', commit, '--']
  const out = await runIn(gitFolder, [...args, 'detections', 'filters', 'hunts'])
  const files: Record<string, string> = Object.create(null)
  for (const entry of out.split('\x01').slice(1)) {
    const [hash = '', ...paths] = entry.split('\0')
    for (const path of paths) {
      const name = path.replace(/^\n/, '')
      if (name !== '') files[name] ??= hash.trim()
    }
  }
  return files
}
