// The bare Git repository behind the local GitHub: every branch, commit and merge truly exists.
import { UsageError } from '../../ci/command.ts'
import { git, runGit, tryGit } from '../../ci/git.ts'

export interface Person {
  readonly name: string
  readonly email: string
  readonly date: string
}

export interface CommitFacts {
  readonly sha: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: Person
  readonly committer: Person
  readonly message: string
}

export interface ChangedFile {
  readonly sha: string
  readonly filename: string
  readonly status: 'added' | 'removed' | 'modified'
  readonly additions: number
  readonly deletions: number
}

export interface Repository {
  readonly folder: string
  /** The commit that a branch, tag or commit names. */
  resolve(ref: string): Promise<string | undefined>
  branch(name: string): Promise<string | undefined>
  branches(): Promise<readonly { readonly name: string; readonly sha: string }[]>
  commit(sha: string): Promise<CommitFacts>
  /** Commits of `head` that `base` has not, oldest first. */
  between(base: string, head: string): Promise<readonly string[]>
  changes(base: string, head: string): Promise<readonly ChangedFile[]>
  mergeBase(a: string, b: string): Promise<string | undefined>
  /** The tree of both, undefined where they conflict. */
  mergedTree(base: string, head: string): Promise<string | undefined>
  commitTree(options: {
    readonly tree: string
    readonly parents: readonly string[]
    readonly message: string
    readonly author: { readonly name: string; readonly email: string }
  }): Promise<string>
  /** Moves a ref; false where it no longer stands at `from`. */
  move(ref: string, to: string, from?: string): Promise<boolean>
  remove(ref: string): Promise<boolean>
  file(ref: string, path: string): Promise<{ sha: string; text: string } | undefined>
}

/** What a bare repository can be asked. */
export function openRepository(folder: string): Repository {
  const run = (...args: string[]) => git(folder, ...args)
  const resolve = async (ref: string) => {
    if (ref.startsWith('-')) return undefined
    return (await tryGit(folder, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]))?.trim()
  }
  return {
    folder,
    resolve,
    branch: (name) => resolve(`refs/heads/${name}`),
    branches: async () => {
      const text = await run(
        'for-each-ref',
        '--format=%(objectname) %(refname:lstrip=2)',
        'refs/heads',
      )
      return linesOf(text).map((line) => ({ sha: line.slice(0, 40), name: line.slice(41) }))
    },
    commit: (sha) => commitFacts(folder, sha),
    between: async (base, head) => linesOf(await run('rev-list', '--reverse', `${base}..${head}`)),
    changes: (base, head) => changedFiles(folder, base, head),
    mergeBase: async (a, b) => (await tryGit(folder, ['merge-base', a, b]))?.trim(),
    mergedTree: async (base, head) => {
      const { ok, out } = await runGit(folder, ['merge-tree', '--write-tree', base, head])
      return ok ? out.trim() : undefined
    },
    commitTree: async ({ tree, parents, message, author }) => {
      const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])]
      const { ok, out, err } = await runGit(folder, [...args, '-m', message], {
        env: {
          GIT_AUTHOR_NAME: author.name,
          GIT_AUTHOR_EMAIL: author.email,
          GIT_COMMITTER_NAME: 'GitHub',
          GIT_COMMITTER_EMAIL: 'noreply@github.com',
        },
      })
      if (!ok) throw new UsageError(`git commit-tree: ${err}`)
      return out.trim()
    },
    move: async (ref, to, from) =>
      (await tryGit(folder, ['update-ref', ref, to, ...(from === undefined ? [] : [from])])) !==
      undefined,
    remove: async (ref) => (await tryGit(folder, ['update-ref', '-d', ref])) !== undefined,
    file: async (ref, path) => {
      const sha = await tryGit(folder, ['rev-parse', '--verify', '--quiet', `${ref}:${path}`])
      if (sha === undefined) return undefined
      const text = await tryGit(folder, ['cat-file', 'blob', sha.trim()])
      return text === undefined ? undefined : { sha: sha.trim(), text }
    },
  }
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

async function commitFacts(folder: string, sha: string): Promise<CommitFacts> {
  const format = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00')
  const text = await git(folder, 'show', '--no-patch', `--format=${format}`, sha)
  const [id, tree, parents, an, ae, ad, cn, ce, cd, message] = text.split('\0')
  return {
    sha: id!,
    tree: tree!,
    parents: parents!.split(' ').filter((parent) => parent !== ''),
    author: { name: an!, email: ae!, date: utc(ad!) },
    committer: { name: cn!, email: ce!, date: utc(cd!) },
    message: message!.trim(),
  }
}

function utc(text: string): string {
  return new Date(text).toISOString().replace(/\.\d+Z$/, 'Z')
}

const STATUS = { A: 'added', D: 'removed', M: 'modified', T: 'modified' } as const

async function changedFiles(folder: string, base: string, head: string): Promise<ChangedFile[]> {
  const raw = linesOf(await git(folder, 'diff', '--raw', '--no-abbrev', '--no-renames', base, head))
  const counts = new Map(
    linesOf(await git(folder, 'diff', '--numstat', '--no-renames', base, head)).map((line) => {
      const [added, deleted, path] = line.split('\t')
      return [path!, { additions: Number(added) || 0, deletions: Number(deleted) || 0 }]
    }),
  )
  return raw.map((line) => {
    const [meta, filename] = line.split('\t')
    const [, , , sha, letter] = meta!.split(' ')
    const count = counts.get(filename!) ?? { additions: 0, deletions: 0 }
    return { sha: sha!, filename: filename!, status: STATUS[letter as 'A'] ?? 'modified', ...count }
  })
}
