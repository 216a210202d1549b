// System git for commands and releases. Nothing is ever pushed from here.
import { UsageError } from './command.ts'

/** One call may take this long, milliseconds. */
const GIT_TIMEOUT_MS = 600_000

/** Standard output of `git ARGS` in a folder. Rejects `UsageError` with git's last line. */
export async function git(cwd: string, ...args: readonly string[]): Promise<string> {
  const { ok, out, err } = await runGit(cwd, args)
  if (!ok) throw new UsageError(`git ${args[0]} failed: ${err.trim().split('\n').at(-1)}`)
  return out
}

/** The same, undefined where git says no. */
export async function tryGit(cwd: string, args: readonly string[]): Promise<string | undefined> {
  const { ok, out } = await runGit(cwd, args)
  return ok ? out : undefined
}

export interface GitOutcome {
  readonly ok: boolean
  readonly out: string
  readonly err: string
}

export interface GitOptions {
  /** Variables beside the process's own. */
  readonly env?: Readonly<Record<string, string>>
  /** Milliseconds; ten minutes by default. */
  readonly timeout_ms?: number
  /** Standard input; empty by default. */
  readonly input?: string | Uint8Array
}

/** Runs `git ARGS` in a folder, whatever comes of it. */
export async function runGit(
  cwd: string,
  args: readonly string[],
  { env = {}, timeout_ms = GIT_TIMEOUT_MS, input }: GitOptions = {},
): Promise<GitOutcome> {
  const child = Bun.spawn(['git', ...args], {
    cwd,
    stdin: input === undefined ? 'ignore' : new Blob([input as BlobPart]),
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: timeout_ms,
    env: { ...environment(), ...env },
  })
  const texts = Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  const code = await child.exited
  // A helper of a killed git, waiting for a remote that never answers, may keep the pipes open.
  const [out, err] = await (child.signalCode === null
    ? texts
    : Promise.race([texts, Bun.sleep(PIPES_WAIT_MS).then(() => NO_TEXTS)]))
  const why = child.signalCode === null ? '' : `\ngit ${args[0]} took over ${timeout_ms} ms`
  return { ok: code === 0, out, err: `${err}${why}` }
}

/** How long the last words of a killed git are waited for, milliseconds. */
const PIPES_WAIT_MS = 500
const NO_TEXTS = ['', ''] as const

/** Never asks, takes no repository from the caller's environment, tells of no request (its headers may hold a
 * token), speaks English. */
function environment(): Record<string, string | undefined> {
  return {
    ...process.env,
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    GIT_DIR: undefined,
    GIT_WORK_TREE: undefined,
    GIT_TRACE: undefined,
    GIT_TRACE_CURL: undefined,
    GIT_CURL_VERBOSE: undefined,
    LC_ALL: 'C',
  }
}

/** A file of a commit. */
export interface FileAt {
  readonly path: string
  readonly text: string
}

/**
 * Files below folders as a commit or branch has them, paths as `git ls-tree` gives them from `cwd`.
 * Rejects `UsageError` where the commit is not there.
 */
export async function filesAt(
  cwd: string,
  ref: string,
  folders: readonly string[],
  wanted: (path: string) => boolean,
): Promise<readonly FileAt[]> {
  if (ref.startsWith('-')) throw new UsageError(`${ref} is no commit or branch`)
  const known = await tryGit(cwd, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`])
  if (known === undefined) throw new UsageError(`there is no commit or branch ${ref} here`)
  const commit = known.trim()
  const listing = await git(cwd, 'ls-tree', '-r', '-z', commit, '--', ...folders)
  const blobs = listing.split('\0').flatMap((entry) => {
    const [, type, object, path] = /^\d+ (\w+) ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? []
    return type === 'blob' && wanted(path!) ? [{ object: object!, path: path! }] : []
  })
  const texts = await blobTexts(
    cwd,
    blobs.map(({ object }) => object),
  )
  return blobs.map(({ path }, i) => ({ path, text: texts[i]! }))
}

/** Texts of blobs in the order asked for. */
async function blobTexts(cwd: string, objects: readonly string[]): Promise<readonly string[]> {
  if (objects.length === 0) return []
  const child = Bun.spawn(['git', 'cat-file', '--batch'], {
    cwd,
    stdin: new Blob([`${objects.join('\n')}\n`]),
    stdout: 'pipe',
    stderr: 'inherit',
    timeout: GIT_TIMEOUT_MS,
    env: environment(),
  })
  const bytes = new Uint8Array(await new Response(child.stdout).arrayBuffer())
  if ((await child.exited) !== 0) throw new UsageError('git cat-file failed')
  const decoder = new TextDecoder()
  let at = 0
  return objects.map((object) => {
    const end = bytes.indexOf(0x0a, at)
    const size = Number(decoder.decode(bytes.subarray(at, end)).split(' ')[2])
    if (!Number.isInteger(size)) throw new UsageError(`git has no object ${object}`)
    const text = decoder.decode(bytes.subarray(end + 1, end + 1 + size))
    at = end + 1 + size + 1
    return text
  })
}
