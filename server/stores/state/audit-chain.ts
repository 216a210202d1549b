// The hash chain of the audit log: each entry's hash covers its content and its predecessor's hash.
import type { InValue, Row } from '@libsql/client'
import type { Actor } from './access.ts'
import type { NewAuditEntry } from './records.ts'
import { optional, text } from './rows.ts'
import type { AuditEntry } from './state-store.ts'

export interface ChainHead {
  readonly sequence: number
  readonly hash: string
}

/** Longest text kept of a `before` or `after`, characters. */
export const AUDIT_TEXT_MAX = 10_000

/** Insert statements for entries that follow `head`. */
export function chainAudit(
  head: ChainHead,
  entries: readonly { readonly entry: NewAuditEntry; readonly by: Actor }[],
  at: number,
): { sql: string; args: InValue[] }[] {
  let { sequence, hash } = head
  return entries.map(({ entry, by }) => {
    sequence += 1
    const next = {
      sequence,
      at,
      who: storable(by.name),
      action: entry.action,
      object: storable(entry.object),
      before: cut(entry.before),
      after: cut(entry.after),
      ip: by.ip ?? null,
    }
    hash = entryHash(hash, next)
    return {
      sql: `INSERT INTO audit (sequence, at, who, action, object, before, after, ip, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      args: [...Object.values(next), hash],
    }
  })
}

/** SHA-256, hex, of the predecessor's hash and the entry's content in a fixed order. */
export function entryHash(
  previous: string,
  entry: {
    readonly sequence: number
    readonly at: number
    readonly who: string
    readonly action: string
    readonly object: string
    readonly before: string | null
    readonly after: string | null
    readonly ip: string | null
  },
): string {
  const { sequence, at, who, action, object, before, after, ip } = entry
  const content = JSON.stringify([previous, sequence, at, who, action, object, before, after, ip])
  return new Bun.CryptoHasher('sha256').update(content).digest('hex')
}

export function auditFromRow(row: Row): AuditEntry {
  return {
    sequence: Number(row.sequence),
    at: Number(row.at),
    who: text(row.who),
    action: text(row.action),
    object: text(row.object),
    hash: text(row.hash),
    ...optional('before', row.before),
    ...optional('after', row.after),
    ...optional('ip', row.ip),
  }
}

function cut(value: string | undefined): string | null {
  return value === undefined ? null : storable(value.slice(0, AUDIT_TEXT_MAX))
}

/** The text as it comes back from the file, which ends texts at a NUL and holds no half of a pair: the hash
 * is of what is kept. */
function storable(value: string): string {
  return value.toWellFormed().replaceAll('\0', '\u2400')
}
