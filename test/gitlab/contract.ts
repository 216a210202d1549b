// What GitLab's documentation of its REST API (v4: notes of merge requests, the current user, pagination) lets a
// client send, and what it says that comes back.
import { z } from 'zod'

/** Characters of a note. */
const BODY_CHARACTERS_MAX = 1_000_000

const whole = z.string().regex(/^[1-9]\d*$/)

/** Query parameters of the list of notes. */
export const NotesQuery = z.strictObject({
  sort: z.enum(['asc', 'desc']).default('desc'),
  order_by: z.enum(['created_at', 'updated_at']).default('created_at'),
  activity_filter: z.enum(['all_notes', 'only_comments', 'only_activity']).default('all_notes'),
  page: whole.default('1'),
  per_page: whole.refine((text) => Number(text) <= 100, 'at most 100').default('20'),
})

export const NewNote = z.strictObject({
  body: z.string().min(1).max(BODY_CHARACTERS_MAX),
  internal: z.boolean().optional(),
  created_at: z.iso.datetime().optional(),
  merge_request_diff_head_sha: z.string().optional(),
})
export const ChangedNote = z.strictObject({ body: z.string().min(1).max(BODY_CHARACTERS_MAX) })

const Author = z.strictObject({
  id: z.number().int(),
  username: z.string(),
  name: z.string(),
  state: z.enum(['active', 'blocked']),
  avatar_url: z.url().nullable(),
  web_url: z.url(),
})
export type Author = z.output<typeof Author>

export const NoteAnswer = z.strictObject({
  id: z.number().int(),
  type: z.string().nullable(),
  body: z.string(),
  attachment: z.null(),
  author: Author,
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  system: z.boolean(),
  noteable_id: z.number().int(),
  noteable_type: z.literal('MergeRequest'),
  project_id: z.number().int(),
  noteable_iid: z.number().int(),
  resolvable: z.boolean(),
  confidential: z.boolean(),
  internal: z.boolean(),
  imported: z.boolean(),
  imported_from: z.string(),
})
export type Note = z.output<typeof NoteAnswer>

/** Commands that GitLab takes out of a note and runs: lines that begin with a slash. */
export function quickActions(body: string): readonly string[] {
  const outside = body.replace(/^```[\s\S]*?^```/gm, '')
  return [...outside.matchAll(/^\/([a-z_]+)\b.*$/gm)].map(([line]) => line)
}
