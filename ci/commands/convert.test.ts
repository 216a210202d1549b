import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ENTRY = join(import.meta.dir, '../trapline.ts')
const DETECTIONS = join(import.meta.dir, '../../detections')

function convert(args: readonly string[]) {
  const run = Bun.spawnSync([process.execPath, ENTRY, 'convert', ...args])
  return { code: run.exitCode, out: run.stdout.toString(), err: run.stderr.toString() }
}

test('every rule of ours runs as SQL or is refused by name', () => {
  const { out } = convert(['--target', 'sqlite', '--json', DETECTIONS])
  const db = new Database(':memory:')
  db.run('CREATE TABLE events (id INTEGER, time INTEGER, fields TEXT, message TEXT, raw TEXT)')
  db.run(
    `INSERT INTO events VALUES (1, 0, '{"CommandLine": "whoami /priv", "Image": "C:\\\\whoami.exe"}', '', '')`,
  )
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const matched = lines.filter(({ sql }) => sql !== undefined && db.query(sql).values().length > 0)
  expect(matched.map(({ title }) => title)).toEqual(['Privileges of the Own Account Listed'])
  for (const { sql, refused } of lines)
    expect(sql === undefined).toBe(refused?.startsWith('sql-') === true)
  db.close()
})

test('says what is wrong with the call, and what was refused', async () => {
  expect(convert(['--target', 'sqlit']).err).toContain('did you mean sqlite?')
  const folder = await mkdtemp(join(tmpdir(), 'trapline-test-convert-'))
  await Bun.write(
    join(folder, 'r.yml'),
    `title: T\nid: t\nlogsource: {product: p}\ndetection: {s: {a|re: '.{1000}'}, condition: s}\n`,
  )
  const { code, err } = convert(['--target', 'sqlite', folder])
  expect([code, err.includes('sql-regex-too-large')]).toEqual([1, true])
  expect(convert(['--target', 'clickhouse', folder]).out).toContain(
    '-- T (t)\nSELECT * FROM `events`',
  )
  await Bun.write(join(folder, 'r.yml'), 'title: T\nlogsource: {product: p}\n')
  const none = convert(['--target', 'sqlite', folder])
  expect([none.code, none.err.includes('has no detection'), none.err.includes('usage')]).toEqual([
    ...[2, true, false],
  ])
  await rm(folder, { recursive: true })
})
