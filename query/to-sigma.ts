// A search as a Sigma detection that matches the same events, or by name why there is none. Names of the
// search language that may be a column become the field where the event has it, else the column (`@host`);
// bare words become regular expressions over every text. What comes out is read back as a rule and compared.
import type { Expr } from '../sigma/ir/expr.ts'
import { loadRules } from '../sigma/load.ts'
import { parseQuery } from './query.ts'
import { canonical } from './to-sigma/canonical.ts'
import { expand } from './to-sigma/expand.ts'
import { type Detection, detectionOf, isRefusal, type Refusal } from './to-sigma/selections.ts'
import { yamlOf } from './to-sigma/yaml.ts'

export interface SigmaDetection extends Detection {
  /** The `detection:` block of a rule, ending with a newline. */
  readonly yaml: string
  /** Columns that it reads (`@host`): other Sigma engines have no such fields. Empty: plain Sigma. */
  readonly columns: readonly string[]
}

/** Why a search is no rule: `code` is stable, `message` says what to change. */
export type { Refusal } from './to-sigma/selections.ts'
export { isRefusal } from './to-sigma/selections.ts'

/**
 * The detection of a search. A JSON null counts as an absent field.
 *
 * @example queryToSigma('Image:*\\cmd.exe and not User:SYSTEM')
 */
export function queryToSigma(query: string): SigmaDetection | Refusal {
  const { expr, valid, diagnostics } = parseQuery(query)
  if (!valid) {
    const first = diagnostics.find(({ severity }) => severity === 'error')
    return { code: first?.code ?? 'query-invalid', message: first?.message ?? 'cannot be read' }
  }
  return expr === undefined ? EVERYTHING : exprToSigma(expr)
}

const EVERYTHING: Refusal = {
  code: 'matches-everything',
  message: 'a rule must ask for something: add a term to the search',
}

/** The same for an expression that a search, its filters included, was lowered to. */
export function exprToSigma(expr: Expr): SigmaDetection | Refusal {
  const expanded = expand(expr)
  if (isRefusal(expanded)) return expanded
  const detection = detectionOf(expanded)
  if (isRefusal(detection)) return detection
  const yaml = yamlOf(detection)
  const { rules, diagnostics } = loadRules([{ path: 'search', text: HEAD + yaml }])
  const lowered = rules[0]?.expr
  if (lowered === undefined)
    return { code: 'rule-refused', message: diagnostics[0]?.message ?? 'the rule cannot be read' }
  if (canonical(lowered) !== canonical(expanded))
    return { code: 'not-equal', message: 'the rule would not mean the same as the search' }
  const columns = new Set(yaml.match(/(?<=^[ -]*'?)@\w+/gm) ?? [])
  return { ...detection, yaml, columns: [...columns] }
}

const HEAD = 'title: Search\nid: 00000000-0000-4000-8000-000000000000\nlogsource:\n  product: any\n'
