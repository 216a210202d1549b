// Tests on a column's values, the same answers as the matcher's on an event: it is the matcher's code.
import { compileTest } from '../../../../sigma/eval/compile-test.ts'
import type { FieldValue } from '../../../../sigma/event.ts'
import type { Test } from '../../../../sigma/ir/expr.ts'

/** The test as a function of the values that one event has in a column (none, one, or several). */
export function columnTest(
  test: Exclude<Test, { readonly kind: 'fieldref' }>,
): (values: readonly FieldValue[]) => boolean {
  switch (test.kind) {
    case 'exists':
      return (values) => values.some((value) => value !== null) === test.value
    case 'null':
      return (values) => values.length === 0 || values.includes(null)
    default: {
      const holds = compileTest(test)
      return (values) => values.some(holds)
    }
  }
}

/** An array counts by element, at every depth. */
export function elements(value: FieldValue): readonly FieldValue[] {
  return Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value]
}
