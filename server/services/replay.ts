// Rules that are not live over what is stored (D11): nothing is raised, nothing changes.
import type { Event } from '../../parsers/event.ts'
import { compileMatcher } from '../../sigma/eval/matcher.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import { loadRules } from '../../sigma/load.ts'
import { contentOptions } from '../../sigma/pipeline/content.ts'
import { isListFile, isPipelineFile } from '../../sigma/pipeline/paths.ts'
import type { LoadedRule, RuleFile } from '../../sigma/rule.ts'
import type { EventReader, TimeRange } from '../stores/events/event-store.ts'
import { ServiceError } from './service-error.ts'

/** Rules of one replay. */
export const REPLAY_RULES_MAX = 500
const PAGE_EVENTS = 1_000
/** One page may take this long, milliseconds. */
const PAGE_TIMEOUT_MS = 120_000

/** Loads the versions of a replay, each on its own with its pipelines and lists: they share ids. Throws `invalid` naming file and line
 * of what cannot run. */
export function replayRules(versions: readonly (readonly RuleFile[])[]): readonly LoadedRule[] {
  const loaded = versions.map((files) => {
    const isBeside = ({ path }: RuleFile) => isPipelineFile(path) || isListFile(path)
    const { options, diagnostics } = contentOptions(files.filter(isBeside))
    const wrong = diagnostics.find(({ severity }) => severity === 'error')
    if (wrong !== undefined)
      throw new ServiceError('invalid', `${wrong.path}: ${wrong.code}: ${wrong.message}`)
    return loadRules(
      files.filter((file) => !isBeside(file)),
      options,
    )
  })
  const [bad] = loaded.flatMap(({ refused }) => refused)
  if (bad !== undefined)
    throw new ServiceError('invalid', `${bad.path}:${bad.line}: ${bad.reason}: ${bad.message}`)
  const rules = loaded.flatMap((version) => version.rules)
  if (rules.length > REPLAY_RULES_MAX)
    throw new ServiceError('too-large', `a replay takes at most ${REPLAY_RULES_MAX} rules`)
  return rules
}

/**
 * Every stored event of the range that at least one rule matches, newest first, in pages. The planner finds
 * candidates for all rules together; the matcher adds what log sources say. Throws `unavailable` when a
 * page takes too long: a replay is whole or it is none.
 */
export async function* replay(
  reader: EventReader,
  rules: readonly LoadedRule[],
  range: TimeRange,
  signal: AbortSignal,
): AsyncGenerator<readonly Event[], void, void> {
  const matcher = compileMatcher(rules)
  const expr: Expr = { kind: 'or', args: rules.map((rule) => rule.expr) }
  let request = { ...range, expr, limit: PAGE_EVENTS, timeout_ms: PAGE_TIMEOUT_MS }
  for (;;) {
    const found = await reader.search(request, signal)
    if (!found.stats.complete)
      throw new ServiceError('unavailable', `a replay's page took over ${PAGE_TIMEOUT_MS} ms`)
    const matched = found.events.filter((event) => matcher.match(event).length > 0)
    if (matched.length > 0) yield matched
    if (found.cursor === undefined) return
    request = Object.assign({}, request, { cursor: found.cursor, asof: found.asof })
  }
}
