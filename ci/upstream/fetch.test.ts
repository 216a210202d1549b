import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fetchRules, verifyRules } from './fetch.ts'
import { LOCK_FILE, readLock } from './lock.ts'

let root: string
let upstream: string
let into: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trapline-test-fetch-'))
  upstream = join(root, 'upstream')
  into = join(root, 'rules')
  await Bun.write(join(upstream, 'LICENSE'), 'a licence')
  await Bun.write(join(upstream, 'rules/linux/one.yml'), 'title: one')
  await Bun.write(join(upstream, 'rules/two.yaml'), 'title: two')
  await Bun.write(join(upstream, 'rules-compliance/three.yml'), 'title: three')
  await Bun.write(join(upstream, 'rules/readme.md'), 'no rule')
})
afterEach(() => rm(root, { recursive: true, force: true }))

function git(...args: readonly string[]): string {
  const identity = [
    '-c',
    'user.name=t',
    '-c',
    'user.email=t@example.test',
    '-c',
    'commit.gpgsign=false',
  ]
  const run = Bun.spawnSync(['git', ...identity, ...args], { cwd: upstream })
  expect(run.exitCode).toBe(0)
  return run.stdout.toString().trim()
}

function commitAll(): string {
  git('init', '--quiet')
  git('add', '.')
  git('commit', '--quiet', '-m', 'state')
  return git('rev-parse', 'HEAD')
}

const read = (path: string) => Bun.file(join(into, path)).text()

describe('fetchRules', () => {
  test('takes the known sets of a repository at a commit and locks them', async () => {
    const commit = commitAll()
    await Bun.write(join(upstream, 'rules/two.yaml'), 'title: changed later')
    commitAll()
    const { locked } = await fetchRules({ name: 'up', commit, from: upstream, into })
    expect(locked).toMatchObject({ commit, sets: ['rules'], files: 2 })
    expect(await read('up/rules/two.yaml')).toBe('title: two')
    expect(await read('up/LICENSE')).toBe('a licence')
    expect(await Bun.file(join(into, 'up/rules/readme.md')).exists()).toBe(false)
    expect((await readLock(into)).sources.up).toEqual(locked)
    expect(await verifyRules(into)).toEqual([])
  })

  test('a short commit is locked in full, and fetching again changes nothing', async () => {
    const commit = commitAll()
    const request = { name: 'up', commit: commit.slice(0, 8), from: upstream, into }
    const first = await fetchRules(request)
    const lock = await read(LOCK_FILE)
    const second = await fetchRules(request)
    expect(first.locked.commit).toBe(commit)
    expect(first.changes).toHaveLength(3)
    expect(second.changes).toEqual([])
    expect(await read(LOCK_FILE)).toBe(lock)
  })

  test('a plain folder is locked by its content alone', async () => {
    const { locked } = await fetchRules({ name: 'up', commit: undefined, from: upstream, into })
    expect(locked.commit).toBeNull()
    await Bun.write(join(upstream, 'rules/two.yaml'), 'title: changed')
    const again = await fetchRules({ name: 'up', commit: undefined, from: upstream, into })
    expect(again.changes).toEqual(['changed: rules/two.yaml'])
    expect(again.locked.sha256).not.toBe(locked.sha256)
  })

  test('sets can be named, and links are not followed', async () => {
    await mkdir(join(upstream, 'rules-compliance/sub'))
    await symlink('/etc/hostname', join(upstream, 'rules-compliance/sub/link.yml'))
    const { locked } = await fetchRules({
      name: 'up',
      commit: undefined,
      from: upstream,
      into,
      sets: ['rules-compliance'],
    })
    expect(locked.files).toBe(1)
  })

  test.each([
    [{ name: '../up' }, 'is no name'],
    [{ commit: 'main' }, 'needs a commit'],
    [{ commit: 'abcdef1234' }, 'has no commit abcdef1234'],
    [{ from: '/nowhere/at/all.git' }, 'git fetch failed'],
    [{ from: 'ext::sh -c whoami' }, 'git fetch failed'],
    [{ from: '--upload-pack=whoami' }, 'is no URL'],
    [{ sets: ['../rules'] }, 'no folder "../rules"'],
    [{ sets: ['absent'] }, 'no folder "absent"'],
  ])('refuses %j', async (change, message) => {
    const commit = commitAll()
    const request = { name: 'up', commit, from: upstream, into, ...change }
    expect(fetchRules(request)).rejects.toThrow(message)
  })
})

describe('verifyRules', () => {
  test('names what was changed, added and removed', async () => {
    await fetchRules({ name: 'up', commit: undefined, from: upstream, into })
    await Bun.write(join(into, 'up/rules/two.yaml'), 'title: mine')
    await Bun.write(join(into, 'up/rules/new.yml'), 'title: new')
    await rm(join(into, 'up/rules/linux/one.yml'))
    expect(await verifyRules(into)).toEqual([
      'up: missing: rules/linux/one.yml',
      'up: added: rules/new.yml',
      'up: changed: rules/two.yaml',
    ])
  })

  test('a manifest that was changed along with a rule is noticed', async () => {
    await fetchRules({ name: 'up', commit: undefined, from: upstream, into })
    await Bun.write(join(into, 'up.sha256'), '')
    expect(await verifyRules(into)).toEqual(['up: up.sha256 is not the manifest that was locked'])
  })
})
