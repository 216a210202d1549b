// Proposals on their way to a plain Git remote, with real repositories on both sides.
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { git, runGit } from '../ci/git.ts'
import { openContent } from '../server/proposals/content.ts'
import { createHead } from '../server/proposals/head.ts'
import { ANA, CHANGE, openStage, type Side, type Stage } from './support/proposals.ts'

setDefaultTimeout(60_000)

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.close())

describe('a plain Git remote', () => {
  let bare: string
  let one: Side
  beforeEach(async () => {
    bare = join(stage.folder, 'remote.git')
    await git(stage.folder, 'clone', '--quiet', '--bare', stage.work, bare)
    one = await stage.side(bare)
  })
  const opened = async () => {
    const { id } = await one.proposals.open(CHANGE, ANA)
    await one.send()
    return (await one.proposals.get(id))!
  }

  test('gets the branch, and merging it there is noticed', async () => {
    const { id, state, branch, commit } = await opened()
    expect(state).toBe('open')
    expect((await git(bare, 'rev-parse', branch)).trim()).toBe(commit)
    await one.watch()
    expect(await one.proposals.get(id)).toMatchObject({ state: 'open' })
    await git(stage.work, 'pull', '--quiet', '--no-rebase', bare, branch)
    await git(stage.work, 'push', '--quiet', bare, 'main')
    await one.watch()
    expect(await one.proposals.get(id)).toMatchObject({ state: 'merged' })
    expect(one.pulls()).toBe(1)
  })

  test('merged as one squashed commit is merged too', async () => {
    const { id, branch } = await opened()
    await stage.save({ 'detections/b.yml': 'title: B\n' }, 'meanwhile')
    await git(stage.work, 'fetch', '--quiet', bare, branch)
    await git(stage.work, 'merge', '--quiet', '--squash', 'FETCH_HEAD')
    await git(stage.work, 'commit', '--quiet', '-m', 'squashed')
    await git(stage.work, 'push', '--quiet', bare, 'main')
    await one.watch()
    expect(await one.proposals.get(id)).toMatchObject({ state: 'merged' })
  })

  test('that is gone costs only time: the change is made now and pushed later', async () => {
    await one.head.fetch()
    const away = `${bare}.away`
    await Bun.$`mv ${bare} ${away}`
    const { id, state, error, branch } = await opened()
    expect(state).toBe('pending')
    expect(error).toContain('cannot be pushed')
    await Bun.$`mv ${away} ${bare}`
    await one.send(60_000)
    expect(await one.proposals.get(id)).toMatchObject({ state: 'open' })
    expect((await one.proposals.get(id))?.error).toBeUndefined()
    expect(await git(bare, 'branch', '--list', branch)).toContain(branch)
  })

  test('builds on the newest head, not on what is known from before', async () => {
    await one.head.fetch()
    await stage.save({ 'detections/b.yml': 'title: B\n' }, 'newer')
    await git(stage.work, 'push', '--quiet', bare, 'main')
    const { base } = await one.proposals.prepare(CHANGE, ANA)
    expect(base).toBe((await git(stage.work, 'rev-parse', 'HEAD')).trim())
  })
})

test('a remote that never answers is given up, and what is known is worked with', async () => {
  const silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => undefined } })
  const remote = `http://127.0.0.1:${silent.port}/acme/rules.git`
  const { ok, err } = await runGit(stage.work, ['ls-remote', remote], { timeout_ms: 300 })
  expect(ok).toBe(false)
  expect(err).toContain('took over 300 ms')
  const content = openContent(join(stage.work, '.git'))
  const known = (await git(stage.work, 'rev-parse', 'HEAD')).trim()
  await content.setRef('refs/followed/head', known, undefined)
  const environment = async () => ({})
  const at = { content, data: stage.folder, branch: 'main', remote, environment }
  expect(await createHead({ ...at, wait_ms: 200 }).current()).toBe(known)
  silent.stop(true)
})
