// Commands that read events read them with the content's own tables, as a server that follows it would.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ownParsers } from './own-parsers.ts'

setDefaultTimeout(60_000)
const folder = mkdtempSync(join(tmpdir(), 'trapline-own-'))
const trapline = join(import.meta.dir, 'trapline.ts')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

beforeAll(() => {
  write(
    'parsers/mappings/okta.yml',
    'name: okta\ntitle: Okta\nproduct: okta\nrecognise: [{has: [kind, who]}]\nlogsources: [{service: [okta]}]\npivots: {user: [who]}\nfields: {own: [kind]}\n',
  )
  write('parsers/severity.yml', 'critical: [printer on fire]\n')
  write('events.ndjson', '{"kind":"x","who":"ana","message":"printer on fire"}\n')
  write(
    'detections/own.yml',
    'title: Own\nid: 0d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7d1\nstatus: test\nlogsource: {product: okta, service: okta}\ndetection:\n    s: {own: x}\n    condition: s\nlevel: low\n',
  )
  write(
    'hunts/own.yml',
    "title: Own\nid: 0d6d1c3e-7d1f-4a3c-9d0f-0c1a52f3b7d2\nowner: ana\nhypothesis: Somebody does x.\nquery: 'own:x and @user:ana'\n",
  )
})

test.each([
  ['parse', ['parse', 'events.ndjson', '--json'], '"parser":"okta"'],
  ['eval', ['eval', '--events', 'events.ndjson'], 'Own'],
  ['explain', ['explain', '--rule', 'detections/own.yml', '--event', 'events.ndjson'], 'Own'],
  ['hunt', ['hunt', 'hunts/own.yml', '--events', 'events.ndjson'], 'ana'],
])('%s', (_, args, expected) => {
  const run = Bun.spawnSync([process.execPath, trapline, ...args], { cwd: folder })
  expect(run.stdout.toString()).toContain(expected)
  expect(run.exitCode).toBe(0)
})

test('there are none elsewhere, and ours are in the program already', async () => {
  expect(await ownParsers(join(folder, 'detections'))).toEqual({})
  expect(await ownParsers(join(import.meta.dir, '..'))).toEqual({})
  expect([...((await ownParsers(folder)).mappings?.keys() ?? [])]).toEqual(['okta'])
})
