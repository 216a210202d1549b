import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProposals, type NewProposal, type ProposalService } from '../services/proposals.ts'
import type { ReleaseOutcome } from '../services/releases.ts'
import { type OpenStore, openStore } from '../stores/state/open.ts'
import type { ReleaseRecord } from '../stores/state/releases.ts'
import { openContent } from './content.ts'
import { createHead } from './head.ts'

const ANA = { name: 'ana', ip: '10.0.0.1' }
const RULE = 'detections/linux/a.yml'

let folder: string
let store: OpenStore['store']
let proposals: ProposalService
let pulls: number
let released: ReleaseOutcome | undefined
let refused: readonly ReleaseRecord[]

function git(cwd: string, ...args: string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(['git', ...args], { cwd })
  if (exitCode !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
  return stdout.toString().trim()
}

/** A commit with a rule, a link and a file that is no content. */
function seedContent(): void {
  const work = join(folder, 'work')
  mkdirSync(join(work, 'detections/linux'), { recursive: true })
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', 'content.git')
  git(folder, 'init', '--quiet', '--initial-branch=main', 'work')
  writeFileSync(join(work, RULE), 'title: A\nlevel: low\n')
  writeFileSync(join(work, 'trapline.yml'), '{}\n')
  symlinkSync('../..', join(work, 'detections/up'))
  commitAll(work, 'first')
  git(work, 'push', '--quiet', '../content.git', 'main')
}

function commitAll(work: string, message: string): void {
  git(work, 'add', '-A')
  git(work, '-c', 'user.name=w', '-c', 'user.email=w@x', 'commit', '--quiet', '-m', message)
}

const inContent = (...args: string[]) => git(join(folder, 'content.git'), ...args)

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trapline proposals '))
  seedContent()
  store = (await openStore({ url: ':memory:' })).store
  pulls = 0
  released = undefined
  refused = []
  const content = openContent(join(folder, 'content.git'))
  const environment = async () => ({})
  const head = createHead({ content, data: folder, branch: 'main', remote: undefined, environment })
  proposals = createProposals({
    ...{ content, head, state: store, branch: 'main', target: 'local' },
    emailDomain: 'example.org',
    ready: async () => undefined,
    onOpened: () => undefined,
    releases: {
      pull: async () => {
        pulls++
        return released
      },
      list: async () => (pulls > 0 ? refused : []),
    },
  })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const change = (more: Partial<NewProposal> = {}): NewProposal => ({
  kind: 'rule',
  title: 'Raise the level of A',
  body: 'It is *worse* than thought.',
  files: [{ path: RULE, text: 'title: A\nlevel: high\n' }],
  ...more,
})

describe('preparing a proposal', () => {
  test('makes a branch whose commit has the analyst as author and Trapline as committer', async () => {
    const { branch, commit, base, id } = await proposals.prepare(change(), ANA)
    expect(branch).toBe(`trapline/rule-raise-the-level-of-a-${id}`)
    expect(inContent('rev-parse', branch)).toBe(commit)
    expect(inContent('rev-parse', `${branch}^`)).toBe(base)
    expect(inContent('log', '-1', '--format=%an <%ae>|%cn|%s|%b', branch)).toBe(
      'ana <ana@example.org>|Trapline|Raise the level of A|It is *worse* than thought.',
    )
    expect(inContent('diff', '--name-status', 'main', branch)).toBe(`M\t${RULE}`)
    expect(inContent('show', `${branch}:${RULE}`)).toBe('title: A\nlevel: high')
    expect(await proposals.list(10)).toEqual([])
  })

  test('adds and deletes files, byte for byte', async () => {
    const text = 'title: ü\r\n\tnot trimmed  \n\n'
    const files = [
      { path: RULE, text: null },
      { path: 'hunts/new folder/ü.yml', text },
    ]
    const { branch } = await proposals.prepare(change({ files }), ANA)
    const shown = Bun.spawnSync(['git', 'show', `${branch}:hunts/new folder/ü.yml`], {
      cwd: join(folder, 'content.git'),
    })
    expect(shown.stdout.toString()).toBe(text)
    expect(inContent('ls-tree', '-r', '--name-only', branch)).not.toContain('a.yml')
  })

  test('of the same change twice, also at the same moment, is the same record', async () => {
    const both = await Promise.all([
      proposals.prepare(change(), ANA),
      proposals.prepare(change(), ANA),
    ])
    const again = await proposals.prepare(change(), ANA)
    expect(new Set([...both, again].map(({ branch, commit }) => `${branch} ${commit}`)).size).toBe(
      1,
    )
    const bens = await proposals.prepare(change(), { name: 'ben' })
    expect(bens.branch).not.toBe(again.branch)
  })

  test.each([
    ['../escape.yml'],
    ['detections/../trapline.yml'],
    ['/etc/passwd'],
    ['.git/config'],
    ['detections/.git/config'],
    ['detections/.github/workflows/x.yml'],
    ['.github/workflows/x.yml'],
    ['trapline.yml'],
    ['detections'],
    ['detections/'],
    ['detections//a.yml'],
    ['detections/a\n.yml'],
    ['detections/a\0.yml'],
    ['detections\\a.yml'],
    ['detections/a.yml '],
    ['detections/run.sh'],
    ['detections/up/a.yml'],
    ['detections/linux/a.yml/b.yml'],
    [`detections/${'x'.repeat(300)}.yml`],
  ])('refuses the path %j', async (path) => {
    const refused = proposals.prepare(change({ files: [{ path, text: 'x' }] }), ANA)
    expect(await refused.catch((e) => e)).toMatchObject({ code: 'invalid' })
  })

  test.each([
    ['a change that changes nothing', { files: [{ path: RULE, text: 'title: A\nlevel: low\n' }] }],
    ['deleting what is not there', { files: [{ path: 'hunts/a.yml', text: null }] }],
    ['a file named twice', { files: [RULE, RULE].map((path) => ({ path, text: 'x' })) }],
    [
      'a file that would be a folder too',
      { files: ['hunts/a.yml', 'hunts/a.yml/b.yml'].map((path) => ({ path, text: 'x' })) },
    ],
    ['no file', { files: [] }],
    ['a title of two lines', { title: 'a\nb' }],
    ['no title', { title: ' ' }],
    ['an unknown base', { base: 'a'.repeat(40) }],
    ['a base that is no hash', { base: '--all' }],
  ])('refuses %s', async (_, more) => {
    const refused = await proposals.prepare(change(more), ANA).catch((e) => e)
    expect(refused).toMatchObject({ code: 'invalid' })
  })

  test('reads files at the default base only inside content folders', async () => {
    expect(await proposals.file(RULE)).toBe('title: A\nlevel: low\n')
    expect(await proposals.file('detections/none.yml')).toBeUndefined()
    const refused = await proposals.file('trapline.yml').catch((e) => e)
    expect(refused).toMatchObject({ code: 'invalid' })
  })
})

describe('opening a proposal', () => {
  test('stores it with its outbox row and an audit entry, once', async () => {
    const one = await proposals.open(change(), ANA)
    const two = await proposals.open(change(), ANA)
    expect(two.id).toBe(one.id)
    expect(await proposals.list(10)).toMatchObject([{ id: one.id, state: 'pending', by: 'ana' }])
    expect(await store.listOutbox(10)).toMatchObject([
      { kind: 'proposal', state: 'pending', payload: { proposal: one.id } },
    ])
    const { entries } = await store.verifyAudit()
    expect(entries).toBe(1)
  })

  test('again after it was closed makes another', async () => {
    const one = await proposals.open(change(), ANA)
    await store.changeProposal(one.id, { state: 'closed' }, ANA)
    const two = await proposals.open(change(), ANA)
    expect(two.id).not.toBe(one.id)
    expect(two.state).toBe('pending')
  })
})

describe('giving a proposal up', () => {
  test('closes it, once, and never one with a pull request', async () => {
    const { id } = await proposals.open(change(), ANA)
    expect(await proposals.close(id, ANA)).toMatchObject({ state: 'closed' })
    expect(await proposals.close(id, ANA).catch((e) => e)).toMatchObject({ code: 'conflict' })
    expect(await proposals.merge(id, ANA).catch((e) => e)).toMatchObject({ code: 'conflict' })
    const other = await proposals.open(change({ title: 'Other' }), ANA)
    await store.changeProposal(other.id, { state: 'open', number: 1, url: 'https://x/1' }, ANA)
    const refused = await proposals.close(other.id, ANA).catch((e) => e)
    expect(refused).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('https://x/1'),
    })
  })
})

describe('merging in the local content repository', () => {
  const merge = (id: string) => proposals.merge(id, { name: 'ben' })

  test('moves the branch forward and asks for the release', async () => {
    const { id, commit } = await proposals.open(change(), ANA)
    expect(await merge(id)).toMatchObject({ commit, proposal: { state: 'merged' } })
    expect(inContent('rev-parse', 'main')).toBe(commit)
    expect(pulls).toBe(1)
    expect(await merge(id).catch((e) => e)).toMatchObject({ code: 'conflict' })
  })

  test('makes a merge commit where the branch went on elsewhere', async () => {
    const { id, commit } = await proposals.open(change(), ANA)
    const files = [{ path: 'hunts/b.yml', text: 'title: B\n' }]
    const other = await proposals.open(change({ title: 'B', files }), ANA)
    await merge(other.id)
    await merge(id)
    expect(inContent('rev-parse', 'main^2')).toBe(commit)
    expect(inContent('show', `main:${RULE}`)).toContain('high')
    expect(inContent('show', 'main:hunts/b.yml')).toBe('title: B')
  })

  test('refuses a conflict by the files and leaves the branch alone', async () => {
    const { id } = await proposals.open(change(), ANA)
    const files = [{ path: RULE, text: 'title: A\nlevel: critical\n' }]
    const other = await proposals.open(change({ title: 'Other', files }), ANA)
    await merge(other.id)
    const head = inContent('rev-parse', 'main')
    const refused = await merge(id).catch((e) => e)
    expect(refused).toMatchObject({ code: 'conflict', message: expect.stringContaining(RULE) })
    expect(inContent('rev-parse', 'main')).toBe(head)
    expect(await proposals.get(id)).toMatchObject({ state: 'pending' })
  })

  test('by two people at once happens once, and giving up waits for it', async () => {
    const { id } = await proposals.open(change(), ANA)
    const code = (job: Promise<unknown>) => job.then(() => 'done').catch((error) => error.code)
    const acts = [merge(id), merge(id), proposals.close(id, ANA)]
    expect(await Promise.all(acts.map(code))).toEqual(['done', 'conflict', 'conflict'])
    expect(await proposals.get(id)).toMatchObject({ state: 'merged' })
  })

  test('is undone where the release is refused, also when it was looked at by others', async () => {
    const head = inContent('rev-parse', 'main')
    const { id, commit } = await proposals.open(change(), ANA)
    const findings = [{ code: 'x', severity: 'error', message: 'no condition', path: RULE }]
    refused = [{ commit, status: 'refused', findings } as unknown as ReleaseRecord]
    const said = await merge(id).catch((e) => e)
    expect(said).toMatchObject({
      code: 'conflict',
      message: `not merged: the release was refused: ${RULE}: no condition`,
    })
    expect(inContent('rev-parse', 'main')).toBe(head)
    expect(await proposals.get(id)).toMatchObject({ state: 'open', error: said.message })
    // The refused commit would not be looked at again: its merge is another.
    released = { status: 'live', commit, rules: 1, summary: '' } as ReleaseOutcome
    expect(await merge(id)).toMatchObject({ release: { status: 'live' } })
    expect(inContent('rev-parse', 'main^2')).toBe(commit)
    expect((await proposals.get(id))?.error).toBeUndefined()
  })
})
