// The book of one redaction: which value stands for which, the same everywhere, counted.
import ipaddr from 'ipaddr.js'
import { type AddressCounters, addressPseudonym, newAddressCounters } from './addresses.ts'
import type { RedactKind, RedactOptions, Replacement } from './types.ts'

/** Characters of a secret that a preview shows. */
const SECRET_SHOWN_CHARACTERS = 2

export interface Book {
  /** Whether a value stays. */
  keeps(value: string): boolean
  /** What stands for a value; the same for every case of its letters. */
  pseudonym(kind: RedactKind, value: string): string
  /** Counts one replacement. */
  count(kind: RedactKind, from: string, to: string): void
  replaced(): readonly Replacement[]
}

interface Entry {
  readonly kind: RedactKind
  readonly from: string
  readonly to: string
  count: number
}

/** A new book; `isTaken` says whether a text stands in the events already. */
export function newBook(options: RedactOptions, isTaken: (text: string) => boolean): Book {
  const kept = new Set((options.keep ?? []).map((value) => value.toLowerCase()))
  const names = new Map<string, string>()
  const numbers = new Map<string, number>()
  const addresses = newAddressCounters()
  const entries = new Map<string, Entry>()
  const next = (kind: string, make: (n: number) => string): string => {
    for (;;) {
      const n = (numbers.get(kind) ?? 0) + 1
      numbers.set(kind, n)
      const name = make(n)
      if (!isTaken(name)) return name
    }
  }
  const book: Book = {
    keeps: (value) => kept.has(value.toLowerCase()),
    pseudonym: (kind, value) => {
      const inner = kind === 'address' ? /^::ffff:([\d.]+)$/i.exec(value)?.[1] : undefined
      if (inner !== undefined) return `::ffff:${book.pseudonym(kind, inner)}`
      const key = `${kind}\n${keyOf(kind, value)}`
      const known = names.get(key)
      const name = known ?? newName(kind, value, next, addresses, isTaken)
      names.set(key, name)
      return inCaseOf(value, name, kind)
    },
    count: (kind, from, to) => {
      const shown = kind === 'secret' ? maskSecret(from) : from
      const key = `${kind}\n${to.toLowerCase()}`
      const entry = entries.get(key)
      if (entry === undefined) entries.set(key, { kind, from: shown, to, count: 1 })
      else entry.count++
    },
    replaced: () => [...entries.values()].map((entry) => ({ ...entry })),
  }
  return book
}

/** One address may be written in several ways; names have no case; secrets are what they are. */
function keyOf(kind: RedactKind, value: string): string {
  if (kind === 'secret') return value
  if (kind === 'address' && ipaddr.isValid(value)) return ipaddr.parse(value).toString()
  return value.toLowerCase()
}

type Next = (kind: string, make: (n: number) => string) => string

function newName(
  kind: RedactKind,
  value: string,
  next: Next,
  addresses: AddressCounters,
  isTaken: (text: string) => boolean,
): string {
  switch (kind) {
    case 'address':
      return addressPseudonym(value, addresses, isTaken)
    case 'id':
      return idName(value, next)
    case 'secret':
      return next('secret', (n) => `REMOVED-SECRET-${n}`)
    case 'domain':
      return value.includes('.')
        ? next('org', (n) => `org-${n}.example`)
        : next('domain', (n) => `domain-${n}`)
    default:
      return next(kind, (n) => `${kind}-${n}`)
  }
}

const GUID = /^(\{?)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(\}?)$/i

/** Keeps the shape that readers and rules know an id by. */
function idName(value: string, next: Next): string {
  const guid = GUID.exec(value)
  if (guid !== null)
    return next(
      'guid',
      (n) => `${guid[1]}00000000-0000-4000-8000-${String(n).padStart(12, '0')}${guid[2]}`,
    )
  if (/^\d+$/.test(value))
    return next(`digits${value.length}`, (n) => `1${String(n).padStart(value.length - 1, '0')}`)
  const aws = /^(A[A-Z]{3})([A-Z0-9]{12,})$/.exec(value)
  if (aws !== null) return next('aws', (n) => `${aws[1]}${String(n).padStart(aws[2]!.length, '0')}`)
  return next('id', (n) => `id-${n}`)
}

/** `WS01` and `ws01` are one host: its name follows the case of each. */
function inCaseOf(value: string, name: string, kind: RedactKind): string {
  if (kind !== 'user' && kind !== 'host' && kind !== 'domain') return name
  return /[A-Z]/.test(value) && value === value.toUpperCase() ? name.toUpperCase() : name
}

function maskSecret(secret: string): string {
  const head = secret.slice(0, SECRET_SHOWN_CHARACTERS)
  return `${secret.length > 3 * SECRET_SHOWN_CHARACTERS ? head : ''}… (${secret.length} characters)`
}
