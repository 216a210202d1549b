// `extract_fields`: named groups of a regular expression become fields of their own.
import { RE2JS } from 're2js'
import { compileRegex, isCompiledRegex } from '../regex.ts'
import type { DetectionItem, Position, Scalar } from '../rule.ts'
import type { Context } from './context.ts'
import {
  type PlainMap,
  plainText,
  scalarOf,
  stringAccess,
  textScalar,
  withWildcards,
} from './values.ts'

/** Items of which any must hold: for each value that matches, a field for each group that took part. */
export function extractItems(
  settings: PlainMap,
  item: DetectionItem,
  { fail }: Context,
  at: Position,
): readonly DetectionItem[] {
  const pattern = String(settings['regex'] ?? '')
  const compiled = compileRegex(pattern)
  const groups = isCompiledRegex(compiled) ? Object.keys(RE2JS.compile(pattern).namedGroups()) : []
  if (groups.length === 0) {
    const why = isCompiledRegex(compiled) ? 'the pattern has no named group' : compiled.message
    fail('pipeline-regex', `extract_fields: ${why}`, at)
    return [item]
  }
  const { modifiers, values } = withWildcards(item)
  if (stringAccess(item) !== 'strings' || values.some(({ kind }) => kind !== 'string'))
    return [item]
  if (modifiers.includes('neq')) {
    fail('pipeline-value-unsupported', 'extract_fields: values under neq cannot be split', at)
    return [item]
  }
  const prefix = settings['field_prefix']
  const nameOf = (group: string) => (typeof prefix === 'string' ? `${prefix}.${group}` : group)
  const made = values.flatMap((value): DetectionItem[] => {
    const matcher = RE2JS.compile(pattern).matcher(plainText(value.text))
    if (!matcher.lookingAt()) {
      return settings['preserve_unmatched'] === true
        ? [{ ...item, modifiers: [], values: [value] }]
        : []
    }
    const fields = groups.flatMap((group): DetectionItem[] => {
      const text = matcher.group(group)
      if (text === null || text === undefined || text === '') return []
      return [{ ...item, field: nameOf(group), modifiers: [], values: [typed(text, value)] }]
    })
    return fields.length === 0 ? [] : [together(fields)]
  })
  if (made.length === 0) return [item]
  return modifiers.includes('all') ? [together(made)] : made
}

function together(items: readonly DetectionItem[]): DetectionItem {
  const [first] = items
  return items.length === 1 ? first! : { ...first!, all: items }
}

const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/

/** `null` and `none` are null, numbers without leading zeros are numbers. */
function typed(text: string, at: Scalar): Scalar {
  if (/^(?:null|none)$/i.test(text)) return scalarOf(null, at)
  const isNumber = NUMBER.test(text) && (text === '0' || !text.startsWith('0'))
  return isNumber ? { ...scalarOf(Number(text), at), text } : textScalar(text, at)
}
