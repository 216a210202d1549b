// Makes the branch and the commit of a proposal in the content repository.
import { createHash } from 'node:crypto'
import { GitError } from '../releases/repository.ts'
import type { NewProposal } from '../services/proposals.ts'
import { ServiceError } from '../services/service-error.ts'
import type { Actor } from '../stores/state/access.ts'
import type { Proposal, ProposalRecord } from '../stores/state/proposals.ts'
import { COMMITTER, type Content, type Person } from './content.ts'
import { checkPath, FILE_MAX_BYTES, FILES_MAX } from './paths.ts'

export const TITLE_MAX = 200
export const BODY_MAX = 50_000
const SLUG_MAX = 40
const ID_HEX = 10
/** Proposals of the same change before this: closed, and made again. */
const REPEATS_MAX = 50

export interface PrepareParts {
  readonly content: Content
  readonly base: () => Promise<string | undefined>
  readonly stored: (id: string) => Promise<Proposal | undefined>
  /** Domain of the authors' addresses. */
  readonly emailDomain: string
  readonly now: () => number
}

/** Branch and commit of a change; see `ProposalService.prepare`. */
export async function prepareProposal(
  parts: PrepareParts,
  asked: NewProposal,
  by: Actor,
): Promise<ProposalRecord> {
  checkProposal(asked)
  const proposal = { ...asked, body: printable(asked.body) }
  const { content } = parts
  const base = await baseOf(parts, proposal)
  for (const file of proposal.files) await checkPlace(content, base, file)
  const tree = await content.treeWith(base, proposal.files)
  if (tree === (await content.treeOf(base)))
    throw new ServiceError('invalid', 'nothing would change: the content is like this already')
  const { id, known } = await freeId(parts, { ...proposal, base }, by)
  if (known !== undefined) return recordOf(known, by)
  const branch = branchOf(proposal, id)
  const existing = await content.commitOf(`refs/heads/${branch}`)
  const commit = existing ?? (await commitOnBranch(parts, proposal, { base, branch, tree, by }))
  const { kind, title, body, files } = proposal
  const paths = files.map(({ path }) => path)
  return { id, kind, title, body, branch, base, commit, paths, created: parts.now(), by }
}

/** Without what would steer the terminal of whoever reads the commit. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '')
}

function checkProposal({ title, body, files }: NewProposal): void {
  const fail = (message: string): never => {
    throw new ServiceError('invalid', message)
  }
  if (title.trim() === '' || title.length > TITLE_MAX || /\p{Cc}/u.test(title))
    fail(`the title must be one line of 1 to ${TITLE_MAX} characters`)
  if (body.length > BODY_MAX) fail(`the text is longer than ${BODY_MAX} characters`)
  if (files.length === 0 || files.length > FILES_MAX)
    fail(`a proposal changes 1 to ${FILES_MAX} files`)
  const seen = new Set<string>()
  for (const { path, text } of files) {
    checkPath(path)
    if (seen.has(path.toLowerCase())) fail(`${path} is named twice`)
    seen.add(path.toLowerCase())
    const folder = files.find((other) => other.text !== null && path.startsWith(`${other.path}/`))
    if (folder !== undefined) fail(`${folder.path} would be a file and a folder`)
    if (text !== null && Buffer.byteLength(text) > FILE_MAX_BYTES)
      fail(`${path} is larger than ${FILE_MAX_BYTES} bytes`)
  }
}

async function baseOf({ content, base }: PrepareParts, proposal: NewProposal): Promise<string> {
  if (proposal.base !== undefined && !/^[0-9a-f]{40,64}$/.test(proposal.base))
    throw new ServiceError('invalid', 'the base must be a full commit hash')
  const wanted = proposal.base ?? (await base())
  if (wanted === undefined)
    throw new ServiceError(
      'unavailable',
      'there is no content repository to propose changes to yet',
    )
  const commit = await content.commitOf(wanted)
  if (commit === undefined) throw new ServiceError('invalid', `there is no commit ${wanted}`)
  return commit
}

/** Refuses to write through or over a link or a submodule, and to delete what is not there. */
async function checkPlace(
  content: Content,
  base: string,
  { path, text }: NewProposal['files'][number],
): Promise<void> {
  const segments = path.split('/')
  for (let depth = 1; depth < segments.length; depth++) {
    const folder = segments.slice(0, depth).join('/')
    const found = await content.entry(base, folder)
    if (found !== undefined && found.mode !== '040000')
      throw new ServiceError('invalid', `${folder} is no folder`)
  }
  const found = await content.entry(base, path)
  if (found === undefined && text === null)
    throw new ServiceError('invalid', `${path} is not there to be deleted`)
  if (found !== undefined && !found.mode.startsWith('100'))
    throw new ServiceError('invalid', `${path} is no plain file`)
}

/** The same change by the same person on the same base has the same id, so that sending a form twice opens
 * one proposal. After the first was closed it gets another. */
async function freeId(
  { stored }: PrepareParts,
  proposal: NewProposal,
  by: Actor,
): Promise<{ readonly id: string; readonly known?: Proposal }> {
  const { kind, title, body, files, base } = proposal
  const said = JSON.stringify([kind, title, body, files, base, by.name])
  for (let repeat = 0; repeat < REPEATS_MAX; repeat++) {
    const id = createHash('sha256').update(`${repeat} ${said}`).digest('hex').slice(0, ID_HEX)
    const known = await stored(id)
    if (known === undefined) return { id }
    if (known.state === 'pending' || known.state === 'open') return { id, known }
  }
  throw new ServiceError('conflict', 'this change was proposed and closed too often')
}

function recordOf(proposal: Proposal, by: Actor): ProposalRecord {
  const { id, kind, title, body, branch, base, commit, paths, created } = proposal
  return { id, kind, title, body, branch, base, commit, paths, created, by }
}

/** `trapline/rule-brute-force-on-ssh-1a2b3c4d5e`. */
function branchOf({ kind, title }: NewProposal, id: string): string {
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_MAX)
    .replaceAll(/^-+|-+$/g, '')
  return `trapline/${kind}-${slug === '' ? 'change' : slug}-${id}`
}

async function commitOnBranch(
  { content, emailDomain, now }: PrepareParts,
  { title, body }: NewProposal,
  place: { readonly base: string; readonly branch: string; readonly tree: string; by: Actor },
): Promise<string> {
  const { base, branch, tree, by } = place
  const author = authorOf(by, emailDomain)
  const message = `${[title.trim(), body.trim()].filter((part) => part !== '').join('\n\n')}\n`
  const commit = await content.commit({ tree, parents: [base], message, author, at: now() })
  const ref = `refs/heads/${branch}`
  try {
    await content.setRef(ref, commit, undefined)
    return commit
  } catch (error) {
    // Made at the same moment by the same form sent twice: the first stays.
    const first = error instanceof GitError ? await content.commitOf(ref) : undefined
    if (first === undefined) throw error
    return first
  }
}

/** A person as an author: people have no address here, so one is made that receives nothing. */
export function authorOf({ name }: Actor, domain: string): Person {
  const clean = name.replaceAll(/[\p{Cc}<>"]/gu, '').trim() || COMMITTER.name
  return { name: clean, email: `${clean.replaceAll(/[^\w.+-]/g, '-').toLowerCase()}@${domain}` }
}
