// Content of a newer program version: what taking it into the followed branch would change.
import { openContent } from '../proposals/content.ts'
import type { ChangedFile, Repository } from './repository.ts'
import { runIn } from './repository.ts'
import { SHIPPED_REF } from './seed.ts'

export interface ShippedUpdate {
  /** Commit of the program's content. */
  readonly commit: string
  /** Files that differ from the head after a merge. */
  readonly files: readonly ChangedFile[]
  /** Files that both sides changed: they stay as they are. */
  readonly conflicts: readonly string[]
}

/** What of the program's content the head does not have; undefined when nothing, or when the head's content is
 * not made of the program's. */
export async function shippedUpdate(
  gitFolder: string,
  git: Repository,
  head: string,
): Promise<ShippedUpdate | undefined> {
  const commit = await git.resolve(SHIPPED_REF)
  if (commit === undefined || (await git.descends(head, commit))) return undefined
  const base = await git.mergeBase(head, commit)
  if (base === undefined) return undefined
  const merged = await openContent(gitFolder).mergeTree(head, commit)
  if ('tree' in merged) {
    const files = await git.changed(head, merged.tree)
    return files.length === 0 ? undefined : { commit, files, conflicts: [] }
  }
  // Without the files of both, the program's changes since the common commit stand as they are.
  const conflicts = new Set(merged.conflicts)
  const files = await changesToTake(git, { base, head, commit })
  return {
    commit,
    files: files.filter(({ path }) => !conflicts.has(path)),
    conflicts: merged.conflicts,
  }
}

/** The program's changes since `base` that `head` does not have. */
async function changesToTake(
  git: Repository,
  commits: { readonly base: string; readonly head: string; readonly commit: string },
): Promise<readonly ChangedFile[]> {
  const { base, head, commit } = commits
  const shipped = await git.changed(base, commit)
  const missing = new Set((await git.changed(head, commit)).map(({ path }) => path))
  const own = new Set((await git.changed(base, head)).map(({ path }) => path))
  return shipped.filter(({ path }) => missing.has(path) && !own.has(path))
}

/** Text of a file in the program's content as it is merged with the head's; null where it is gone. */
export async function mergedText(
  gitFolder: string,
  head: string,
  update: ShippedUpdate,
  path: string,
): Promise<string | null> {
  const content = openContent(gitFolder)
  const merged = await content.mergeTree(head, update.commit)
  const at = 'tree' in merged ? merged.tree : update.commit
  const listing = await runIn(gitFolder, ['ls-tree', '-z', at, '--', path])
  const object = /^\d{6} blob ([0-9a-f]+)\t/.exec(listing)?.[1]
  return object === undefined ? null : runIn(gitFolder, ['cat-file', 'blob', object])
}
