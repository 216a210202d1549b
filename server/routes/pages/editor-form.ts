// The editor's one form, and saving what it holds.
import { z } from 'zod'
import { urls } from '../../../views/urls.ts'
import type { AppContext } from '../../middleware/env.ts'
import { DRAFT_LENGTH_MAX_CHARACTERS, type DraftFiles } from '../../services/draft-content.ts'
import { can } from '../../services/permissions.ts'
import { rulePathProblem } from '../../services/rule-path.ts'
import { PREVIEW_DAYS_DEFAULT, PREVIEW_DAYS_MAX } from '../../services/rule-preview.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import type { TimeRange } from '../../stores/events/event-store.ts'
import type { Draft } from '../../stores/state/drafts.ts'
import { actorOf, formOf } from './forms.ts'

const DAY_MS = 86_400_000
export const DAYS_DEFAULT = PREVIEW_DAYS_DEFAULT

/** Text areas are sent with CRLF. */
export const textField = z
  .string()
  .max(2 * DRAFT_LENGTH_MAX_CHARACTERS)
  .default('')
  .transform((value) => value.replaceAll('\r\n', '\n'))
  .pipe(z.string().max(DRAFT_LENGTH_MAX_CHARACTERS, 'the text is too long'))

export const pathField = z.string().max(300).default('').transform(trim)

const Form = z.object({
  do: z.enum(['save', 'preview', 'open', 'discard', 'keep', 'take', 'merge']).default('save'),
  draft: z.string().max(64).default(''),
  version: z.coerce.number().int().min(0).default(0),
  rule: z.string().max(200).default(''),
  base: z.string().max(64).default(''),
  /** Hash of the newer version that was shown. */
  seen: z.string().max(64).default(''),
  path: pathField,
  text: textField,
  test: textField,
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(PREVIEW_DAYS_MAX)
    .catch(DAYS_DEFAULT)
    .default(DAYS_DEFAULT),
  title: z.string().max(200).default('').transform(trim),
  body: textField,
})
export type EditorForm = z.output<typeof Form>

function trim(value: string): string {
  return value.trim()
}

/** Rejects `forbidden` for people who may not write rules. */
export function requireEngineer(c: AppContext): void {
  if (!can(c.get('principal'), 'detections:write'))
    throw new ServiceError('forbidden', 'Writing rules needs the role engineer or admin.')
}

export function readForm(c: AppContext): Promise<EditorForm> {
  return formOf(c, Form)
}

export function filesOf({ path, text, test }: EditorForm): DraftFiles {
  return { path, text, testText: test }
}

/** The last days, up to now. */
export function rangeOfDays(days: number, now = Date.now()): TimeRange {
  return { from: now - days * DAY_MS, to: now }
}

/** Where a draft is edited. */
export function addressOf({ id, ruleId }: Pick<Draft, 'id' | 'ruleId'>): string {
  return ruleId === undefined
    ? urls.ruleDraft.href({ draft: id })
    : urls.ruleEdit.href({ id: ruleId })
}

/** Stores what the form holds: a new draft, or the next version of one. Rejects `conflict`. */
export async function saveForm(
  c: AppContext,
  { drafts }: Services,
  form: EditorForm,
): Promise<Draft> {
  const { draft, version, rule, base, path, text, test } = form
  const problem = rulePathProblem(path)
  if (problem !== undefined) throw new ServiceError('invalid', problem)
  const by = actorOf(c)
  if (draft !== '') return drafts.save(draft, version, { path, text, testText: test }, by)
  const files = { path, text, testText: test, ...(rule === '' ? {} : { ruleId: rule }) }
  return drafts.start(files, by, base === '' ? undefined : base)
}
