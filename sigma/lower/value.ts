// A rule's value on its way through its modifiers.
import type { CompareOp, Test, TimePart, WildcardPart } from '../ir/expr.ts'
import type { Scalar } from '../rule.ts'
import { parseWildcards } from '../text/wildcard.ts'

export type TextEncoding = 'utf16le' | 'utf16be' | 'utf16'

/** Text to be found, with what the modifiers so far have made of it. */
export interface TextValue {
  readonly kind: 'text'
  readonly parts: readonly WildcardPart[]
  /** Whether anything may stand before or after. */
  readonly openStart: boolean
  readonly openEnd: boolean
  readonly cased: boolean
  /** Dashes that begin a flag stand for each of the five. */
  readonly windash: boolean
  readonly encoding: TextEncoding | undefined
}

export type Value =
  /** As written: no modifier has touched it. */
  | { readonly kind: 'scalar'; readonly scalar: Scalar }
  | TextValue
  | { readonly kind: 'regex'; readonly pattern: string; readonly flags: string }
  | {
      readonly kind: 'fieldref'
      readonly name: string
      readonly op: 'equals' | 'contains' | 'startswith' | 'endswith'
      readonly cased: boolean
    }
  | {
      readonly kind: 'timepart'
      readonly part: TimePart
      readonly op: 'eq' | CompareOp
      readonly value: number
    }
  /** Nothing more can be done to it. */
  | { readonly kind: 'test'; readonly test: Test }

/** Why a modifier cannot be applied. */
export interface ModifierProblem {
  readonly code: string
  readonly message: string
}

export type ModifierOutcome = readonly Value[] | ModifierProblem

export function isProblem<T extends object>(
  outcome: T | ModifierProblem,
): outcome is ModifierProblem {
  return 'code' in outcome
}

export function problem(code: string, message: string): ModifierProblem {
  return { code, message }
}

/** What a value is called in messages. */
export function describeValue(value: Value): string {
  switch (value.kind) {
    case 'scalar':
      return value.scalar.kind === 'string'
        ? 'text'
        : `the ${value.scalar.kind} ${value.scalar.text}`
    case 'text':
      return 'text that other modifiers have changed'
    case 'regex':
      return 'a regular expression'
    case 'fieldref':
      return 'a field reference'
    case 'timepart':
      return 'a part of a time'
    case 'test':
      return 'a finished comparison'
  }
}

/** The value as text with wildcards; null has none, and nothing has once it is something else. */
export function asText(value: Value): TextValue | undefined {
  if (value.kind === 'text') return value
  if (value.kind !== 'scalar' || value.scalar.kind === 'null') return undefined
  return {
    kind: 'text',
    parts: parseWildcards(value.scalar.text),
    openStart: false,
    openEnd: false,
    cased: false,
    windash: false,
    encoding: undefined,
  }
}
