import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readWorkspace } from './workspace.ts'

const rule = (id: string) => `title: T ${id}
id: ${id}a0e5f3c-2b1d-4e6f-8a9b-0c1d2e3f4a5b
logsource: {product: linux}
detection: {s: {a: 1}, condition: s}
`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trapline-workspace-'))
  await mkdir(join(folder, 'detections'))
  await Bun.write(join(folder, 'detections/one.yml'), rule('1'))
  await Bun.write(join(folder, 'detections/two.yml'), rule('2'))
})
afterAll(() => rm(folder, { recursive: true }))

const pathTo = (name: string) => join(folder, 'detections', name)

test('open documents stand in the place of their files, others of the disk stay', async () => {
  const workspace = await readWorkspace([folder])
  const one = { path: pathTo('one.yml'), text: 'open' }
  const unsaved = { path: pathTo('new.yml'), text: 'unsaved' }
  const outside = { path: join(folder, 'compose.yml'), text: 'services: {}' }
  const beside = workspace.filesBeside(one, [one, unsaved, outside])
  expect(beside.map(({ text }) => text)).toEqual([rule('2'), 'unsaved'])
  expect(workspace.holds(unsaved.path)).toBe(true)
  expect(workspace.holds(outside.path)).toBe(false)
})

test('files that change, come and go are read again', async () => {
  const workspace = await readWorkspace([folder])
  const titles = () => workspace.rules().map(({ title }) => title)
  expect(titles()).toEqual(['T 1', 'T 2'])
  await Bun.write(pathTo('two.yml'), rule('3'))
  await Bun.write(pathTo('four.yml'), rule('4'))
  await rm(pathTo('one.yml'))
  await workspace.reread(['one.yml', 'two.yml', 'four.yml', 'never.yml'].map(pathTo))
  expect(titles()).toEqual(['T 3', 'T 4'])
})
