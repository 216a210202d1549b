// A hunt's filters as terms of its query, in front of it, and the way back. Taking them off again is done
// only where putting them on gives the same text.
import { parseWildcards } from '../../sigma/text/wildcard.ts'
import { parseQuery } from '../query.ts'
import type { HuntFilters } from './hunt.ts'

const NAMES = ['source', 'severity', 'host'] as const
type Named = Pick<HuntFilters, (typeof NAMES)[number]>

/** Query and filters as one query. Undefined where a value cannot be written as a term. */
export function withFilters(query: string, filters: Named): string | undefined {
  const terms: string[] = []
  for (const name of NAMES) {
    const values = filters[name].map((value) => valueText(value))
    if (values.includes(undefined)) return undefined
    const [only] = values
    if (only === undefined) continue
    const text = values.length === 1 ? only : `(${values.join(' or ')})`
    terms.push(`@${name}:${text}`)
  }
  if (terms.length === 0) return query
  if (query.trim() === '') return terms.join(' and ')
  const isOr = parseQuery(query).expr?.kind === 'or'
  return [...terms, isOr ? `(${query})` : query].join(' and ')
}

/** Query and filters of a query that begins with terms as `withFilters` writes them. */
export function splitFilters(text: string): { readonly query: string; readonly filters: Named } {
  const whole = { query: text, filters: { source: [], severity: [], host: [] } }
  const { parts, valid } = parseQuery(text)
  if (!valid) return whole
  const filters: Record<(typeof NAMES)[number], readonly string[]> = { ...whole.filters }
  let taken = 0
  for (const name of NAMES) {
    const part = parts[taken]
    const values = part && filterValues(text.slice(part.start, part.end), name)
    if (values === undefined) continue
    filters[name] = values
    taken++
  }
  const rest = parts[taken]
  if (taken === 0 || rest === undefined) return whole
  const query = text.slice(rest.start)
  const inner = /^\((.*)\)$/s.exec(query)?.[1]
  const found = [inner, query].find(
    (one) => one !== undefined && withFilters(one, filters) === text,
  )
  return found === undefined ? whole : { query: found, filters }
}

/** The values of a filter's term; undefined where it is another. */
function filterValues(term: string, name: string): readonly string[] | undefined {
  const text = term.startsWith(`@${name}:`) ? term.slice(name.length + 2) : undefined
  if (text === undefined) return undefined
  const { parts } = parseQuery(text)
  const group = /^\((.*)\)$/s.exec(text)?.[1]
  const texts = group === undefined ? [text] : splitOr(group)
  if (parts.length !== 1 || texts === undefined) return undefined
  return texts.map(textValue)
}

/** The values of `a or "b c" or d`, where quotes hold no `or` of their own. */
function splitOr(text: string): readonly string[] | undefined {
  const values = [...text.matchAll(/"(?:[^"\\]|\\.)*"|(?:\\.|[^\s"\\])+/g)].map(([value]) => value)
  const isList = values.every((value, at) => (at % 2 === 1) === (value === 'or'))
  return isList && values.join(' ') === text ? values.filter((_, at) => at % 2 === 0) : undefined
}

const ESCAPED = /[*?\\"()[\]{}:/<>=!+&|~^ ]/g

/** A filter's value (`*` and `?` as wildcards, a backslash before them for themselves) as a term. */
function valueText(value: string): string | undefined {
  const parts = parseWildcards(value)
  const [only] = parts
  if (parts.length === 0) return '""'
  if (parts.length === 1 && typeof only === 'object') return literalText(only.literal)
  if (/[^\S ]/.test(value)) return undefined
  return parts
    .map((part) => (typeof part === 'string' ? part : part.literal.replace(ESCAPED, '\\$&')))
    .join('')
    .replace(/^-/, '\\-')
}

/** Unlike elsewhere, text with a colon is quoted: in a group it would be another field. */
function literalText(text: string): string {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(text) && !/^(?:and|or|not)$/i.test(text)) return text
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** A filter's value of a term: the inverse of `valueText` where that wrote it. */
function textValue(text: string): string {
  if (text.startsWith('"')) {
    const literal = text.slice(1, -1).replace(/\\(["\\])/g, '$1')
    return literal.replace(/[\\*?]/g, '\\$&')
  }
  return text.replace(/\\(.)/gs, (_, found: string) =>
    /[\\*?]/.test(found) ? `\\${found}` : found,
  )
}
