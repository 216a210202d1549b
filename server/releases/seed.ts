// The content that came with the program as the first commit of `TRAPLINE_DATA/content.git`, so that the way
// from Git to the server is the same with nothing set up.
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Repository, runIn } from './repository.ts'

/** Where the program's own content lies. */
export const PROGRAM = resolve(import.meta.dir, '../..')
/** What of it is content; parsers' tables stay with the program. */
const SHIPPED_PATHS = ['detections', 'hunts', 'trapline.yml'] as const

/** The first commit of this data folder. */
export const SEED_REF = 'refs/trapline/seed'
/** Content of the newest program version that ran here, on top of what earlier ones brought. */
export const SHIPPED_REF = 'refs/trapline/shipped'
/** The branch that a server without `TRAPLINE_CONTENT` follows. */
export const OWN_BRANCH = 'refs/heads/main'

const AUTHOR = { name: 'Trapline', email: 'trapline@localhost' }

/** Makes the first commit, where there is none, and returns it. `own`: it is also the head of the branch that
 * this server follows. */
export async function seed(
  gitFolder: string,
  repository: Repository,
  own: boolean,
  program = PROGRAM,
): Promise<string> {
  const known = await repository.resolve(SEED_REF)
  const commit = known ?? (await commitShipped(gitFolder, program, undefined))
  if (known === undefined) {
    await repository.point(SHIPPED_REF, commit)
    await repository.point(SEED_REF, commit)
  }
  if (own && (await repository.resolve(OWN_BRANCH)) === undefined)
    await repository.point(OWN_BRANCH, commit)
  return commit
}

/** Commits the program's content where it is not what `SHIPPED_REF` holds; returns that reference's commit. */
export async function refreshShipped(
  gitFolder: string,
  repository: Repository,
  program = PROGRAM,
): Promise<string | undefined> {
  const before = await repository.resolve(SHIPPED_REF)
  if (before === undefined) return undefined
  const commit = await commitShipped(gitFolder, program, before)
  if (commit !== before) await repository.point(SHIPPED_REF, commit)
  return commit
}

async function commitShipped(
  gitFolder: string,
  program: string,
  parent: string | undefined,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trapline-seed-'))
  try {
    const env = { GIT_INDEX_FILE: join(folder, 'index') }
    const paths = SHIPPED_PATHS.filter((path) => holdsFiles(join(program, path)))
    const own = [`--work-tree=${program}`, '-c', 'core.autocrlf=false', '-c', 'core.fileMode=false']
    await runIn(gitFolder, [...own, 'add', '--force', '--', ...paths], env)
    const tree = (await runIn(gitFolder, ['write-tree'], env)).trim()
    if (parent !== undefined) {
      const same = (await runIn(gitFolder, ['rev-parse', `${parent}^{tree}`])).trim()
      if (same === tree) return parent
    }
    const args = ['commit-tree', tree, '-m', subjectOf(parent)]
    if (parent !== undefined) args.push('-p', parent)
    return (await runIn(gitFolder, args, identity())).trim()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function subjectOf(parent: string | undefined): string {
  return parent === undefined
    ? 'Content that came with the program'
    : 'Content of a newer program version'
}

function holdsFiles(path: string): boolean {
  if (!existsSync(path)) return false
  if (path.endsWith('.yml')) return true
  return readdirSync(path, { recursive: true, withFileTypes: true }).some((one) => one.isFile())
}

function identity(): Record<string, string> {
  const { name, email } = AUTHOR
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  }
}
