import { Database } from 'bun:sqlite'
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { INTAKE_FORMAT, openIntake } from './intake.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-intake-'))
  openIntake(folder).close()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('an intake opens again in the version that made it', () => {
  const again = openIntake(folder)
  expect(again.query('PRAGMA user_version').get()).toEqual({ user_version: INTAKE_FORMAT })
  again.close()
})

test('a restored intake that a reader holds is opened when it lets go', async () => {
  const path = join(folder, 'intake.db')
  const restored = new Database(path)
  restored.run('PRAGMA journal_mode = DELETE')
  restored.close()
  const reader = new Worker(
    URL.createObjectURL(
      new Blob([
        `import { Database } from 'bun:sqlite'
        const db = new Database(${JSON.stringify(path)}, { readonly: true })
        db.run('BEGIN')
        db.query('SELECT * FROM meta').all()
        postMessage('holds')
        setTimeout(() => { db.run('COMMIT'); db.close(); postMessage('let go') }, 200)`,
      ]),
    ),
  )
  await new Promise((resolve) => {
    reader.onmessage = resolve
  })
  const db = openIntake(folder)
  expect(db.query('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  db.close()
  reader.terminate()
})

test('an intake of another version is refused by name, and left as it is', () => {
  const db = new Database(join(folder, 'intake.db'))
  db.run('PRAGMA user_version = 0')
  db.close()
  expect(() => openIntake(folder)).toThrow(/intake\.db has format 0, this Trapline reads 1 to 2/)
  const left = new Database(join(folder, 'intake.db'), { readonly: true })
  expect(left.query('PRAGMA user_version').get()).toEqual({ user_version: 0 })
  left.close()
})
