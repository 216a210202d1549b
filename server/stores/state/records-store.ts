// Audit log, short links, source settings, counters and settings in state.db.
import { auditFromRow, entryHash } from './audit-chain.ts'
import { type Context, sha256 } from './context.ts'
import type { AuditStore, RecordStore } from './records.ts'
import { text } from './rows.ts'
import { StateError } from './state-store.ts'

export const LINK_TARGET_MAX_CHARACTERS = 32_000
export const SILENT_AFTER_DEFAULT_S = 300
export const SILENT_AFTER_MIN_S = 10
export const SILENT_AFTER_MAX_S = 30 * 24 * 3600
export const AUDIT_PAGE_MAX = 1000
const AUDIT_CHECK_PAGE = 5000
/** Bytes of the target's hash in a link's id: 48 bits. */
const LINK_ID_BYTES = 6

export function createAuditStore({ database }: Context): AuditStore {
  return {
    audit: (entry, by) => database.write((write) => write.audit(entry, by)),
    listAudit: async ({ limit, before, who, action }) =>
      (
        await database.all(
          `SELECT * FROM audit
           WHERE sequence < coalesce(?, 9007199254740991) AND (? IS NULL OR who = ?)
             AND (? IS NULL OR action = ? OR substr(action, 1, length(?) + 1) = ? || '.')
           ORDER BY sequence DESC LIMIT ?`,
          [
            before ?? null,
            ...Array<string | null>(2).fill(who ?? null),
            ...Array<string | null>(4).fill(action ?? null),
            Math.min(limit, AUDIT_PAGE_MAX),
          ],
        )
      ).map(auditFromRow),
    verifyAudit: async () => {
      let previous = ''
      let entries = 0
      for (;;) {
        const rows = await database.all(
          'SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?',
          [entries, AUDIT_CHECK_PAGE],
        )
        for (const row of rows) {
          const entry = { before: null, after: null, ip: null, ...auditFromRow(row) }
          const intact = entry.sequence === entries + 1 && entry.hash === entryHash(previous, entry)
          if (!intact) return { entries, brokenAt: entries + 1 }
          previous = entry.hash
          entries++
        }
        if (rows.length < AUDIT_CHECK_PAGE) return { entries }
      }
    },
  }
}

export function createRecordStore(context: Context): RecordStore {
  return { ...createLinks(context), ...createSources(context), ...createSettings(context) }
}

function createLinks({ database, now }: Context): Pick<RecordStore, 'shorten' | 'resolveLink'> {
  return {
    shorten: async (target, by) => {
      if (!/^\/(?![/\\])/.test(target) || target.length > LINK_TARGET_MAX_CHARACTERS) {
        throw new StateError(
          'invalid',
          `a short link leads to a path of this server of at most ${LINK_TARGET_MAX_CHARACTERS} characters`,
        )
      }
      const id = Buffer.from(sha256(target), 'hex').subarray(0, LINK_ID_BYTES).toString('base64url')
      const stored = () => database.first('SELECT target FROM links WHERE id = ?', [id])
      await database.write(async (write) => {
        if ((await stored()) !== undefined) return
        write.add('INSERT INTO links (id, target, created, created_by) VALUES (?, ?, ?, ?)', [
          ...[id, target, now(), by.name],
        ])
        write.audit({ action: 'link.create', object: `link ${id}`, after: target }, by)
      })
      const kept = await stored()
      if (kept?.target !== target) {
        throw new StateError('conflict', 'another link has this id: change the search a little')
      }
      return id
    },
    resolveLink: async (id) => {
      const row = await database.first('SELECT target FROM links WHERE id = ?', [id])
      return row === undefined ? undefined : text(row.target)
    },
  }
}

function createSources({
  database,
}: Context): Pick<RecordStore, 'sourceSettings' | 'setSilentAfter'> {
  return {
    sourceSettings: async () => {
      const rows = await database.all('SELECT source, silent_after_s FROM source_settings')
      return Object.fromEntries(
        rows.map((row) => [text(row.source), { silentAfter_s: Number(row.silent_after_s) }]),
      )
    },
    setSilentAfter: async (source, seconds, by) => {
      const fits = seconds >= SILENT_AFTER_MIN_S && seconds <= SILENT_AFTER_MAX_S
      if (!Number.isInteger(seconds) || !fits) {
        throw new StateError(
          'invalid',
          `silent_after is ${SILENT_AFTER_MIN_S} to ${SILENT_AFTER_MAX_S} whole seconds`,
        )
      }
      await database.write(async (write) => {
        const before = await database.first(
          'SELECT silent_after_s FROM source_settings WHERE source = ?',
          [source],
        )
        write.add(
          `INSERT INTO source_settings (source, silent_after_s) VALUES (?, ?)
           ON CONFLICT (source) DO UPDATE SET silent_after_s = excluded.silent_after_s`,
          [source, seconds],
        )
        const was = Number(before?.silent_after_s ?? SILENT_AFTER_DEFAULT_S)
        write.audit(
          {
            action: 'source.silent_after',
            object: `source ${source}`,
            before: `${was}`,
            after: `${seconds}`,
          },
          by,
        )
      })
    },
  }
}

function createSettings({
  database,
}: Context): Pick<RecordStore, 'loadCounters' | 'saveCounters' | 'getSetting' | 'setSetting'> {
  return {
    loadCounters: async () => {
      const rows = await database.all('SELECT name, value FROM counters')
      return Object.fromEntries(rows.map((row) => [text(row.name), Number(row.value)]))
    },
    saveCounters: (counters) =>
      database.write((write) =>
        write.add(
          `INSERT INTO counters (name, value) SELECT key, value FROM json_each(?) WHERE true
           ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
          [JSON.stringify(counters)],
        ),
      ),
    getSetting: async (name) => {
      const row = await database.first('SELECT value FROM settings WHERE name = ?', [name])
      return row === undefined ? undefined : text(row.value)
    },
    setSetting: (name, value, by) =>
      database.write(async (write) => {
        const before = await database.first('SELECT value FROM settings WHERE name = ?', [name])
        write.add(
          `INSERT INTO settings (name, value) VALUES (?, ?)
           ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
          [name, value],
        )
        write.audit(
          {
            action: 'setting.change',
            object: `setting ${name}`,
            after: value,
            ...(before === undefined ? {} : { before: text(before.value) }),
          },
          by,
        )
      }),
  }
}
