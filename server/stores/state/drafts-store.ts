// Drafts of rules in state.db.
import type { Row } from '@libsql/client'
import { type Context, randomToken } from './context.ts'
import type { Draft, DraftChange, DraftStore } from './drafts.ts'
import { optional, text } from './rows.ts'
import { StateError } from './state-store.ts'

/** Open drafts of one person. */
export const DRAFTS_MAX = 200
const ID_BYTES = 9
/** What someone types into a draft is one audit entry in so long, milliseconds. */
export const DRAFT_AUDIT_MS = 600_000
/** Drafts whose last entry is remembered. */
const AUDITED_MAX = 1_000
const PROPOSED_PAGE_MAX = 200

export function createDraftStore({ database, now }: Context): DraftStore {
  const one = async (id: string, owner: string) => {
    const row = await database.first('SELECT * FROM drafts WHERE id = ? AND owner = ?', [id, owner])
    return row === undefined ? undefined : draftFromRow(row)
  }
  const stored = async (id: string, owner: string) => {
    const draft = await one(id, owner)
    if (draft !== undefined) return draft
    throw new StateError('not-found', `there is no draft ${id} of yours`)
  }
  const typing = createTyping(now)
  const openDrafts = async (owner: string) => {
    const sql =
      'SELECT * FROM drafts WHERE owner = ? AND proposal IS NULL ORDER BY updated DESC, id'
    return (await database.all(sql, [owner])).map(draftFromRow)
  }
  return {
    addDraft: async (draft, by) => {
      const id = `D-${randomToken(ID_BYTES)}`
      await database.write(async (write) => {
        const open = await openDrafts(by.name)
        if (open.some(({ path }) => path === draft.path))
          throw new StateError('conflict', `you have an open draft of ${draft.path} already`)
        if (open.length >= DRAFTS_MAX)
          throw new StateError('too-many', `you have ${DRAFTS_MAX} open drafts: discard some`)
        write.add(
          `INSERT INTO drafts (id, owner, rule_id, path, text, test_text, base_text, base_test_text,
             created, updated, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
          [
            ...[id, by.name, draft.ruleId ?? null, draft.path, draft.text, draft.testText],
            ...[draft.baseText ?? null, draft.baseTestText ?? null, now(), now()],
          ],
        )
        write.audit({ action: 'draft.start', object: `draft ${id}`, after: draft.path }, by)
      })
      return stored(id, by.name)
    },
    getDraft: one,
    openDrafts,
    proposedDrafts: async (owner, limit) =>
      (
        await database.all(
          `SELECT * FROM drafts WHERE owner = ? AND proposal IS NOT NULL
           ORDER BY updated DESC, id LIMIT ?`,
          [owner, Math.min(limit, PROPOSED_PAGE_MAX)],
        )
      ).map(draftFromRow),
    changeDraft: async (id, version, change, by) => {
      let isTyped = false
      await database.write(async (write) => {
        const before = await stored(id, by.name)
        if (before.proposal !== undefined)
          throw new StateError('conflict', `draft ${id} was proposed already`)
        if (before.version !== version)
          throw new StateError('conflict', `draft ${id} was changed in another window`)
        const { path = before.path, text = before.text, testText = before.testText } = change
        write.add(
          `UPDATE drafts SET path = ?, text = ?, test_text = ?, base_text = ?, base_test_text = ?,
             proposal = ?, updated = ?, version = version + 1 WHERE id = ?`,
          [
            ...[path, text, testText],
            ...[baseOf(change.baseText, before.baseText)],
            ...[baseOf(change.baseTestText, before.baseTestText)],
            ...[change.proposal ?? null, now(), id],
          ],
        )
        isTyped = (text !== before.text || testText !== before.testText) && typing.isDue(id)
        const after = { version: version + 1, text, testText }
        for (const entry of tracesOf(before, change, isTyped ? after : undefined))
          write.audit({ ...entry, object: `draft ${id}` }, by)
      })
      if (isTyped) typing.told(id)
      return stored(id, by.name)
    },
    removeDraft: (id, by) =>
      database.write(async (write) => {
        const { path } = await stored(id, by.name)
        write.add('DELETE FROM drafts WHERE id = ?', [id])
        write.audit({ action: 'draft.discard', object: `draft ${id}`, before: path }, by)
      }),
  }
}

/** Which drafts' typing the audit log was told of a short while ago. */
function createTyping(now: () => number) {
  const told = new Map<string, number>()
  return {
    isDue: (id: string) => {
      const at = told.get(id)
      return at === undefined || now() - at >= DRAFT_AUDIT_MS || now() < at
    },
    told: (id: string) => {
      if (told.size >= AUDITED_MAX) told.clear()
      told.set(id, now())
    },
  }
}

type Trace = { readonly action: string; readonly before?: string; readonly after?: string }
type Texts = Pick<Draft, 'version' | 'text' | 'testText'>

/** What the audit log says of a change; `typed` is what the texts are now, where that is said. */
function tracesOf(before: Draft, change: DraftChange, typed: Texts | undefined): readonly Trace[] {
  const { path = before.path, baseText, baseTestText, proposal } = change
  const traces: Trace[] = []
  if (typed !== undefined)
    traces.push({ action: 'draft.change', before: stamp(before), after: stamp(typed) })
  if (path !== before.path)
    traces.push({ action: 'draft.rename', before: before.path, after: path })
  if (baseText !== undefined || baseTestText !== undefined)
    traces.push({ action: 'draft.rebase', before: before.path, after: path })
  if (proposal !== undefined) traces.push({ action: 'draft.propose', after: proposal })
  return traces
}

/** Which text it was, without the text. */
function stamp({ version, text: rule, testText }: Texts): string {
  const sha256 = new Bun.CryptoHasher('sha256').update(`${rule}\0${testText}`).digest('hex')
  return JSON.stringify({ version, characters: rule.length + testText.length, sha256 })
}

function baseOf(change: string | null | undefined, before: string | undefined): string | null {
  return change === undefined ? (before ?? null) : change
}

function draftFromRow(row: Row): Draft {
  return {
    id: text(row.id),
    owner: text(row.owner),
    ...optional('ruleId', row.rule_id),
    path: text(row.path),
    text: text(row.text),
    testText: text(row.test_text),
    ...optional('baseText', row.base_text),
    ...optional('baseTestText', row.base_test_text),
    created: Number(row.created),
    updated: Number(row.updated),
    version: Number(row.version),
    ...optional('proposal', row.proposal),
  }
}
