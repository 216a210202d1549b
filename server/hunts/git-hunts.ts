// Hunts of the live content: the files of `hunts/`, read once a release.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readHunt } from '../../query/hunt/file.ts'
import type { Hunt } from '../../query/hunt/hunt.ts'

/** A hunt and the file it stands in. */
export interface GitHunt {
  readonly hunt: Hunt
  /** Relative to the content root. */
  readonly path: string
  readonly text: string
}

/** A file that holds no hunt, and why. */
export interface RefusedHunt {
  readonly path: string
  readonly message: string
}

export interface GitHunts {
  readonly hunts: readonly GitHunt[]
  readonly refused: readonly RefusedHunt[]
}

/** Reads what lies below `hunts/` of a content folder. Of two with one id the first by path counts. */
export function readGitHunts(content: string): GitHunts {
  const folder = join(content, 'hunts')
  if (!existsSync(folder)) return { hunts: [], refused: [] }
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const hunts = new Map<string, GitHunt>()
  const refused: RefusedHunt[] = []
  for (const file of names) {
    const path = file.slice(content.length + 1).replaceAll('\\', '/')
    const text = readFileSync(file, 'utf8')
    const hunt = readHunt(text, path)
    if ('problems' in hunt) {
      refused.push({ path, message: hunt.problems[0]?.message ?? 'cannot be read' })
      continue
    }
    const twin = hunts.get(hunt.id)
    if (twin === undefined) hunts.set(hunt.id, { hunt, path, text })
    else refused.push({ path, message: `its id is that of ${twin.path}` })
  }
  return { hunts: [...hunts.values()], refused }
}

/** `readGitHunts` that reads again only when other content is live. */
export function followGitHunts(content: () => string): () => GitHunts {
  let last: { readonly folder: string; readonly read: GitHunts } | undefined
  return () => {
    const folder = content()
    if (last?.folder !== folder) last = { folder, read: readGitHunts(folder) }
    return last.read
  }
}
