// Every modifier of Sigma in one table. A value modifier turns a value into values (of which one must
// match); `all`, `neq` change how the values of an item are joined.
import { canonicalCidr } from '../cidr.ts'
import type { CompareOp, TimePart } from '../ir/expr.ts'
import { booleanOf } from '../parse/scalars.ts'
import { compileRegex, isCompiledRegex } from '../regex.ts'
import { findPlaceholder } from '../text/placeholder.ts'
import { literalOf } from '../text/wildcard.ts'
import { base64, base64Offsets, encodeBytes } from './encode.ts'
import {
  asText,
  describeValue,
  type ModifierOutcome,
  problem,
  type TextEncoding,
  type TextValue,
  type Value,
} from './value.ts'
import { countDashes, dashVariants, WINDASH_FLAGS_MAX } from './windash.ts'

export interface Modifier {
  /** `list` modifiers are read off by the item and do nothing to a value. */
  readonly applies: 'value' | 'list'
  /** Whether values without a field can have it. */
  readonly keywords: boolean
  readonly apply: (value: Value) => ModifierOutcome
  readonly help: string
}

type Apply = Modifier['apply']

function onValues(help: string, apply: Apply, keywords = true): Modifier {
  return { applies: 'value', keywords, apply, help }
}

function onList(help: string): Modifier {
  return { applies: 'list', keywords: true, apply: (value) => [value], help }
}

function cannot(value: Value, expected: string): ModifierOutcome {
  return problem('modifier-combination', `needs ${expected}, not ${describeValue(value)}`)
}

/** A modifier of text, which also knows what to do with a field reference. */
function onText(
  help: string,
  change: (text: TextValue) => ModifierOutcome,
  op?: FieldOp,
): Modifier {
  return onValues(help, (value) => {
    if (value.kind === 'fieldref' && op !== undefined) {
      const known = value.op === 'equals' ? [{ ...value, op }] : undefined
      return known ?? cannot(value, 'a plain field reference')
    }
    const text = asText(value)
    return text === undefined ? cannot(value, 'text') : change(text)
  })
}

type FieldOp = 'contains' | 'startswith' | 'endswith'

function anchored(op: FieldOp, help: string): Modifier {
  const openStart = op !== 'startswith'
  const openEnd = op !== 'endswith'
  const plain = onText(
    help,
    (text) => [
      { ...text, openStart: text.openStart || openStart, openEnd: text.openEnd || openEnd },
    ],
    op,
  )
  return onValues(help, (value) => {
    if (value.kind !== 'regex') return plain.apply(value)
    const pattern = `${openStart ? '' : '^'}(?:${value.pattern})${openEnd ? '' : '$'}`
    return checkedRegex(pattern, value.flags)
  })
}

function checkedRegex(pattern: string, flags: string): ModifierOutcome {
  const outcome = compileRegex(pattern, flags)
  if (isCompiledRegex(outcome)) return [{ kind: 'regex', pattern, flags }]
  return problem(outcome.code, outcome.message)
}

function regexFlag(flag: 'i' | 'm' | 's', help: string): Modifier {
  return onValues(help, (value) => {
    if (value.kind !== 'regex') return cannot(value, 'a regular expression (re) before it')
    const flags = value.flags.includes(flag) ? value.flags : value.flags + flag
    return checkedRegex(value.pattern, flags)
  })
}

function encoded(encoding: TextEncoding, help: string): Modifier {
  return onText(help, (text) => {
    if (text.encoding !== undefined) {
      return problem('modifier-combination', `cannot follow ${text.encoding}`)
    }
    return [{ ...text, encoding }]
  })
}

/** Bytes of a text that has neither wildcards nor open ends, one for each choice of dashes. */
function asBytes(text: TextValue): number[][] | ReturnType<typeof problem> {
  const literal = literalOf(text.parts)
  if (literal === undefined) return problem('base64-wildcard', 'cannot encode wildcards')
  if (text.openStart || text.openEnd) {
    return problem('modifier-combination', 'must come before contains, startswith and endswith')
  }
  if (literal === '') return problem('base64-empty', 'cannot encode an empty value')
  if (text.windash && countDashes(text.parts) > WINDASH_FLAGS_MAX) {
    return problem('windash-too-many', `windash with base64 takes ${WINDASH_FLAGS_MAX} flags`)
  }
  const variants = text.windash ? dashVariants(text.parts) : [text.parts]
  return variants.map((parts) => encodeBytes(literalOf(parts) ?? '', text.encoding))
}

function inBase64(help: string, encode: (bytes: readonly number[]) => readonly string[]): Modifier {
  return onText(help, (text) => {
    const bytes = asBytes(text)
    if ('code' in bytes) return bytes
    const literals = bytes.flatMap(encode)
    if (literals.includes('')) {
      return problem('base64-too-short', 'is too short to be found at every offset')
    }
    return literals.map((literal) => ({
      ...text,
      parts: [{ literal }],
      windash: false,
      encoding: undefined,
    }))
  })
}

const DECIMAL = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/

/** The number of a value as written, quoted or not. */
function asNumber(value: Value): number | undefined {
  if (value.kind !== 'scalar') return undefined
  if (value.scalar.kind === 'number') return value.scalar.value
  const isDecimal = value.scalar.kind === 'string' && DECIMAL.test(value.scalar.text)
  return isDecimal ? Number(value.scalar.text) : undefined
}

function compared(op: CompareOp, help: string): Modifier {
  return onValues(
    help,
    (value) => {
      if (value.kind === 'timepart' && value.op === 'eq') return [{ ...value, op }]
      const number = asNumber(value)
      if (number === undefined) return cannot(value, 'a number')
      if (Math.abs(number) > Number.MAX_SAFE_INTEGER) {
        return problem('number-too-large', 'a number beyond 2^53 cannot be compared exactly')
      }
      return [{ kind: 'test', test: { kind: 'compare', op, value: number } }]
    },
    false,
  )
}

function timePart(part: TimePart, min: number, max: number): Modifier {
  return onValues(
    `the ${part} of a time, UTC`,
    (value) => {
      const number = asNumber(value)
      if (number === undefined) return cannot(value, 'a number')
      if (!Number.isInteger(number) || number < min || number > max) {
        return problem('time-part-range', `${part} goes from ${min} to ${max}`)
      }
      return [{ kind: 'timepart', part, op: 'eq', value: number }]
    },
    false,
  )
}

const re = onValues('a regular expression of RE2 syntax', (value) => {
  if (value.kind !== 'scalar' || value.scalar.kind === 'null') {
    return cannot(value, 'the value as written; re comes first')
  }
  return checkedRegex(value.scalar.text, '')
})

const cidr = onValues(
  'an IPv4 or IPv6 network',
  (value) => {
    if (value.kind !== 'scalar' || value.scalar.kind === 'null') {
      return cannot(value, 'the value as written')
    }
    const { text } = value.scalar
    const network = canonicalCidr(text)
    if (network === undefined) {
      return problem('cidr-invalid', `"${text}" is no network like 10.0.0.0/8 or fe80::/10`)
    }
    return [{ kind: 'test', test: { kind: 'cidr', network } }]
  },
  false,
)

const exists = onValues(
  'whether the field is there',
  (value) => {
    const wanted = value.kind === 'scalar' ? booleanOf(value.scalar) : undefined
    if (wanted === undefined) return cannot(value, 'true or false as written')
    return [{ kind: 'test', test: { kind: 'exists', value: wanted } }]
  },
  false,
)

const fieldref = onValues(
  'the value of another field',
  (value) => {
    if (value.kind !== 'scalar' || value.scalar.kind === 'null') {
      return cannot(value, 'the name of a field as written')
    }
    const name = literalOf(asText(value)?.parts ?? [])
    if (name === undefined || name === '') {
      return problem('fieldref-invalid', 'a field reference cannot hold wildcards or be empty')
    }
    return [{ kind: 'fieldref', name, op: 'equals', cased: false }]
  },
  false,
)

const cased = onValues('upper and lower case differ', (value) => {
  if (value.kind === 'fieldref') return [{ ...value, cased: true }]
  const text = asText(value)
  return text === undefined ? cannot(value, 'text') : [{ ...text, cased: true }]
})

const windash = onText('- / and three dashes are the same before a flag', (text) => {
  if (text.encoding !== undefined) {
    return problem('modifier-combination', `must come before ${text.encoding}`)
  }
  return [{ ...text, windash: true }]
})

/** Runs before the others, whatever its place: placeholders are in the value as written. */
const expand = onValues('placeholders', (value) => {
  if (value.kind !== 'scalar' || value.scalar.kind === 'null') return cannot(value, 'text')
  if (value.scalar.kind !== 'string') return [value]
  const found = findPlaceholder(value.scalar.text)
  if (found === null) return [value]
  return problem('placeholder-unsupported', `placeholder ${found[0]} has no values here`)
})

/** All modifiers by name. A new one is a line here. */
export const MODIFIERS = {
  all: onList('all values must match, not any'),
  neq: onList('no value may match'),
  contains: anchored('contains', 'found anywhere in the value'),
  startswith: anchored('startswith', 'the value begins so'),
  endswith: anchored('endswith', 'the value ends so'),
  cased,
  windash,
  re,
  i: regexFlag('i', 'the regular expression ignores case'),
  ignorecase: regexFlag('i', 'the regular expression ignores case'),
  m: regexFlag('m', '^ and $ match at lines'),
  multiline: regexFlag('m', '^ and $ match at lines'),
  s: regexFlag('s', '. matches newlines'),
  dotall: regexFlag('s', '. matches newlines'),
  cidr,
  base64: inBase64('encoded as base64', (bytes) => [base64(bytes)]),
  base64offset: inBase64('encoded as base64 at any offset', base64Offsets),
  wide: encoded('utf16le', 'UTF-16, little endian'),
  utf16le: encoded('utf16le', 'UTF-16, little endian'),
  utf16be: encoded('utf16be', 'UTF-16, big endian'),
  utf16: encoded('utf16', 'UTF-16 with its byte order mark'),
  lt: compared('lt', 'less than'),
  lte: compared('lte', 'less than or equal'),
  gt: compared('gt', 'greater than'),
  gte: compared('gte', 'greater than or equal'),
  exists,
  fieldref,
  expand,
  minute: timePart('minute', 0, 59),
  hour: timePart('hour', 0, 23),
  day: timePart('day', 1, 31),
  week: timePart('week', 1, 53),
  month: timePart('month', 1, 12),
  year: timePart('year', 0, 9999),
} satisfies Record<string, Modifier>

export type ModifierName = keyof typeof MODIFIERS

/** Whether Sigma has a modifier of this name. */
export function isModifierName(name: string): name is ModifierName {
  return Object.hasOwn(MODIFIERS, name)
}
