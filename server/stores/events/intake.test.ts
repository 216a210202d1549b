import { Database } from 'bun:sqlite'
import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { INTAKE_FORMAT, openIntake } from './intake.ts'

const folder = mkdtempSync(join(tmpdir(), 'trapline-intake-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('an intake opens again in the version that made it', () => {
  openIntake(folder).close()
  const again = openIntake(folder)
  expect(again.query('PRAGMA user_version').get()).toEqual({ user_version: INTAKE_FORMAT })
  again.close()
})

test('an intake of another version is refused by name, and left as it is', () => {
  const db = new Database(join(folder, 'intake.db'))
  db.run('PRAGMA user_version = 0')
  db.close()
  expect(() => openIntake(folder)).toThrow(/intake\.db has format 0, this Trapline reads 1/)
  const left = new Database(join(folder, 'intake.db'), { readonly: true })
  expect(left.query('PRAGMA user_version').get()).toEqual({ user_version: 0 })
  left.close()
})
