// What is left of a value when its modifiers are done: tests of the IR.
import type { Test, WildcardPart } from '../ir/expr.ts'
import type { Scalar } from '../rule.ts'
import { literalOf } from '../text/wildcard.ts'
import { encodeParts } from './encode.ts'
import { asText, type ModifierProblem, problem, type TextValue, type Value } from './value.ts'
import { countDashes, dashRegex, dashVariants, WINDASH_FLAGS_MAX } from './windash.ts'

/** The tests of which one must hold. */
export function finish(value: Value, isKeyword: boolean): readonly Test[] | ModifierProblem {
  switch (value.kind) {
    case 'scalar':
      return isKeyword ? finishKeyword(value) : finishScalar(value.scalar)
    case 'text':
      return finishText(value, isKeyword)
    case 'regex':
      return [{ kind: 'regex', pattern: value.pattern, flags: value.flags }]
    case 'fieldref':
    case 'timepart':
      return [value]
    case 'test':
      return [value.test]
  }
}

function finishScalar(scalar: Scalar): readonly Test[] | ModifierProblem {
  if (scalar.kind === 'null') return [{ kind: 'null' }]
  if (scalar.kind === 'boolean') return [{ kind: 'boolean', value: scalar.value }]
  if (scalar.kind === 'number') {
    return [{ kind: 'number', value: scalar.value, text: scalar.text }]
  }
  return finishText(asText({ kind: 'scalar', scalar })!, false)
}

function finishKeyword(value: Value): readonly Test[] | ModifierProblem {
  const text = asText(value)
  return text === undefined
    ? problem('keyword-null', 'a keyword cannot be null')
    : finishText(text, true)
}

/** Keywords are found anywhere in a value unless a modifier says where. */
function finishText(value: TextValue, isKeyword: boolean): readonly Test[] | ModifierProblem {
  const anywhere = isKeyword && !value.openStart && !value.openEnd
  const text = anywhere ? { ...value, openStart: true, openEnd: true } : value
  if (isKeyword && text.parts.length === 0) {
    return problem('keyword-empty', 'an empty keyword would match every event')
  }
  const { cased, encoding } = text
  if (text.windash && countDashes(text.parts) > WINDASH_FLAGS_MAX) {
    if (encoding !== undefined) {
      return problem(
        'windash-too-many',
        `windash with an encoding takes ${WINDASH_FLAGS_MAX} flags`,
      )
    }
    const pattern = dashRegex(withOpenEnds(text, text.parts))
    return [{ kind: 'regex', pattern, flags: cased ? 's' : 'is' }]
  }
  const tests: Test[] = []
  for (const variant of text.windash ? dashVariants(text.parts) : [text.parts]) {
    const encoded = encoding === undefined ? variant : encodeParts(variant, encoding)
    if (encoded === undefined) {
      const message = `${encoding} of text beyond ASCII can only be matched as base64`
      return problem('encoding-needs-base64', message)
    }
    tests.push(textTest(withOpenEnds(text, encoded), cased))
  }
  return tests
}

function withOpenEnds(value: TextValue, parts: readonly WildcardPart[]): WildcardPart[] {
  const out = [...parts]
  if (value.openStart && out[0] !== '*') out.unshift('*')
  if (value.openEnd && (out.length === 0 || out.at(-1) !== '*')) out.push('*')
  return out
}

/** The plainest test that means the same as the pattern. */
export function textTest(parts: readonly WildcardPart[], cased: boolean): Test {
  const whole = literalOf(parts)
  if (whole !== undefined) return { kind: 'equals', value: whole, cased }
  const [a, b, c] = parts
  if (parts.length === 1 && a === '*') return { kind: 'any' }
  if (parts.length === 2 && typeof a === 'object' && b === '*') {
    return { kind: 'startswith', value: a.literal, cased }
  }
  if (parts.length === 2 && a === '*' && typeof b === 'object') {
    return { kind: 'endswith', value: b.literal, cased }
  }
  if (parts.length === 3 && a === '*' && typeof b === 'object' && c === '*') {
    return { kind: 'contains', value: b.literal, cased }
  }
  return { kind: 'wildcard', parts, cased }
}
