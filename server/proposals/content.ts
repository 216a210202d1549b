// Git plumbing over the content repository: heads, files, commits made without a work tree.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GitOptions, runGit } from '../../ci/git.ts'
import { scrub } from '../../ci/scrub.ts'
import { GitError } from '../releases/repository.ts'

/** One local git call may take this long, milliseconds. */
const GIT_TIMEOUT_MS = 60_000

export interface Person {
  readonly name: string
  readonly email: string
}

/** Who records what others wrote. */
export const COMMITTER: Person = { name: 'Trapline', email: 'trapline@trapline.invalid' }

export interface Content {
  /** The commit a ref or hash stands for; undefined where there is none. */
  commitOf(ref: string): Promise<string | undefined>
  descends(commit: string, ancestor: string): Promise<boolean>
  /** Mode (`100644`, `040000`, ...) and object at a path of a commit. */
  entry(commit: string, path: string): Promise<{ mode: string; object: string } | undefined>
  text(commit: string, path: string): Promise<string | undefined>
  /** A tree like `base`'s with files replaced, added or (null) deleted. */
  treeWith(
    base: string,
    files: readonly { readonly path: string; readonly text: string | null }[],
  ): Promise<string>
  treeOf(commit: string): Promise<string>
  /** Unified diff between two commits. */
  diff(from: string, to: string): Promise<string>
  /** Makes a commit of a tree; `at` in milliseconds dates author and committer. */
  commit(made: NewCommit): Promise<string>
  /** Sets a ref that must now be `from` (undefined: must not exist). Throws `GitError` when it is not. */
  setRef(ref: string, to: string, from: string | undefined): Promise<void>
  /** Merges two commits; the files that conflict where they do. */
  mergeTree(
    ours: string,
    theirs: string,
  ): Promise<{ readonly tree: string } | { readonly conflicts: readonly string[] }>
  /** Runs git; throws `GitError` with its last line. */
  git(args: readonly string[], options?: GitOptions): Promise<string>
}

export interface NewCommit {
  readonly tree: string
  readonly parents: readonly string[]
  readonly message: string
  readonly author: Person
  readonly at: number
}

/** The bare repository in a folder. */
export function openContent(folder: string): Content {
  const attempt = (args: readonly string[], options: GitOptions = {}) =>
    runGit('.', [`--git-dir=${folder}`, ...args], { timeout_ms: GIT_TIMEOUT_MS, ...options })
  const git = async (args: readonly string[], options: GitOptions = {}) => {
    const { ok, out, err } = await attempt(args, options)
    if (ok) return out
    throw new GitError(scrub(err.trim().split('\n').at(-1) || `git ${args[0]} failed`))
  }
  const line = async (args: readonly string[], options: GitOptions = {}) =>
    (await git(args, options)).trim()
  const entry = async (commit: string, path: string) => {
    const out = await git(['ls-tree', '-z', commit, '--', path])
    const [, mode, object] = /^(\d{6}) \w+ ([0-9a-f]+)\t/.exec(out) ?? []
    return mode === undefined ? undefined : { mode, object: object! }
  }
  return {
    git,
    entry,
    commitOf: async (ref) => {
      const { ok, out } = await attempt([
        ...['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`],
      ])
      return ok ? out.trim() : undefined
    },
    descends: async (commit, ancestor) =>
      (await attempt(['merge-base', '--is-ancestor', ancestor, commit])).ok,
    text: async (commit, path) => {
      const found = await entry(commit, path)
      if (found === undefined || !found.mode.startsWith('100')) return undefined
      return git(['cat-file', 'blob', found.object])
    },
    treeWith: (base, files) => treeWith(git, base, files),
    diff: (from, to) =>
      git(['diff', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', from, to, '--']),
    treeOf: (commit) => line(['rev-parse', `${commit}^{tree}`]),
    commit: ({ tree, parents, message, author, at }) =>
      line(['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'], {
        input: message,
        env: people(author, at),
      }),
    setRef: async (ref, to, from = '0'.repeat(40)) =>
      void (await git(['update-ref', ref, to, from])),
    mergeTree: async (ours, theirs) => {
      const { ok, out, err } = await attempt([
        ...['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', ours, theirs],
      ])
      const [tree = '', ...conflicts] = out.split('\0').filter((part) => part !== '')
      if (ok) return { tree }
      if (conflicts.length > 0) return { conflicts: [...new Set(conflicts)] }
      throw new GitError(err.trim().split('\n').at(-1) || 'git merge-tree failed')
    },
  }
}

async function treeWith(
  git: Content['git'],
  base: string,
  files: readonly { readonly path: string; readonly text: string | null }[],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trapline-index-'))
  const env = { GIT_INDEX_FILE: join(folder, 'index') }
  try {
    await git(['read-tree', base], { env })
    const lines: string[] = []
    for (const { path, text } of files) {
      if (text === null) lines.push(`0 ${'0'.repeat(40)}\t${path}`)
      else {
        const object = await git(['hash-object', '-w', '--no-filters', '--stdin'], { input: text })
        lines.push(`100644 ${object.trim()}\t${path}`)
      }
    }
    await git(['update-index', '-z', '--index-info'], { env, input: `${lines.join('\0')}\0` })
    return (await git(['write-tree'], { env })).trim()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function people(author: Person, at: number): Record<string, string> {
  const date = `${Math.floor(at / 1000)} +0000`
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: COMMITTER.name,
    GIT_COMMITTER_EMAIL: COMMITTER.email,
    GIT_COMMITTER_DATE: date,
  }
}
