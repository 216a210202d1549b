// What only a server knows to be wrong with a draft: ids that other live rules have, and live rules of the same
// file that it leaves out.
import type { Finding } from '../../sigma/lint/check.ts'
import { parseRules } from '../../sigma/parse/rules.ts'
import type { DraftFiles } from './draft-content.ts'
import type { Rules } from './rules.ts'

/** Code of the warning that a rule of the file would be gone. */
export const RULE_LEFT_OUT = 'rule-left-out'

/** Findings for ids that rules of other files have. `ruleId` is the rule that is edited. */
export function takenIds(
  draft: DraftFiles,
  rules: Pick<Rules, 'list'>,
  ruleId: string | undefined,
): readonly Finding[] {
  const own = draft.path.replace(/^detections\//, '')
  const others = new Map(
    rules
      .list()
      .filter(({ path, id, overlay }) => path !== own && !(overlay && id === ruleId))
      .map(({ id, path }) => [id, path]),
  )
  const lines = draft.text.split('\n')
  return parseRules(draft.text, { path: draft.path }).documents.flatMap(({ value, line }) => {
    const id = value?.id
    const path = id === undefined ? undefined : others.get(id)
    if (id === undefined || path === undefined) return []
    const at = lines.findIndex((text, n) => n >= line - 1 && text.includes(id))
    const column = (lines[at]?.indexOf(id) ?? 0) + 1
    const place = { path: draft.path, line: Math.max(at + 1, line), column }
    const message = `its id is that of ${path}`
    return [{ code: 'id-duplicate', severity: 'error' as const, message, ...place }]
  })
}

/** Warnings for live rules of the same file that the text no longer has. */
export function leftOut(
  draft: DraftFiles,
  rules: Pick<Rules, 'list'>,
  ruleId: string | undefined,
): readonly Finding[] {
  const own = draft.path.replace(/^detections\//, '')
  const { documents } = parseRules(draft.text, { path: draft.path })
  // While a document cannot be read nobody knows which rule it is.
  if (documents.some(({ value }) => value === undefined)) return []
  const ids = new Set(documents.map(({ value }) => value?.id))
  return rules
    .list()
    .filter(({ path, id, refused }) => path === own && refused === undefined && !ids.has(id))
    .filter(({ id }) => id !== ruleId)
    .map(({ id, title }) => ({
      ...{ code: RULE_LEFT_OUT, severity: 'warning', path: draft.path, line: 1, column: 1 },
      message: `rule "${title}" (${id}) of this file is left out: merging removes it`,
    }))
}
