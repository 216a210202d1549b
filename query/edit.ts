// Edits of a query's text that buttons make: filter for a value, filter it out, take a part away.
import { parseQuery } from './query.ts'

/** A value as the search language writes it so that it is found as itself. */
export function quoteValue(value: string | number | boolean): string {
  const text = String(value)
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.@:-]*$/u.test(text) && !/^(?:and|or|not)$/i.test(text))
    return text
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** A field name as the search language writes it. */
export function quoteField(name: string): string {
  if (/^@?[\p{L}_][\p{L}\p{N}_.@-]*$/u.test(name)) return name
  return `"${name.replaceAll('"', '\\"')}"`
}

/** The query narrowed to (or, negated, to all but) events with this value. */
export function addFilter(
  query: string,
  field: string,
  value: string | number | boolean,
  negated = false,
): string {
  const test = `${negated ? 'not ' : ''}${quoteField(field)}:${quoteValue(value)}`
  const base = query.trim()
  if (base === '') return test
  const parsed = parseQuery(base)
  const present = parsed.parts.some((part) => base.slice(part.start, part.end) === test)
  if (present) return base
  const needsGroup = parsed.parts.length === 1 && parsed.expr?.kind === 'or' && base[0] !== '('
  return `${needsGroup ? `(${base})` : base} and ${test}`
}

/** The query without one of its top-level parts (index into `parseQuery(query).parts`). */
export function removePart(query: string, index: number): string {
  const { parts } = parseQuery(query)
  return parts
    .filter((_, n) => n !== index)
    .map((part) => query.slice(part.start, part.end))
    .join(' and ')
}
