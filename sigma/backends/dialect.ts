// What SQL targets have in common: a value is a row `v`, and every dialect says how its text, kind and number
// are read. Literals go through `text` and names through `name`, never anything else.
import type { Target } from '../ir/expr.ts'

/** Where events lie. */
export interface SqlTable {
  readonly table: string
  /** `json`: fields in one JSON object; `columns`: a column of the field's name each. */
  readonly layout: 'json' | 'columns'
  /** Column of the JSON object. */
  readonly fields: string
  readonly message: string
  readonly raw: string
  /** Event time, milliseconds since 1970, and a key that no two events share. */
  readonly time: string
  readonly id: string
}

export const SQL_TABLE_DEFAULT: SqlTable = {
  table: 'events',
  layout: 'json',
  fields: 'fields',
  message: 'message',
  raw: 'raw',
  time: 'time',
  id: 'id',
}

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** Text that UTF-8 can hold: half a letter becomes the replacement character. */
export function wellFormed(text: string): string {
  return text.replaceAll(LONE_SURROGATE, '\uFFFD')
}

/** Why something cannot be said in a dialect. Thrown inside, data at the edge. */
export class SqlRefusal extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** The SQL of one value, in terms of the row `v`. */
export interface ValueSql {
  /** Its text, or NULL. */
  readonly text: string
  /** True for text, for numbers, for nulls. */
  readonly isText: string
  readonly isNumber: string
  readonly isNull: string
  readonly isTrue: string
  readonly isFalse: string
  /** The number that it is, text that is wholly a decimal number included, or NULL. */
  readonly number: string
}

export interface Dialect {
  readonly name: string
  /** A longer statement is not read by the engine as it comes, bytes. */
  readonly statementBytesMax: number
  quoteName(identifier: string): string
  literal(text: string): string
  /** A condition that holds when it does for any value of the target. */
  anyValue(table: SqlTable, target: Target, condition: (value: ValueSql) => string): string
  /** Whether the field is there (in columns: is not NULL); whether it has no value or a null. */
  exists(table: SqlTable, name: string): string
  isNull(table: SqlTable, name: string): string
  /** Text folded as far as a comparison with the literal needs. */
  fold(text: string, literal: string): string
  equals(text: string, literal: string): string
  contains(text: string, literal: string): string
  /** Whether a text contains any of many, none of them empty, where that is shorter than one by one. */
  containsAny?(text: string, literals: readonly string[]): string
  startswith(text: string, literal: string): string
  endswith(text: string, literal: string): string
  wildcard(text: string, parts: readonly ({ readonly literal: string } | '*' | '?')[]): string
  regex(text: string, pattern: string, flags: string): string
  cidr(text: string, network: string): string
  /** A field's text for grouping and counting: the first value, NULL where there is none or it is empty. */
  groupText(table: SqlTable, name: string): string
  groupNumber(table: SqlTable, name: string): string
}
