// Brings state.db to this version's schema: numbered .sql files, each applied once in one transaction.
import { readdirSync, readFileSync } from 'node:fs'
import type { Database } from './database.ts'
import { text } from './rows.ts'
import { StateError } from './state-store.ts'

export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
}

/** The migrations that ship with this version, in order. */
export function shippedMigrations(): readonly Migration[] {
  const folder = new URL('./migrations/', import.meta.url)
  return readdirSync(folder)
    .filter((file) => /^\d{3}-[a-z0-9-]+\.sql$/.test(file))
    .sort()
    .map((file) => ({
      number: Number(file.slice(0, 3)),
      name: file.slice(4, -4),
      sql: readFileSync(new URL(file, folder), 'utf8'),
    }))
}

const TABLE = `CREATE TABLE IF NOT EXISTS migrations (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL, applied INTEGER NOT NULL
) STRICT`

/** Applies what is missing; returns the numbers applied. `unavailable` when the database was written by a
 * newer version, or by one whose migration of the same number had another text. */
export async function migrate(
  database: Database,
  now: number,
  migrations = shippedMigrations(),
): Promise<readonly number[]> {
  const table = await database.first("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'")
  if (table === undefined) await database.write((write) => write.add(TABLE))
  const rows = await database.all('SELECT number, name, hash FROM migrations ORDER BY number')
  const done = new Map(rows.map((row) => [Number(row.number), row]))
  for (const [number, row] of done) {
    const own = migrations.find((migration) => migration.number === number)
    if (own === undefined) {
      throw new StateError(
        'unavailable',
        `state.db has migration ${number} (${text(row.name)}) of a newer Trapline: start that version, ` +
          'or restore a backup made by this one',
      )
    }
    if (hashOf(own) !== text(row.hash)) {
      throw new StateError(
        'unavailable',
        `state.db was made with another text of migration ${number}`,
      )
    }
  }
  const missing = migrations.filter((migration) => !done.has(migration.number))
  for (const migration of missing) await apply(database, migration, now)
  return missing.map((migration) => migration.number)
}

async function apply(database: Database, migration: Migration, now: number): Promise<void> {
  await database.write((write) => {
    for (const statement of statementsOf(migration.sql)) write.add(statement)
    write.add('INSERT INTO migrations (number, name, hash, applied) VALUES (?, ?, ?, ?)', [
      migration.number,
      migration.name,
      hashOf(migration),
      now,
    ])
  })
}

/** A statement ends with `;` at the end of a line; comments are whole lines. */
function statementsOf(sql: string): string[] {
  return sql
    .replaceAll(/^\s*--.*$/gm, '')
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

function hashOf(migration: Migration): string {
  return new Bun.CryptoHasher('sha256').update(migration.sql).digest('hex')
}
