// Rules being written: kept for their author, checked as in CI, tried on stored events, proposed.

import { completionsAt } from '../../ci/checks/completion.ts'
import { readLintSettings } from '../../ci/lint-settings.ts'
import type { CompletionItem, Position } from '../../ci/lsp/protocol.ts'
import type { RedactedCases } from '../../ci/redact/cases.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import type { Actor } from '../stores/state/access.ts'
import type { Draft, DraftChange, NewDraft } from '../stores/state/drafts.ts'
import type { Proposal } from '../stores/state/proposals.ts'
import type { StateClient } from '../workers/state-client.ts'
import { checkInput, type DraftCheck, factsOfToday, isReady } from './draft-check.ts'
import { createDraftChecker } from './draft-checker.ts'
import { type DraftFiles, testPathOf } from './draft-content.ts'
import { mergeDraft, type NewerFiles } from './draft-merge.ts'
import { type PreviewInput, previewDraft } from './draft-preview.ts'
import type { ProposalService } from './proposals.ts'
import type { Preview } from './rule-preview.ts'
import { type AddedTest, addTestOf, casesFor, type Picked } from './rule-seeds.ts'
import type { Rules } from './rules.ts'
import { ServiceError } from './service-error.ts'

/** A draft as it would be started: what the content holds now. */
export type FreshDraft = NewDraft

export interface OpenOptions {
  readonly title: string
  readonly body: string
}

/** What opening came to: a proposal, or why there is none. */
export type Opened =
  | { readonly proposal: Proposal; readonly draft: Draft }
  | { readonly refused: DraftCheck }

export interface DraftService {
  /** The open draft of a rule, else what one would start from. Rejects `not-found` for an unknown rule. */
  ofRule(ruleId: string, by: Actor): Promise<Draft | FreshDraft>
  get(id: string, by: Actor): Promise<Draft>
  list(by: Actor): Promise<readonly Draft[]>
  /** Stores a draft. `base`: `baseHash` of what its author began from, where that may be old. */
  start(draft: NewDraft, by: Actor, base?: string): Promise<Draft>
  save(id: string, version: number, change: DraftChange, by: Actor): Promise<Draft>
  discard(id: string, by: Actor): Promise<void>
  /** The file of a live rule, whole. */
  live(ruleId: string): Promise<DraftFiles>
  /** The text that the content has now where it is another than the draft started from, or that it has none. */
  newer(draft: NewDraft): Promise<NewerFiles | undefined>
  /** Brings what is newer into a stored draft, line by line; where both changed the same lines both stay,
   * marked. Undefined where nothing is newer, or nothing is left. */
  merge(draft: Draft, by: Actor): Promise<{ readonly conflicts: number } | undefined>
  /** With the lint settings of the live content. */
  check(files: DraftFiles, ruleId?: string): Promise<DraftCheck>
  /** Redacted tests of a rule text from events. Rejects `invalid` where the rule does not run. */
  cases(draft: Pick<DraftFiles, 'path' | 'text'>, picked: Picked): Promise<RedactedCases>
  /** The tests of a draft with one more, of a stored event. */
  withTest(
    draft: DraftFiles & { readonly ruleId?: string },
    event: string,
    fires: boolean,
  ): Promise<AddedTest>
  complete(text: string, position: Position): readonly CompletionItem[]
  /** Rejects `invalid` where nothing of the draft runs, `too-many` above `PREVIEWS_MAX` at once. */
  preview(input: PreviewInput): Promise<Preview>
  /** Opens the pull request. Refused with the findings where the draft is not ready; rejects `conflict`
   * where the content is newer than what the draft started from. */
  open(draft: Draft, options: OpenOptions, by: Actor): Promise<Opened>
  stop(): Promise<void>
}

export interface DraftParts {
  readonly rules: Rules
  readonly events: EventReader
  readonly state: StateClient
  readonly proposals: ProposalService
  /** DNS domains that never leave the server. */
  readonly ownDomains?: readonly string[]
  /** Root of the live content. */
  readonly contentFolder: () => string
}

/** Previews under way at once on this server. */
export const PREVIEWS_MAX = 2

export function createDrafts(parts: DraftParts): DraftService {
  const { rules, events, state, proposals, ownDomains = [] } = parts
  const redaction = { ownDomains }
  let previews = 0
  const limited = async (input: PreviewInput) => {
    if (previews >= PREVIEWS_MAX)
      throw new ServiceError('too-many', 'Other previews are under way: try again in a moment.', 5)
    previews++
    try {
      return await previewDraft(parts, input)
    } finally {
      previews--
    }
  }
  const checker = createDraftChecker()
  const check = async (files: DraftFiles, ruleId?: string) => {
    const settings = await readLintSettings([], parts.contentFolder())
    return checker.check(checkInput(files, rules, ruleId, settings))
  }
  const get = async (id: string, by: Actor) => {
    const draft = await state.getDraft(id, by.name)
    if (draft === undefined)
      throw new ServiceError('not-found', `There is no draft ${id} of yours.`)
    return draft
  }
  const newer = (draft: NewDraft) => newerThan(proposals, draft)
  return {
    get,
    newer,
    merge: async (draft, by) => {
      const found = await newer(draft)
      if (found === undefined || found.isGone === true) return undefined
      const { conflicts, ...change } = mergeDraft(draft, found)
      await state.changeDraft(draft.id, draft.version, change, by)
      return { conflicts }
    },
    list: (by) => state.openDrafts(by.name),
    ofRule: async (ruleId, by) => {
      const open = await state.openDrafts(by.name)
      return open.find((draft) => draft.ruleId === ruleId) ?? (await fresh(parts, ruleId))
    },
    start: async (draft, by, base) => state.addDraft(await based(proposals, draft, base), by),
    save: (id, version, change, by) => state.changeDraft(id, version, change, by),
    live: async (ruleId) => {
      const rule = await rules.get(ruleId)
      if (rule === undefined) throw new ServiceError('not-found', `no rule ${ruleId}`)
      const [file] = rules.referred(new Set([ruleId]))
      const path = `detections/${rule.path}`
      return { path, text: file?.text ?? rule.text, testText: rule.testText ?? '' }
    },
    discard: (id, by) => state.removeDraft(id, by),
    check,
    withTest: (draft, event, fires) =>
      addTestOf(events, rules, draft, { event, fires, ruleId: draft.ruleId, redaction }),
    cases: (draft, picked) => casesFor(events, rules, draft, picked, redaction),
    complete: (text, position) => completionsAt(text, position, factsOfToday()),
    preview: limited,
    stop: async () => checker.stop(),
    open: async (draft, { title, body }, by) => {
      const found = await check(draft, draft.ruleId)
      if (!isReady(found)) return { refused: found }
      if ((await newer(draft)) !== undefined) {
        const message = `${draft.path} was changed or removed since the draft was started: look at what is newer first`
        throw new ServiceError('conflict', message)
      }
      const files = filesOf(draft)
      if (files.length === 0)
        throw new ServiceError('invalid', 'Nothing is changed: the content is like this already.')
      const proposal = await proposals.open({ kind: 'rule', title, body, files }, by)
      const proposed = await state.changeDraft(
        draft.id,
        draft.version,
        { proposal: proposal.id },
        by,
      )
      return { proposal, draft: proposed }
    },
  }
}

/** A draft's files as a proposal changes them. */
function filesOf({ path, text, testText, baseText, baseTestText }: Draft) {
  const testPath = testPathOf(path)
  return [
    ...(text === baseText ? [] : [{ path, text }]),
    ...(testText === (baseTestText ?? '')
      ? []
      : [{ path: testPath, text: testText === '' ? null : testText }]),
  ]
}

async function textsOf(proposals: ProposalService, path: string) {
  const [text, testText] = await Promise.all([
    proposals.file(path),
    proposals.file(testPathOf(path)),
  ])
  return { text, testText }
}

/** What the content has now where it is not what the draft is based on. */
async function newerThan(
  proposals: ProposalService,
  draft: NewDraft,
): Promise<NewerFiles | undefined> {
  const now = await textsOf(proposals, draft.path)
  const isSame = now.text === draft.baseText && (now.testText ?? '') === (draft.baseTestText ?? '')
  if (isSame) return undefined
  const { text = '', testText = '' } = now
  return { text, testText, ...(now.text === undefined ? { isGone: true } : {}) }
}

/** Tells whether content is still what a draft was started from. */
export function baseHash({ baseText, baseTestText }: Pick<NewDraft, 'baseText' | 'baseTestText'>) {
  const text = JSON.stringify([baseText ?? null, baseTestText ?? null])
  return new Bun.CryptoHasher('sha256').update(text).digest('hex')
}

/** A new draft knows what the content holds under its path. Where its author began from something older,
 * it knows nothing, so that what is newer is shown. */
async function based(
  proposals: ProposalService,
  draft: NewDraft,
  base: string | undefined,
): Promise<NewDraft> {
  const { text, testText } = await textsOf(proposals, draft.path)
  const now = {
    ...(text === undefined ? {} : { baseText: text }),
    ...(testText === undefined ? {} : { baseTestText: testText }),
  }
  const { baseText, baseTestText, ...rest } = draft
  return base === undefined || base === baseHash(now)
    ? { ...rest, ...now }
    : { ...rest, baseText: '' }
}

/** What the content holds of a rule; an overlay's rule as it is loaded, to be copied into the content. */
async function fresh({ rules, proposals }: DraftParts, ruleId: string): Promise<FreshDraft> {
  const rule = await rules.get(ruleId)
  if (rule === undefined)
    throw new ServiceError('not-found', `No rule ${ruleId} is loaded: it may have been removed.`)
  const path = `detections/${rule.path}`
  const { text, testText } = await textsOf(proposals, path)
  return {
    ...{ ruleId, path },
    text: text ?? `${rules.referred(new Set([ruleId]))[0]?.text ?? rule.text}\n`,
    testText: testText ?? (text === undefined ? (rule.testText ?? '') : ''),
    ...(text === undefined ? {} : { baseText: text }),
    ...(testText === undefined ? {} : { baseTestText: testText }),
  }
}
