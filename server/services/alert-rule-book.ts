// Rules by the hash of their text, so that a match shows the rule as it was when it fired.

import { DEDUP_DEFAULT, DEDUP_WINDOW_DEFAULT_MS } from '../../sigma/dedup.ts'
import type { StoredMatch } from '../stores/events/event-store.ts'
import type { AlertWriter } from '../stores/state/alert-writer.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'

/** Matches of a rule that is not described yet wait this long for `setRules`. */
export const RULE_WAIT_MS = 10_000
/** Rules remembered, loaded or not, before they are read from the store again. */
const RULES_REMEMBERED_MAX = 50_000

export interface RuleBook {
  add(rules: readonly RuleFacts[]): void
  /** Learns the rules of these matches, from the store if need be. False while some rule is not known
   * and may yet be described. */
  describe(matches: readonly StoredMatch[]): Promise<boolean>
  of(match: StoredMatch): RuleFacts
  /** Rules that nobody described in time. */
  unknown(): number
}

/** A book over what the store keeps. */
export function createRuleBook(
  writer: Pick<AlertWriter, 'rulesByHash'>,
  wait_ms = RULE_WAIT_MS,
): RuleBook {
  const byHash = new Map<string, RuleFacts>()
  let unknown = 0
  let waitingSince: number | undefined
  const add = (rules: readonly RuleFacts[]) => {
    for (const rule of rules) byHash.set(rule.hash, rule)
  }
  return {
    add,
    describe: async (matches) => {
      if (byHash.size > RULES_REMEMBERED_MAX) byHash.clear()
      const missing = new Map<string, string>()
      for (const { ruleHash, ruleId } of matches) {
        if (!byHash.has(ruleHash)) missing.set(ruleHash, ruleId)
      }
      if (missing.size > 0) add(await writer.rulesByHash([...missing.keys()]))
      for (const hash of missing.keys()) if (byHash.has(hash)) missing.delete(hash)
      if (missing.size > 0) {
        waitingSince ??= performance.now()
        if (performance.now() - waitingSince < wait_ms) return false
        for (const [hash, id] of missing) byHash.set(hash, undescribed(id, hash))
        unknown += missing.size
      }
      waitingSince = undefined
      return true
    },
    of: (match) => byHash.get(match.ruleHash) ?? undescribed(match.ruleId, match.ruleHash),
    unknown: () => unknown,
  }
}

/** A match never goes lost because nobody described its rule. */
function undescribed(id: string, hash: string): RuleFacts {
  return {
    id,
    title: id,
    level: 'medium',
    hash,
    text: '',
    tags: [],
    dedup: DEDUP_DEFAULT,
    dedupWindow_ms: DEDUP_WINDOW_DEFAULT_MS,
  }
}
