// What correlations and filters name: other rules, in lists, aliases and conditions.
import { CORRELATION_OPS } from '../../sigma/rule.ts'
import { type CompletionItem, KIND } from '../lsp/protocol.ts'
import type { KnownRule } from './known-rules.ts'

const CONDITION_WORDS = ['and', 'or', 'not', '1 of', 'all of', 'them']
const CONDITION_KEYS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(CORRELATION_OPS.map((op) => [op, 'Compared with a number.'])),
  field: 'The field whose values are counted, summed, ...',
  percentile: 'Which percentile, 0 to 100.',
}

/** Whether the values at a path are names of rules. */
export function namesRules(path: readonly string[]): boolean {
  const [top, key] = path
  return path.length === 2 && key === 'rules' && (top === 'correlation' || top === 'filter')
}

/** Items for a path of a correlation or filter; undefined where others know. `key` is the line's own key. */
export function referenceItems(
  path: readonly string[],
  key: string | undefined,
  rules: readonly KnownRule[],
): readonly CompletionItem[] | undefined {
  const [top, part] = path
  if (namesRules(path)) {
    const any: CompletionItem = {
      label: 'any',
      kind: KIND.keyword,
      detail: 'every rule of the log source',
    }
    return top === 'filter' ? [any, ...ruleItems(rules)] : ruleItems(rules)
  }
  if (top !== 'correlation') return undefined
  if (part === 'aliases' && path.length === 3 && key === undefined) {
    return ruleItems(rules.filter(({ name }) => name !== undefined))
  }
  if (part === 'generate' && key === 'generate') return ['true', 'false'].map(keyword)
  if (part !== 'condition' || path.length !== 2) return undefined
  if (key === 'condition') return [...CONDITION_WORDS.map(keyword), ...ruleItems(rules)]
  return Object.entries(CONDITION_KEYS).map(([label, detail]) => ({
    ...{ label, detail },
    kind: KIND.property,
  }))
}

function keyword(label: string): CompletionItem {
  return { label, kind: KIND.keyword }
}

/** Every name and id, with the title that says which rule it is. */
function ruleItems(rules: readonly KnownRule[]): CompletionItem[] {
  return rules.flatMap(({ id, name, title, kind }) =>
    [name, id].flatMap((label) =>
      label === undefined
        ? []
        : [{ label, kind: KIND.value, detail: title, documentation: `A ${kind}.` }],
    ),
  )
}
