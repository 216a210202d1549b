// One note of ours on a merge request: found by its marker, changed in place, made where there is none.
import { z } from 'zod'
import { UsageError } from '../command.ts'
import { backoffOf } from './client.ts'
import { MARKER } from './comment.ts'
import { GITLAB_ATTEMPTS_MAX, type GitLab, GitLabError } from './gitlab.ts'
import type { Posted } from './sticky.ts'

export interface MergeRequestRef {
  /** Id of the project, or its path. */
  readonly project: string
  /** The merge request's number within the project. */
  readonly iid: number
  /** The merge request's page, for the note's address; undefined where nobody says. */
  readonly page?: string | undefined
}

const PAGE_NOTES = '100'
/** Pages looked through for our note: ten thousand notes. */
const PAGES_MAX = 100

const Note = z.looseObject({
  id: z.number(),
  body: z.string(),
  system: z.boolean(),
  author: z.looseObject({ id: z.number() }),
})
const Notes = z.array(Note)
const User = z.looseObject({ id: z.number() })

/**
 * Makes `body` the note of the merge request. Where making it failed half-way it is looked for before the next
 * attempt: a call that was done though its answer was lost leaves one note, not two.
 */
export async function postNote(
  gitlab: GitLab,
  merge: MergeRequestRef,
  body: string,
  sleep: (ms: number) => Promise<unknown> = Bun.sleep,
): Promise<Posted> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await postOnce(gitlab, merge, forGitLab(body))
    } catch (error) {
      const isUnsure = error instanceof GitLabError && (error.status === 0 || error.status >= 500)
      if (!isUnsure || attempt === GITLAB_ATTEMPTS_MAX) throw error
      await sleep(backoffOf(attempt))
    }
  }
}

/** The body as GitLab shows it as text: no line is a quick action, and nothing outside of code refers to
 * merge requests, milestones, labels, epics, snippets or alerts. */
export function forGitLab(body: string): string {
  return body
    .split(/(<code>.*?<\/code>)/)
    .map((part, at) =>
      at % 2 === 1
        ? part
        : part.replace(/(?:&#(?:33|36|38|94|126);|%)(?=[\w"])/g, (found) => `${found}&#8288;`),
    )
    .join('')
    .replace(/^([ \t>]*)\/(?=[a-z])/gim, '$1&#47;')
}

async function postOnce(gitlab: GitLab, merge: MergeRequestRef, body: string): Promise<Posted> {
  const notes = `/projects/${encodeURIComponent(merge.project)}/merge_requests/${merge.iid}/notes`
  const known = await ownNote(gitlab, notes)
  if (known !== undefined) {
    const url = addressOf(merge, known.id)
    if (known.body === body) return { url, way: 'unchanged' }
    if (await update(gitlab, `${notes}/${known.id}`, body)) return { url, way: 'updated' }
  }
  const { data } = await gitlab.call({ method: 'POST', path: notes, body: { body } })
  const made = Note.safeParse(data)
  if (!made.success) throw new UsageError('GitLab took the note and answered with none')
  return { url: addressOf(merge, made.data.id), way: 'created' }
}

function addressOf({ project, iid, page }: MergeRequestRef, id: number): string {
  return page === undefined ? `${project}!${iid}#note_${id}` : `${page}#note_${id}`
}

/** False where the note is somebody else's or gone. */
async function update(gitlab: GitLab, path: string, body: string): Promise<boolean> {
  try {
    await gitlab.call({ method: 'PUT', path, body: { body } })
    return true
  } catch (error) {
    if (error instanceof GitLabError && (error.status === 403 || error.status === 404)) return false
    throw error
  }
}

/** Anybody can write our first line: whoever owns the note could change our words afterwards. */
async function ownNote(
  gitlab: GitLab,
  path: string,
): Promise<{ readonly id: number; readonly body: string } | undefined> {
  const { id: self } = User.parse((await gitlab.call({ method: 'GET', path: '/user' })).data)
  let page: string | undefined = '1'
  for (let read = 0; read < PAGES_MAX && page !== undefined; read++) {
    const query = { sort: 'asc', order_by: 'created_at', per_page: PAGE_NOTES, page }
    // Pages may hold fewer notes than asked for though others follow: GitLab names the next one.
    const answer = await gitlab.call({ method: 'GET', path, query })
    const found = Notes.parse(answer.data).find(
      ({ body, system, author }) => !system && author.id === self && body.startsWith(MARKER),
    )
    if (found !== undefined) return found
    page = answer.nextPage
  }
  return undefined
}
