// One test as a field item of Sigma: its key with modifiers, and its value.
import type { Expr, Test, WildcardPart } from '../../sigma/ir/expr.ts'
import { targetName } from '../../sigma/ir/target-name.ts'
import { textTest } from '../../sigma/lower/finish.ts'
import { withoutRuns } from './canonical.ts'
import type { Refusal } from './selections.ts'

/** A scalar of YAML; `plain` is written without quotes. */
export type ItemValue = string | { readonly plain: string }

export interface Item {
  readonly key: string
  readonly value: ItemValue
}

/** The item of a test, or why Sigma has none. */
export function itemOf({ target, test }: Extract<Expr, { kind: 'match' }>): Item | Refusal {
  const name = targetName(target)
  if (name.includes('|') || (name === '' && target.scope !== 'keyword'))
    return { code: 'field-name', message: `Sigma cannot name the field "${name}"` }
  const asked = modifiersOf(test)
  if ('code' in asked) return asked
  const { modifiers, value } = asked
  const own = target.scope === 'keyword' && modifiers.length === 0 ? ['contains'] : modifiers
  return { key: [name, ...own].join('|'), value }
}

type Asked = { readonly modifiers: readonly string[]; readonly value: ItemValue }

function modifiersOf(test: Test): Asked | Refusal {
  switch (test.kind) {
    case 'equals':
    case 'startswith':
    case 'endswith':
    case 'contains':
      return textItem(test.kind, [{ literal: test.value }], test.cased)
    case 'wildcard':
      return wildcardItem(test.parts, test.cased)
    case 'regex':
      return { modifiers: ['re', ...[...new Set(test.flags)].sort()], value: test.pattern }
    case 'number':
      return { modifiers: [], value: { plain: test.text } }
    case 'compare':
      return { modifiers: [test.op], value: { plain: String(test.value) } }
    case 'cidr':
      return { modifiers: ['cidr'], value: test.network }
    case 'exists':
      return { modifiers: ['exists'], value: { plain: String(test.value) } }
    case 'null':
      return { modifiers: [], value: { plain: 'null' } }
    case 'any':
      return { modifiers: [], value: '*' }
    default:
      return { code: 'no-such-test', message: `rules have nothing like ${test.kind}` }
  }
}

function wildcardItem(parts: readonly WildcardPart[], cased: boolean): Asked {
  const plain = textTest(withoutRuns(parts), cased)
  if (plain.kind === 'startswith' || plain.kind === 'endswith' || plain.kind === 'contains')
    return textItem(plain.kind, [{ literal: plain.value }], cased)
  return textItem('equals', parts, cased)
}

function textItem(
  kind: 'equals' | 'startswith' | 'endswith' | 'contains',
  parts: readonly WildcardPart[],
  cased: boolean,
): Asked {
  const modifiers = [...(kind === 'equals' ? [] : [kind]), ...(cased ? ['cased'] : [])]
  return { modifiers, value: patternText(parts) }
}

/** The pattern as rules write it: a lone backslash before a plain character stands for itself. */
function patternText(parts: readonly WildcardPart[]): string {
  return parts
    .map((part, at) => {
      if (typeof part === 'string') return part
      const { literal } = part
      return literal.replace(/\\+|[*?]/g, (found: string, offset: number) => {
        const next = literal[offset + found.length] ?? parts[at + 1] ?? ''
        const isItself = found === '\\' && next !== '*' && next !== '?' && typeof next === 'string'
        return isItself ? found : found.replace(/[\\*?]/g, '\\$&')
      })
    })
    .join('')
}
