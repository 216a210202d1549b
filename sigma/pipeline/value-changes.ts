// Transformations of values. They see strings as pySigma does: `contains` and its kin written as wildcards.
import { compileRegex, isCompiledRegex } from '../regex.ts'
import type { DetectionItem, Position, Scalar } from '../rule.ts'
import { formatWildcards, parseWildcards } from '../text/wildcard.ts'
import type { Context } from './context.ts'
import { replacing } from './replacement.ts'
import {
  type Plain,
  type PlainMap,
  plainText,
  scalarOf,
  stringAccess,
  textScalar,
  withWildcards,
} from './values.ts'

type Change = (
  settings: PlainMap,
  item: DetectionItem,
  context: Context,
  at: Position,
) => DetectionItem

/** A change of each string of an item. */
function ofStrings(
  change: (text: string, settings: PlainMap) => readonly string[],
  numbersToo = false,
): Change {
  return (settings, item, context, at) => {
    const access = stringAccess(item)
    if (access === 'none') return item
    if (access === 'encoded') {
      const message = `${item.field ?? 'keywords'}: values with ${item.modifiers.join(', ')} cannot be changed`
      context.fail('pipeline-value-unsupported', message, at)
      return item
    }
    const written = withWildcards(item)
    const values = written.values.flatMap((value): readonly Scalar[] => {
      const isMeant = value.kind === 'string' || (numbersToo && value.kind === 'number')
      return isMeant ? change(value.text, settings).map((text) => textScalar(text, value)) : [value]
    })
    const isSame = values.every((value, n) => value.text === written.values[n]?.text)
    return isSame ? item : { ...written, values }
  }
}

/** Expressions of pipelines see a backslash as one, however the rule writes it; afterwards each that is not before a
 * wildcard stands for itself. */
function replaceWhole(text: string, replace: (text: string) => string): string {
  const parts = parseWildcards(text)
  const plain = plainText(text)
  const written = (one: string) => one.replaceAll(/\\(?![*?])/g, '\\\\')
  const replaced = replace(plain)
  if (replaced === plain) return text
  if (formatWildcards(parseWildcards(written(plain))) === formatWildcards(parts)) {
    return written(replaced)
  }
  // A backslash before a wildcard has no plain form: where no wildcard is meant literally, every one is one.
  const isLiteral = parts.some((part) => typeof part !== 'string' && /[*?]/.test(part.literal))
  return isLiteral ? replace(text) : replaced.replaceAll('\\', '\\\\')
}

const replaceString: Change = (settings, item, context, at) => {
  const pattern = String(settings['regex'] ?? '')
  const compiled = compileRegex(pattern)
  if (!isCompiledRegex(compiled)) {
    context.fail('pipeline-regex', `replace_string: ${compiled.message}`, at)
    return item
  }
  const replace = replacing(pattern, String(settings['replacement'] ?? ''))
  if (typeof replace === 'string') {
    context.fail('pipeline-regex', `replace_string: replacement: ${replace}`, at)
    return item
  }
  if (settings['skip_special'] !== true) {
    const change = ofStrings((text) => [replaceWhole(text, replace)], true)
    return change(settings, item, context, at)
  }
  const isRead = settings['interpret_special'] === true
  const literally = (literal: string) => (isRead ? parseWildcards(literal) : [{ literal }])
  const change = ofStrings((text) => {
    const parts = parseWildcards(text).flatMap((part) =>
      typeof part === 'string' ? [part] : literally(replace(part.literal)),
    )
    return [formatWildcards(parts)]
  })
  return change(settings, item, context, at)
}

const SHAPES: readonly string[] = ['contains', 'startswith', 'endswith']

/** Texts as regular expressions that mean the same, without regard to case unless `plain`; numbers stay numbers. */
const toRegex: Change = (settings, item, context, at) => {
  if (stringAccess(item) === 'none') return item
  const [isNegated, isAll] = ['neq', 'all'].map((name) => item.modifiers.includes(name))
  const isShaped = item.modifiers.some((name) => SHAPES.includes(name))
  const others = isShaped ? [] : item.values.filter(({ kind }) => kind !== 'string')
  if (others.length === item.values.length) return item
  const odd = item.modifiers.find((name) => ![...SHAPES, 'all', 'neq'].includes(name))
  if (odd !== undefined || (others.length > 0 && isNegated && isAll)) {
    const what = odd ?? 'text and numbers under neq and all'
    context.fail('pipeline-value-unsupported', `regex: cannot be made of ${what}`, at)
    return item
  }
  const texts = item.values.filter((value) => !others.includes(value))
  const made = regexOf({ ...item, values: texts }, settings['method'] === 'plain')
  if (others.length === 0) return made
  const parts = [made, { ...item, values: others }]
  return isNegated || isAll ? { ...item, all: parts } : { ...item, any: parts }
}

function regexOf(item: DetectionItem, isCased: boolean): DetectionItem {
  const written = withWildcards(item)
  const values = written.values.map((value) => {
    const parts = parseWildcards(value.text).map((part) => {
      if (typeof part === 'string') return part === '*' ? '.*' : '.'
      return part.literal.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
    })
    return textScalar(`^(?:${parts.join('')})$`, value)
  })
  const kept = written.modifiers.filter((name) => name === 'all' || name === 'neq')
  return { ...written, modifiers: ['re', ...(isCased ? ['s'] : ['s', 'i']), ...kept], values }
}

const DECIMAL = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/

const convertType: Change = ({ target_type: target }, item, { fail }, at) => {
  if (stringAccess(item) === 'none') return item
  const values = item.values.map((value): Scalar => {
    if (value.kind === 'null' || value.kind === 'boolean') return value
    if (target === 'str') return textScalar(value.text, value)
    if (target === 'num' && DECIMAL.test(value.text)) return scalarOf(Number(value.text), value)
    fail(
      'pipeline-value-unsupported',
      `convert_type: "${value.text}" cannot be ${String(target)}`,
      at,
    )
    return value
  })
  return { ...item, values }
}

const setValue: Change = ({ value = null, force_type: force }, item, { fail }, at) => {
  if (typeof value === 'object' && value !== null) {
    fail('pipeline-shape', 'set_value: sets one value, no list or map', at)
    return item
  }
  const plain: Plain = force === 'str' ? String(value) : force === 'num' ? Number(value) : value
  const modifiers = item.modifiers.filter((name) => name === 'neq')
  return { ...item, modifiers, values: [scalarOf(plain, item)] }
}

/** Changes a value's case; only exact comparisons (`cased`, `re`) can tell. */
const changeCase = ofStrings((text, { method }) => {
  if (method === 'upper') return [text.toUpperCase()]
  if (method !== 'snake_case') return [text.toLowerCase()]
  const snake = (literal: string) => literal.replaceAll(/(?!^)(?=[A-Z])/g, '_').toLowerCase()
  const parts = parseWildcards(text).map((part) =>
    typeof part === 'string' ? part : { literal: snake(part.literal) },
  )
  return [formatWildcards(parts)]
})

const mapString = ofStrings((text, { mapping }) => {
  const plain = plainText(text)
  if (typeof mapping !== 'object' || mapping === null || !Object.hasOwn(mapping, plain))
    return [text]
  const to = (mapping as PlainMap)[plain]
  return Array.isArray(to) ? (to as readonly Plain[]).map(String) : [String(to)]
})

export const VALUE_CHANGES = {
  replace_string: replaceString,
  map_string: mapString,
  regex: toRegex,
  set_value: setValue,
  convert_type: convertType,
  case: changeCase,
} satisfies Record<string, Change>
