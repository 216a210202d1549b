// Rules through the API (D5): what is posted becomes a draft and a pull request, nothing live changes; a
// rule or a draft of it is tried on stored events (D11).
import { z } from 'zod'
import type { AppContext } from '../../middleware/env.ts'
import type { DraftCheck, DraftFinding } from '../../services/draft-check.ts'
import { DRAFT_LENGTH_MAX_CHARACTERS } from '../../services/draft-content.ts'
import { PREVIEW_DAYS_DEFAULT } from '../../services/rule-preview.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { RULE_LEFT_OUT } from '../../services/taken-ids.ts'
import type { Actor } from '../../stores/state/access.ts'
import type { Draft } from '../../stores/state/drafts.ts'
import type { Principal } from '../../stores/state/state-store.ts'
import { newRule } from './new-rule.ts'
import { PreviewAnswer, previewJson } from './preview-json.ts'
import { route } from './route.ts'
import { defined, iso, Severity, Time } from './schemas.ts'
import { RangeParams, rangeOf } from './search-params.ts'

const DAY_MS = 86_400_000

const Text = z.string().max(DRAFT_LENGTH_MAX_CHARACTERS)
const Said = {
  title: z.string().trim().min(1).max(200).optional().describe('Of the commit and pull request'),
  body: z.string().max(20_000).default('').describe('Markdown of the pull request'),
  draft: z.boolean().default(false).describe('Only keep the draft: findings do not refuse it'),
}

const Proposed = z.object({
  branch: z.string().nullable(),
  commit: z.string().nullable(),
  pull_request_url: z.string().nullable().describe('Null until the remote has it, or has none'),
  draft_id: z.string(),
})

const FindingAnswer = z.object({
  path: z.string(),
  line: z.number(),
  column: z.number(),
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
})
const TestAnswer = z.object({
  name: z.string(),
  match: z.boolean(),
  passed: z.boolean().nullable().describe('Null: it cannot run here'),
  message: z.string(),
})

/** The draft is kept and not proposed. */
const Refused = z.object({
  error: z.object({ code: z.string(), message: z.string(), request_id: z.string() }),
  draft_id: z.string(),
  findings: z.array(FindingAnswer),
  tests: z.array(TestAnswer),
})

export const createRule = route({
  method: 'post',
  path: '/api/v1/detections/rules',
  access: 'detections:write',
  tag: 'detections',
  summary: 'A new rule, from its text or from a search, as a pull request; nothing live changes',
  status: 202,
  body: z
    .strictObject({
      text: Text.optional().describe('Sigma YAML'),
      query: z.string().max(8_192).optional().describe('In place of text: a search'),
      level: Severity.optional().describe('Of a rule from a search'),
      test_text: Text.default(''),
      path: z.string().max(240).optional().describe('detections/...yml'),
      ...Said,
    })
    .refine(({ text, query }) => (text === undefined) !== (query === undefined), {
      message: 'give either text or query',
    }),
  answer: Proposed,
  also: { 422: Refused },
  handle: async ({ body, services, principal, c }) => {
    const by = actorOf(c, principal)
    const { text, path } = await newRule(services, body, by)
    const draft = await services.drafts.start({ path, text, testText: body.test_text }, by)
    return propose(c, services, draft, body, by)
  },
})

export const changeRule = route({
  method: 'patch',
  path: '/api/v1/detections/rules/:id',
  access: 'detections:write',
  tag: 'detections',
  summary: 'A change of a rule or its tests as a pull request; nothing live changes',
  status: 202,
  params: z.object({ id: z.string().max(200) }),
  body: z
    .strictObject({
      text: Text.optional().describe('The whole file, Sigma YAML'),
      test_text: Text.optional(),
      removes: z
        .array(z.string().max(200))
        .max(100)
        .default([])
        .describe('Ids of other rules of the file that the text leaves out on purpose'),
      hash: z.string().max(64).optional().describe('Of the rule that the change was made from'),
      ...Said,
    })
    .refine(({ text, test_text }) => text !== undefined || test_text !== undefined, {
      message: 'give text, test_text or both',
    }),
  answer: Proposed,
  also: { 422: Refused },
  handle: async ({ params, body, services, principal, c }) => {
    const by = actorOf(c, principal)
    const live = await services.rules.get(params.id)
    if (live !== undefined && body.hash !== undefined && body.hash !== live.hash)
      throw new ServiceError('conflict', `rule ${params.id} is ${live.hash} by now`)
    const current = await services.drafts.ofRule(params.id, by)
    await refuseLosses(services, current, params.id, body)
    const change = {
      ...(body.text === undefined ? {} : { text: body.text }),
      ...(body.test_text === undefined ? {} : { testText: body.test_text }),
    }
    const draft =
      'id' in current
        ? await services.drafts.save(current.id, current.version, change, by)
        : await services.drafts.start({ ...current, ...change }, by)
    return propose(c, services, draft, body, by)
  },
})

export const testRule = route({
  method: 'post',
  path: '/api/v1/detections/rules/:id/test',
  access: 'detections:read',
  tag: 'detections',
  summary:
    'A rule, or another text of it, over stored events: histogram and samples; raises nothing',
  params: z.object({ id: z.string().max(200) }),
  query: RangeParams,
  body: z.strictObject({ text: Text.optional(), test_text: Text.optional() }),
  answer: PreviewAnswer.extend({
    findings: z.array(FindingAnswer),
    tests: z.array(TestAnswer),
  }),
  handle: async ({ params, query, body, services, c }) => {
    const live = await services.drafts.live(params.id)
    const files = {
      path: live.path,
      text: body.text ?? live.text,
      testText: body.test_text ?? live.testText,
    }
    const now = Date.now()
    const from = new Date(now - PREVIEW_DAYS_DEFAULT * DAY_MS).toISOString()
    const range = rangeOf({ from, ...query }, now)
    const check = await services.drafts.check(files, params.id)
    const preview = await services.drafts.preview({
      ...{ files, range, ruleId: params.id, signal: c.req.raw.signal },
    })
    return { ...previewJson(preview), ...checkJson(check) }
  },
})

const DraftAnswer = z.object({
  draft_id: z.string(),
  rule_id: z.string().optional(),
  path: z.string(),
  updated: Time,
  version: z.number(),
  proposal_id: z.string().optional(),
})

export const listDrafts = route({
  method: 'get',
  path: '/api/v1/detections/drafts',
  access: 'detections:write',
  tag: 'detections',
  summary: 'The caller’s drafts that are not proposed yet',
  answer: z.object({ drafts: z.array(DraftAnswer) }),
  handle: async ({ services, principal, c }) => {
    const drafts = await services.drafts.list(actorOf(c, principal))
    return { drafts: drafts.map(draftJson) }
  },
})

export const getDraft = route({
  method: 'get',
  path: '/api/v1/detections/drafts/:id',
  access: 'detections:write',
  tag: 'detections',
  summary: 'One draft of the caller with its texts and findings',
  params: z.object({ id: z.string().max(64) }),
  answer: DraftAnswer.extend({
    text: z.string(),
    test_text: z.string(),
    findings: z.array(FindingAnswer),
    tests: z.array(TestAnswer),
  }),
  handle: async ({ params, services, principal, c }) => {
    const draft = await services.drafts.get(params.id, actorOf(c, principal))
    const { text, testText } = draft
    return {
      ...draftJson(draft),
      ...{ text, test_text: testText },
      ...checkJson(await services.drafts.check(draft, draft.ruleId)),
    }
  },
})

function draftJson({ id, ruleId, path, updated, version, proposal }: Draft) {
  return {
    draft_id: id,
    ...{ path, version, updated: iso(updated) },
    ...defined({ rule_id: ruleId, proposal_id: proposal }),
  }
}

function actorOf(c: AppContext, principal: Principal | undefined): Actor {
  return { name: principal?.name ?? '', ip: c.get('ip') }
}

/** A text that would silently delete other rules of its file is refused. */
async function refuseLosses(
  { drafts }: Services,
  current: Pick<Draft, 'path' | 'testText'>,
  ruleId: string,
  { text, removes }: { readonly text?: string | undefined; readonly removes: readonly string[] },
): Promise<void> {
  if (text === undefined) return
  const { findings } = await drafts.check({ path: current.path, text, testText: '' }, ruleId)
  const lost = findings.filter(
    ({ code, message }) =>
      code === RULE_LEFT_OUT && !removes.some((id) => message.includes(`(${id})`)),
  )
  if (lost.length === 0) return
  const said = lost.map(({ message }) => message).join('; ')
  throw new ServiceError('invalid', `${said}. Send the whole file, or name them in removes`)
}

interface SaidBody {
  readonly title?: string | undefined
  readonly body: string
  readonly draft: boolean
}

/** Opens the pull request of a draft; 422 with what is wrong where it is not ready. The draft stays. */
async function propose(c: AppContext, services: Services, draft: Draft, said: SaidBody, by: Actor) {
  const none = { branch: null, commit: null, pull_request_url: null, draft_id: draft.id }
  if (said.draft) return none
  const title = said.title ?? `${draft.baseText === undefined ? 'Add' : 'Change'} ${draft.path}`
  const outcome = await services.drafts.open(draft, { title, body: said.body }, by)
  if ('proposal' in outcome) {
    const { branch, commit, url } = outcome.proposal
    return { branch, commit, pull_request_url: url ?? null, draft_id: draft.id }
  }
  const message = 'the draft is kept and not proposed: it has errors, or tests fail'
  const error = { code: 'findings', message, request_id: c.get('requestId') }
  return c.json({ error, draft_id: draft.id, ...checkJson(outcome.refused) }, 422)
}

function checkJson({ findings, tests }: DraftCheck) {
  return {
    findings: findings.map(findingJson),
    tests: tests.map(({ name, match, passed, message }) => ({
      ...{ name, match, message },
      passed: passed ?? null,
    })),
  }
}

function findingJson({ path, line, column, code, severity, message }: DraftFinding) {
  return { path, line, column, code, severity, message }
}
