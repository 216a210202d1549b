/** @jsxImportSource hono/jsx */
// The rule editor: one page over a draft, what it asks while someone types, and the acts that end in a
// proposal.
import { Hono } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { z } from 'zod'
import type { RedactedCases } from '../../../ci/redact/cases.ts'
import type { EditorModel, NewerModel } from '../../../views/editor/model.ts'
import { OpenedPage, ProposalFacts } from '../../../views/editor/opened.tsx'
import { EditorPage } from '../../../views/editor/page.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { isReady } from '../../services/draft-check.ts'
import { mergeDraft, type NewerFiles } from '../../services/draft-merge.ts'
import { baseHash } from '../../services/drafts.ts'
import { diffLines, hunksOf } from '../../services/line-diff.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import type { Draft, NewDraft } from '../../stores/state/drafts.ts'
import { explainError } from '../errors.ts'
import { askRoutes } from './editor-ask.tsx'
import {
  addressOf,
  DAYS_DEFAULT,
  type EditorForm,
  filesOf,
  rangeOfDays,
  readForm,
  requireEngineer,
  saveForm,
} from './editor-form.ts'
import { newRuleRoutes } from './editor-new.tsx'
import { actorOf, queryOf } from './forms.ts'
import { fragment, page, type Renderer } from './render.tsx'

/** Routes of the editor. */
export function editorRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.route('/', askRoutes(services))
  app.route('/', newRuleRoutes(services, renderer))
  app.get(urls.ruleEdit.pattern, async (c) => {
    requireEngineer(c)
    const draft = await services.drafts.ofRule(c.req.param('id'), actorOf(c))
    const { event, expect } = queryOf(c, EventParams)
    if (event === undefined) return show(c, services, renderer, draft)
    const { testText, made } = await services.drafts.withTest(draft, event, expect === 'fires')
    const notice = { kind: 'hint', text: addedText(made) } as const
    return show(c, services, renderer, { ...draft, testText }, { notice })
  })
  app.get(urls.ruleDraft.pattern, async (c) => {
    requireEngineer(c)
    const draft = await services.drafts.get(c.req.param('draft'), actorOf(c))
    return draft.proposal === undefined
      ? show(c, services, renderer, draft)
      : opened(c, services, renderer, { draft: draft.id, proposal: draft.proposal })
  })
  app.post(urls.editorAct.pattern, (c) => act(c, services, renderer))
  return app
}

const EventParams = z.object({
  event: z.string().max(64).optional(),
  expect: z.enum(['fires', 'silent']).catch('fires').default('fires'),
})

/** What was done to an event that became a test. */
function addedText({ replaced, kept }: RedactedCases): string {
  const names = replaced.map(({ kind, from, to }) => `${kind} ${from} as ${to}`)
  const stays = kept.map(({ kind, from }) => `${kind} ${from}`)
  return [
    'The event is a test now, redacted: look at the second tab before it leaves.',
    names.length === 0 ? 'Nothing in it names anyone.' : `Leaves with ${names.join(', ')}.`,
    ...(stays.length === 0 ? [] : [`Stays, for the rule asks for it: ${stays.join(', ')}.`]),
  ].join(' ')
}

type Extra = Pick<EditorModel, 'notice' | 'preview'> &
  Partial<Pick<EditorModel, 'days' | 'proposal'>>

async function show(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  draft: Draft | NewDraft,
  extra: Extra = {},
  status: StatusCode = 200,
) {
  const model = await modelOf(services, draft, extra)
  const title = `${model.live?.title ?? 'New rule'} · edit`
  const { editor } = await renderer.assets()
  const csrfToken = c.get('csrfToken') ?? ''
  const body = <EditorPage model={model} csrfToken={csrfToken} script={editor} now={Date.now()} />
  return page(c, renderer, { title, nav: 'rules', status }, body)
}

async function modelOf(
  { drafts, rules, proposals }: Services,
  draft: Draft | NewDraft,
  extra: Extra,
): Promise<EditorModel> {
  const { ruleId, path, text, testText } = draft
  const live = ruleId === undefined ? undefined : await rules.get(ruleId)
  const newer = await drafts.newer(draft)
  const title = /^title:[ \t]*['"]?(.*?)['"]?[ \t]*$/m.exec(text)?.[1] ?? 'rule'
  return {
    ...('id' in draft
      ? { draft: { id: draft.id, version: draft.version, updated: draft.updated } }
      : {}),
    ...(ruleId === undefined ? {} : { ruleId }),
    ...{ path, text, testText, base: baseHash(draft) },
    ...(live === undefined ? {} : { live }),
    check: await drafts.check({ path, text, testText }, ruleId),
    ...(newer === undefined ? {} : { newer: newerModel(draft, newer) }),
    days: DAYS_DEFAULT,
    proposal: {
      title: `${draft.baseText === undefined ? 'Add' : 'Change'} rule: ${title}`,
      body: '',
    },
    target: proposals.target,
    ...extra,
  }
}

function newerModel(draft: Draft | NewDraft, newer: NewerFiles): NewerModel {
  const lines = changesBetween(newer.text, draft.text)
  const testLines = changesBetween(newer.testText, draft.testText)
  const { conflicts } = mergeDraft(draft, newer)
  return { lines, testLines, conflicts, isGone: newer.isGone === true, seen: hashOf(newer) }
}

function changesBetween(before: string, after: string) {
  return before === after ? [] : hunksOf(diffLines(before, after))
}

function hashOf({ text, testText, isGone = false }: NewerFiles): string {
  return isGone ? 'gone' : baseHash({ baseText: text, baseTestText: testText })
}

/** What is newer, where it is what was shown. Rejects `conflict` where it is newer still. */
async function newerAsSeen({ drafts }: Services, draft: Draft, { seen }: EditorForm) {
  const newer = await drafts.newer(draft)
  if (newer !== undefined && seen !== hashOf(newer))
    throw new ServiceError('conflict', 'The content changed again: look at what is newer now.')
  return newer
}

async function opened(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  { draft, proposal: id }: { readonly draft: string; readonly proposal: string },
) {
  const proposal = await services.proposals.get(id)
  if (proposal === undefined) throw new ServiceError('not-found', `There is no proposal ${id}.`)
  const facts = { title: proposal.title, nav: 'rules' } as const
  const { target } = services.proposals
  if (c.req.query('part') === 'proposal')
    return fragment(c, renderer, facts, <ProposalFacts proposal={proposal} target={target} />)
  const body = <OpenedPage proposal={proposal} target={target} draft={draft} />
  return page(c, renderer, facts, body)
}

async function act(c: AppContext, services: Services, renderer: Renderer) {
  requireEngineer(c)
  const form = await readForm(c)
  const again = (error: unknown, draft: Draft | NewDraft, extra: Extra = {}) => {
    const known = explainError(error)
    if (known === undefined || known.status === 401) throw error
    const notice = { kind: 'problem', text: known.message } as const
    return show(c, services, renderer, draft, { ...extra, notice }, known.status)
  }
  if (form.do === 'discard') return discard(c, services, form)
  let draft: Draft
  try {
    draft = await saveForm(c, services, form)
  } catch (error) {
    return again(error, unsaved(form))
  }
  const proposal = { title: form.title || 'Change rule', body: form.body }
  try {
    return await ACTS[form.do](c, services, renderer, { draft, form })
  } catch (error) {
    return again(error, draft, form.do === 'open' ? { proposal } : {})
  }
}

/** What could not be saved is shown again as it was sent. */
function unsaved({ rule, path, text, test }: EditorForm): NewDraft {
  return { ...(rule === '' ? {} : { ruleId: rule }), path, text, testText: test }
}

async function discard(c: AppContext, services: Services, form: EditorForm) {
  if (form.draft !== '') await services.drafts.discard(form.draft, actorOf(c))
  return c.redirect(form.rule === '' ? urls.rules.href() : urls.rule.href({ id: form.rule }), 303)
}

function mergedNotice(conflicts: number): NonNullable<EditorModel['notice']> {
  if (conflicts === 0) return { kind: 'ok', text: 'Merged: the draft has both versions’ changes.' }
  const places = conflicts === 1 ? 'one place' : `${conflicts} places`
  const text = `Merged, but for ${places}: both versions stand there, marked. Keep what is right and delete the marks.`
  return { kind: 'hint', text }
}

type Act = (
  c: AppContext,
  services: Services,
  renderer: Renderer,
  given: { readonly draft: Draft; readonly form: EditorForm },
) => Promise<Response>

const ACTS: Readonly<Record<Exclude<EditorForm['do'], 'discard'>, Act>> = {
  save: async (c, _services, _renderer, { draft }) => c.redirect(addressOf(draft), 303),
  keep: async (c, services, _renderer, { draft, form }) => {
    const newer = await newerAsSeen(services, draft, form)
    const none = newer?.isGone === true || newer === undefined
    const base = none
      ? { baseText: null, baseTestText: null }
      : { baseText: newer.text, baseTestText: newer.testText }
    if (newer !== undefined) await services.drafts.save(draft.id, draft.version, base, actorOf(c))
    return c.redirect(addressOf(draft), 303)
  },
  take: async (c, services, _renderer, { draft, form }) => {
    const newer = await newerAsSeen(services, draft, form)
    if (newer !== undefined && newer.isGone !== true) {
      const { text, testText } = newer
      const change = { text, testText, baseText: text, baseTestText: testText }
      await services.drafts.save(draft.id, draft.version, change, actorOf(c))
    }
    return c.redirect(addressOf(draft), 303)
  },
  merge: async (c, services, renderer, { draft, form }) => {
    await newerAsSeen(services, draft, form)
    const merged = await services.drafts.merge(draft, actorOf(c))
    if (merged === undefined) return c.redirect(addressOf(draft), 303)
    const notice = mergedNotice(merged.conflicts)
    return show(c, services, renderer, await services.drafts.get(draft.id, actorOf(c)), { notice })
  },
  preview: async (c, services, renderer, { draft, form }) => {
    const preview = await services.drafts.preview({
      files: filesOf(form),
      ruleId: draft.ruleId,
      range: rangeOfDays(form.days),
      signal: c.req.raw.signal,
    })
    return show(c, services, renderer, draft, { preview, days: form.days })
  },
  open: async (c, services, renderer, { draft, form }) => {
    const { title, body } = form
    const outcome = await services.drafts.open(draft, { title, body }, actorOf(c))
    if ('proposal' in outcome) return c.redirect(urls.ruleDraft.href({ draft: draft.id }), 303)
    const text = isReady(outcome.refused)
      ? 'Not opened.'
      : 'Not opened: mend the errors and failing tests beside the text first. The draft is saved.'
    const notice = { kind: 'problem', text } as const
    return show(c, services, renderer, draft, { notice, proposal: { title, body } }, 422)
  },
}
