// What a release changed: its files, the rules in them, and each difference.
import { filesAt } from '../../ci/git.ts'
import { type FileDiff, parseDiff } from './diff.ts'
import type { ChangedFile, Repository } from './repository.ts'

/** Files whose differences are shown; others are listed. */
export const DIFFS_MAX = 60

export interface ReleaseChange extends ChangedFile {
  /** Of the rule, filter or hunt in it: the first document's. */
  readonly title?: string
  readonly id?: string
  readonly diff?: FileDiff
}

export interface ReleaseChanges {
  readonly files: readonly ReleaseChange[]
}

/** Files that differ between two commits. Throws `GitError` when one is not there. */
export async function describeChanges(
  gitFolder: string,
  git: Repository,
  before: string,
  after: string,
): Promise<ReleaseChanges> {
  const changed = await git.changed(before, after)
  const shown = changed.slice(0, DIFFS_MAX)
  const paths = (isGone: boolean) =>
    shown.filter(({ status }) => (status === 'D') === isGone).map(({ path }) => path)
  const [text, now, gone] = await Promise.all([
    shown.length === 0
      ? ''
      : git.diff(
          before,
          after,
          shown.map(({ path }) => path),
        ),
    headsAt(gitFolder, after, paths(false)),
    headsAt(gitFolder, before, paths(true)),
  ])
  const heads = new Map([...now, ...gone])
  const diffs = new Map(parseDiff(text).map((diff) => [diff.path, diff]))
  return {
    files: changed.map((file) => {
      const diff = diffs.get(file.path)
      return { ...file, ...heads.get(file.path), ...(diff === undefined ? {} : { diff }) }
    }),
  }
}

interface Head {
  readonly title?: string
  readonly id?: string
}

async function headsAt(
  gitFolder: string,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Head>> {
  if (paths.length === 0) return new Map()
  const files = await filesAt(gitFolder, commit, paths.map(literal), (path) =>
    /(?<!\.test)\.ya?ml$/.test(path),
  )
  return new Map(files.map(({ path, text }) => [path, headOf(text)]))
}

/** A path that `git ls-tree` takes as it is. */
function literal(path: string): string {
  return `:(literal)${path}`
}

function headOf(text: string): Head {
  const value = (key: string) =>
    new RegExp(`^${key}:[ \\t]*(['"]?)(.+?)\\1[ \\t]*$`, 'm').exec(text)?.[2]
  const [title, id] = [value('title'), value('id')]
  return { ...(title === undefined ? {} : { title }), ...(id === undefined ? {} : { id }) }
}
