// System git, for bringing upstream content in. Nothing is ever pushed.
import { join } from 'node:path'
import { UsageError } from '../command.ts'
import { git, tryGit } from '../git.ts'
import { statIfAny } from './stat.ts'

const COMMIT = /^[0-9a-f]{7,40}$/
const FULL_COMMIT = /^[0-9a-f]{40}$/

export function isCommit(text: string): boolean {
  return COMMIT.test(text)
}

/** Whether the folder is a Git work tree or a bare repository. */
export async function isGitFolder(path: string): Promise<boolean> {
  const has = async (name: string) => (await statIfAny(join(path, name))) !== undefined
  return (await has('.git')) || ((await has('HEAD')) && (await has('objects')))
}

/** Checks a commit of a repository out into an empty folder and returns its full hash. */
export async function checkOut(from: string, commit: string, into: string): Promise<string> {
  await git(into, 'init', '--quiet')
  const shallow = FULL_COMMIT.test(commit)
    ? await tryGit(into, ['fetch', '--quiet', '--depth=1', '--', from, commit])
    : undefined
  if (shallow === undefined) {
    await git(into, 'fetch', '--quiet', '--tags', '--', from, '+refs/heads/*:refs/upstream/*')
  }
  const found = await tryGit(into, ['rev-parse', '--verify', '--quiet', `${commit}^{commit}`])
  if (found === undefined) throw new UsageError(`${from} has no commit ${commit}`)
  const full = found.trim()
  await git(into, '-c', 'core.symlinks=false', 'checkout', '--quiet', '--detach', full)
  return full
}
