import { afterEach, beforeEach, expect, test } from 'bun:test'
import { type Database, openDatabase } from './database.ts'
import { type Migration, migrate, shippedMigrations } from './migrate.ts'

let database: Database
beforeEach(async () => {
  database = await openDatabase({ url: ':memory:', now: () => 0 })
})
afterEach(() => database.close())

const migration = (number: number, sql: string): Migration => ({ number, name: 'm', sql })
const one = migration(1, '-- a; comment\nCREATE TABLE a (x TEXT);\nCREATE TABLE b (x TEXT);\n')
const two = migration(2, 'ALTER TABLE a ADD COLUMN y TEXT;')

test('the shipped ones are numbered from 1 without a gap', () => {
  const numbers = shippedMigrations().map((shipped) => shipped.number)
  expect(numbers).toEqual(numbers.map((_, i) => i + 1))
})

test('what is missing is applied in order, once', async () => {
  expect(await migrate(database, 5, [one])).toEqual([1])
  expect(await migrate(database, 6, [one, two])).toEqual([2])
  expect(await migrate(database, 7, [one, two])).toEqual([])
  expect(await database.all('SELECT x, y FROM a')).toEqual([])
})

test('a failing migration leaves nothing of itself', async () => {
  const bad = migration(2, 'CREATE TABLE c (x TEXT);\nCREATE TABLE a (x TEXT);')
  const error = await migrate(database, 5, [one, bad]).catch((e) => e)
  expect(error.message).toContain('already exists')
  expect(await database.all("SELECT 1 FROM sqlite_schema WHERE name = 'c'")).toEqual([])
  expect(await migrate(database, 5, [one, two])).toEqual([2])
})

test('a database of a newer version is refused by name', async () => {
  await migrate(database, 5, [one, two])
  const error = await migrate(database, 6, [one]).catch((e) => e)
  expect(error).toMatchObject({ code: 'unavailable' })
  expect(error.message).toContain('migration 2 (m) of a newer Trapline')
})

test('another text of an applied migration is refused', async () => {
  await migrate(database, 5, [one])
  const error = await migrate(database, 6, [migration(1, 'SELECT 1;')]).catch((e) => e)
  expect(error).toMatchObject({ code: 'unavailable' })
})
