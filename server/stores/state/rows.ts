// Reading columns of a row.
import type { Value } from '@libsql/client'

/** Text of a column that is never null. */
export function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : String(value ?? '')
}

/** `{ [name]: text }` where the column is not null, else nothing: for optional properties. */
export function optional<K extends string>(
  name: K,
  value: Value | undefined,
): { readonly [name in K]?: string } {
  if (value === null || value === undefined) return {}
  return { [name]: text(value) } as { readonly [name in K]: string }
}

/** As `optional`, for numbers. */
export function optionalNumber<K extends string>(
  name: K,
  value: Value | undefined,
): { readonly [name in K]?: number } {
  if (value === null || value === undefined) return {}
  return { [name]: Number(value) } as { readonly [name in K]: number }
}
