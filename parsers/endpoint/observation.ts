// What a sensor saw, brought to the names of Sysmon.
import type { Fields, FieldValue } from '../../sigma/event.ts'

export interface Observation {
  readonly product: 'windows' | 'linux' | 'macos'
  readonly categories: readonly string[]
  /** Timestamps in order of trust. */
  readonly times: readonly (FieldValue | undefined)[]
  readonly host: string | undefined
  /** Without its domain. */
  readonly user: string | undefined
  readonly action: string | undefined
  readonly outcome: string | undefined
  /** Under the names that Sigma's rules use. */
  readonly fields: Fields
  /** As the sensor wrote it. */
  readonly document: Fields
}

/** Fields whose value is there. */
export function present(values: Readonly<Record<string, FieldValue | undefined>>): Fields {
  const found: [string, FieldValue][] = []
  for (const name in values) {
    const value = values[name]
    if (value !== undefined && value !== null && value !== '') found.push([name, value])
  }
  return Object.fromEntries(found)
}

/** A text that is not empty. */
export function textOf(value: FieldValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** `DOMAIN\name`, or what is known of it. */
export function accountOf(
  domain: FieldValue | undefined,
  name: FieldValue | undefined,
): string | undefined {
  const account = textOf(name)
  const of = textOf(domain)
  return account === undefined || of === undefined ? account : `${of}\\${account}`
}

/** `SHA1=..,MD5=..,SHA256=..`, as Sysmon writes hashes. */
export function hashesOf(
  sha1: FieldValue | undefined,
  md5: FieldValue | undefined,
  sha256: FieldValue | undefined,
): string | undefined {
  const found = [
    ['SHA1', sha1],
    ['MD5', md5],
    ['SHA256', sha256],
  ] as const
  const texts = found.flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' ? [`${name}=${value.toUpperCase()}`] : [],
  )
  return texts.length === 0 ? undefined : texts.join(',')
}

/** The system that has paths of this form. */
export function productOf(...paths: readonly (string | undefined)[]): Observation['product'] {
  const path = paths.find((one) => one !== undefined)
  if (path?.startsWith('/') !== true) return 'windows'
  return /^\/(?:Applications|Library|System|Users|private)\//.test(path) ? 'macos' : 'linux'
}
