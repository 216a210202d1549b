// `hashes_fields`: one field `Hashes` with `SHA1=...` becomes a field for each algorithm.
import { pushTo } from '../collections.ts'
import type { DetectionItem, Position, Scalar } from '../rule.ts'
import type { Context } from './context.ts'
import { type Plain, type PlainMap, stringAccess, textScalar, withWildcards } from './values.ts'

const ALGORITHM_OF_LENGTH: Readonly<Record<number, string>> = {
  32: 'MD5',
  40: 'SHA1',
  64: 'SHA256',
  128: 'SHA512',
}

const FIELDS_TO_PARSE: readonly Plain[] = ['Hashes', 'Hash']

/** Items of which any must hold, a field each; a finding when a value names no known algorithm. */
export function hashItems(
  settings: PlainMap,
  item: DetectionItem,
  { fail }: Context,
  at: Position,
): readonly DetectionItem[] {
  const { valid_hash_algos: valid, field_prefix: prefix, drop_algo_prefix: drop } = settings
  const known = Array.isArray(valid) ? (valid as readonly Plain[]).map(String) : []
  const parsed = settings['field_to_parse'] ?? FIELDS_TO_PARSE
  const isHash = Array.isArray(parsed) && (parsed as readonly Plain[]).includes(item.field ?? null)
  if (!isHash || stringAccess(item) !== 'strings') return [item]
  if (item.modifiers.includes('all')) {
    fail('pipeline-value-unsupported', 'hashes_fields: all values of one field cannot be split', at)
    return [item]
  }
  const byField = new Map<string, Scalar[]>()
  for (const value of withWildcards(item).values) {
    const parts = value.text.split(value.text.includes('|') ? '|' : '=')
    const hash = (parts.length === 2 ? parts[1]! : parts[0]!).replaceAll(/^[*?]+|[*?]+$/g, '')
    const named = parts.length === 2 ? parts[0]!.replace(/^\*+/, '').toUpperCase() : undefined
    const algorithm = named ?? ALGORITHM_OF_LENGTH[hash.length] ?? ''
    if (!known.includes(algorithm)) {
      fail('pipeline-hash-unknown', `"${value.text}" is no hash of ${known.join(', ')}`, value)
      continue
    }
    const field = `${String(prefix ?? '')}${drop === true ? '' : algorithm}`
    pushTo(byField, field, textScalar(hash, value))
  }
  const modifiers = item.modifiers.filter((name) => name === 'neq' || name === 'cased')
  return [...byField].map(([field, values]) => ({ ...item, field, modifiers, values }))
}
