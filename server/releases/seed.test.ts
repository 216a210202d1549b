import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRepository, runIn } from './repository.ts'
import { OWN_BRANCH, refreshShipped, SEED_REF, SHIPPED_REF, seed } from './seed.ts'
import { contentRepository, liveCommit, stagedFolder, stageLive } from './staging.ts'

const folder = mkdtempSync(join(tmpdir(), 'trapline-seed-test-'))
const program = join(folder, 'program')
let runs = 0
const newData = () => join(folder, `data-${++runs}`)

beforeAll(() => {
  mkdirSync(join(program, 'detections/linux'), { recursive: true })
  mkdirSync(join(program, 'hunts'))
  writeFileSync(join(program, 'detections/linux/one.yml'), 'title: One\n')
  writeFileSync(join(program, 'other.ts'), 'not content')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const filesOf = async (data: string, ref: string) =>
  (await runIn(contentRepository(data), ['ls-tree', '-r', '--name-only', ref])).trim().split('\n')

test('the first start commits the content, checks it out and makes it live', async () => {
  const data = newData()
  await stageLive(data, true, program)
  const live = liveCommit(data)!
  expect(await filesOf(data, OWN_BRANCH)).toEqual(['detections/linux/one.yml'])
  const git = await openRepository(contentRepository(data))
  expect(await git.resolve(OWN_BRANCH)).toBe(live)
  const staged = Bun.file(join(stagedFolder(data, live), 'detections/linux/one.yml'))
  expect(await staged.text()).toBe('title: One\n')
})

test('a start that was cut off after the commit goes on with the same one', async () => {
  const data = newData()
  const git = await openRepository(contentRepository(data))
  const commit = await seed(contentRepository(data), git, true, program)
  await stageLive(data, true, program)
  expect(liveCommit(data)).toBe(commit)
})

test('a server that follows another repository keeps the seed to go back to, and no branch', async () => {
  const data = newData()
  await stageLive(data, false, program)
  const git = await openRepository(contentRepository(data))
  expect(await git.resolve(OWN_BRANCH)).toBeUndefined()
  expect(await git.resolve(SEED_REF)).toBe(liveCommit(data))
})

test('other content of a newer version is kept beside; what is live and the branch stay', async () => {
  const data = newData()
  await stageLive(data, true, program)
  const live = liveCommit(data)
  const git = await openRepository(contentRepository(data))
  expect(await refreshShipped(contentRepository(data), git, program)).toBe(live!)
  writeFileSync(join(program, 'hunts/new.yml'), 'title: New\n')
  await stageLive(data, true, program)
  const shipped = await refreshShipped(contentRepository(data), git, program)
  expect(await git.resolve(SHIPPED_REF)).toBe(shipped)
  expect(await filesOf(data, shipped!)).toEqual(['detections/linux/one.yml', 'hunts/new.yml'])
  expect([liveCommit(data), await git.resolve(OWN_BRANCH)]).toEqual([live, live])
  expect(await git.descends(shipped!, live!)).toBe(true)
})
