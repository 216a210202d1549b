// The bare repository that holds every commit that was ever live or offered: `TRAPLINE_DATA/content.git`.
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runGit } from '../../ci/git.ts'

/** One git call may take this long, milliseconds. */
const GIT_TIMEOUT_MS = 120_000
const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/

/** Head of the followed remote branch, as it was seen last. */
export const PULLED_REF = 'refs/pulled/head'
/** What a backup takes along: releases, the branch that a server follows in its own repository and those of
 * proposals, and what the program brought. */
const SAVED_REFS = ['--glob=refs/releases/*', '--glob=refs/heads/*', '--glob=refs/trapline/*']

/** A call of git that failed; the message is git's last line. */
export class GitError extends Error {}

export interface CommitFacts {
  readonly commit: string
  readonly author: string
  /** Milliseconds since 1970 UTC. */
  readonly committed: number
  readonly subject: string
}

export interface ChangedFile {
  /** `A`, `M`, `D` or `T` (type changed). */
  readonly status: string
  readonly path: string
}

export interface Repository {
  /** Takes the commits of a bundle (`git bundle create`) in. Throws `GitError` for anything else, or when
   * the bundle builds on commits that are not here. */
  take(bundleFile: string): Promise<void>
  /** Takes the commits of a remote branch in and returns its head; `env` lets git reach it. */
  fetch(remote: string, branch: string, env?: Readonly<Record<string, string>>): Promise<string>
  /** Undefined when there is no such commit here. */
  facts(commit: string): Promise<CommitFacts | undefined>
  /** Whether `commit` is `ancestor` or comes after it. */
  descends(commit: string, ancestor: string): Promise<boolean>
  /** The newest commit that both come after. */
  mergeBase(one: string, other: string): Promise<string | undefined>
  /** Keeps a commit whatever else comes and goes. */
  keep(commit: string): Promise<void>
  /** Writes all kept commits into one bundle file. */
  save(bundleFile: string): Promise<void>
  /** The commit of a reference, or undefined. */
  resolve(ref: string): Promise<string | undefined>
  /** Makes a reference name a commit, durable before it returns. */
  point(ref: string, commit: string): Promise<void>
  /** Writes the files of a commit into an empty folder. */
  checkOut(commit: string, into: string): Promise<void>
  /** Changed files between two commits. */
  changed(before: string, after: string): Promise<readonly ChangedFile[]>
  /** Commits that come with `after` and not with `before`, newest first, at most `limit`. */
  between(before: string | undefined, after: string, limit: number): Promise<readonly CommitFacts[]>
  /** The unified difference of files between two commits. */
  diff(before: string, after: string, paths: readonly string[]): Promise<string>
}

/** Opens the repository, making it where it does not exist. */
export async function openRepository(folder: string): Promise<Repository> {
  const git = (...args: readonly string[]) => runIn(folder, args)
  if (!existsSync(join(folder, 'HEAD'))) {
    await mkdir(folder, { recursive: true })
    await git('init', '--quiet', '--bare', '--initial-branch=main')
  }
  return {
    take: async (bundleFile) => {
      await git('bundle', 'verify', '--quiet', bundleFile)
      await git('fetch', '--quiet', '--no-tags', bundleFile, '+refs/*:refs/offered/*')
    },
    fetch: async (remote, branch, env) => {
      const refs = `+refs/heads/${branch}:${PULLED_REF}`
      await runIn(folder, ['fetch', '--quiet', '--no-tags', '--', remote, refs], env)
      return (await git('rev-parse', PULLED_REF)).trim()
    },
    facts: (commit) => factsOf(folder, commit),
    descends: async (commit, ancestor) => {
      const { ok } = await attempt(folder, ['merge-base', '--is-ancestor', ancestor, commit])
      return ok
    },
    mergeBase: async (one, other) => {
      const { ok, out } = await attempt(folder, ['merge-base', one, other])
      return ok ? out.trim() : undefined
    },
    keep: async (commit) => void (await git('update-ref', `refs/releases/${commit}`, commit)),
    save: async (bundleFile) =>
      void (await git('bundle', 'create', '--quiet', bundleFile, ...SAVED_REFS)),
    resolve: async (ref) => {
      const { ok, out } = await attempt(folder, ['rev-parse', '--verify', '--quiet', ref])
      return ok ? out.trim() : undefined
    },
    point: async (ref, commit) => void (await git('update-ref', ref, commit)),
    checkOut: async (commit, into) => {
      await mkdir(into, { recursive: true })
      const index = `${into}.index`
      try {
        await runIn(folder, [`--work-tree=${into}`, 'checkout', '--force', commit, '--', '.'], {
          GIT_INDEX_FILE: index,
        })
      } finally {
        await rm(index, { force: true })
      }
    },
    between: async (before, after, limit) => {
      const range = before === undefined ? [after] : [after, `^${before}`]
      const args = ['log', `--max-count=${limit}`, FACTS_FORMAT]
      const out = await git(...args, ...range, '--')
      return out.split('\0\n').flatMap((entry) => (entry.trim() === '' ? [] : [factsFrom(entry)]))
    },
    diff: (before, after, paths) =>
      git(
        ...['diff', '--no-renames', '--no-color', '--no-ext-diff', before, after, '--'],
        ...paths,
      ),
    changed: async (before, after) => {
      const listing = await git('diff', '--name-status', '-z', '--no-renames', before, after)
      const parts = listing.split('\0')
      const pairs: { status: string; path: string }[] = []
      for (let i = 0; i + 1 < parts.length; i += 2)
        pairs.push({ status: parts[i]!, path: parts[i + 1]! })
      return pairs
    },
  }
}

/** An end mark of its own: subjects may be empty. */
const FACTS_FORMAT = '--format=%H%x01%an <%ae>%x01%ct%x01%s%x00'

async function factsOf(folder: string, commit: string): Promise<CommitFacts | undefined> {
  if (!COMMIT.test(commit)) return undefined
  const args = ['show', '--no-patch', FACTS_FORMAT, `${commit}^{commit}`]
  const { ok, out } = await attempt(folder, args)
  return ok ? factsFrom(out) : undefined
}

function factsFrom(entry: string): CommitFacts {
  const [hash, author, seconds, subject] = entry.replace(/\0\s*$/, '').split('\x01')
  return {
    commit: hash!.trim(),
    author: author!,
    committed: Number(seconds) * 1000,
    subject: subject!,
  }
}

/** Output of git in a bare repository. Throws `GitError` with git's last line. */
export async function runIn(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { ok, out, err } = await attempt(folder, args, env)
  if (ok) return out
  throw new GitError(err.trim().split('\n').at(-1) || `git ${args[0]} failed`)
}

/** The same, whatever comes of it. */
export function attempt(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const own = [`--git-dir=${folder}`, '-c', 'core.symlinks=false', ...args]
  return runGit('.', own, { env, timeout_ms: GIT_TIMEOUT_MS })
}
