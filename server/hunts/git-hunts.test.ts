import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileName, freePath } from './file-name.ts'
import { followGitHunts, readGitHunts } from './git-hunts.ts'

const ID = 'a1f3c1de-6a77-4f0e-9f43-b2a0d5a1c1ff'
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-git-hunts-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(path: string, text: string) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

test('files below hunts/ are hunts; what is none is named with why', () => {
  write('hunts/linux/a.yml', `title: A\nid: ${ID}\nquery: a\n`)
  write('hunts/b.yaml', 'title: B\n')
  write('hunts/z.yml', `title: Twin\nid: ${ID}\nquery: b\n`)
  write('hunts/readme.md', '# Hunts')
  const { hunts, refused } = readGitHunts(folder)
  expect(hunts.map(({ hunt, path }) => [hunt.title, path])).toEqual([['A', 'hunts/linux/a.yml']])
  expect(refused).toEqual([
    { path: 'hunts/b.yaml', message: expect.stringContaining('id') },
    { path: 'hunts/z.yml', message: 'its id is that of hunts/linux/a.yml' },
  ])
})

test('content without hunts has none', () => {
  expect(readGitHunts(folder)).toEqual({ hunts: [], refused: [] })
})

test('they are read anew when other content is live', () => {
  let live = folder
  const hunts = followGitHunts(() => live)
  const before = hunts()
  write('hunts/a.yml', `title: A\nid: ${ID}\nquery: a\n`)
  expect(hunts()).toBe(before)
  live = resolve(import.meta.dir, '../..')
  expect(hunts().hunts.length).toBeGreaterThanOrEqual(8)
})

test.each([
  ['Shells that web servers start', 'shells_that_web_servers_start'],
  ['../../etc/passwd', 'etc_passwd'],
  ['Größe & Café', 'grosse_cafe'],
  ['日本', 'hunt_1'],
  ['x'.repeat(200), 'x'.repeat(80)],
])('%s is the file %s', (title, name) => {
  expect(fileName(title, 'hunt_1')).toBe(name)
})

test('a name that is taken is numbered', async () => {
  const taken = new Set(['hunts/a.yml', 'hunts/a_2.yml'])
  expect(await freePath('hunts/a.yml', async (path) => taken.has(path))).toBe('hunts/a_3.yml')
})
