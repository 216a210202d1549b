// What only a server knows to be wrong with a draft: ids that other live rules have.
import type { Finding } from '../../sigma/lint/check.ts'
import { parseRules } from '../../sigma/parse/rules.ts'
import type { DraftFiles } from './draft-content.ts'
import type { Rules } from './rules.ts'

/** Findings for ids that are taken by rules of other files. `ruleId` is the rule that is edited. */
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
  return parseRules(draft.text, { path: draft.path }).documents.flatMap(({ value, line }) => {
    const path = value?.id === undefined ? undefined : others.get(value.id)
    if (path === undefined) return []
    const at = draft.text
      .split('\n')
      .findIndex((text, n) => n >= line - 1 && text.includes(`${value?.id}`))
    const place = { path: draft.path, line: Math.max(at + 1, line), column: 1 }
    const message = `its id is that of ${path}`
    return [{ code: 'id-duplicate', severity: 'error' as const, message, ...place }]
  })
}
