import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, stateUrl } from '../stores/state/open.ts'

// Processes, fsyncs and password hashes take their time on a busy machine.
setDefaultTimeout(60_000)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapline-user-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const SCRIPT = join(import.meta.dir, '../../ci/trapline.ts')

async function trapline(args: readonly string[], input = '') {
  const child = Bun.spawn([process.execPath, SCRIPT, 'user', ...args], {
    env: { ...process.env, TRAPLINE_DATA: folder },
    stdin: new Blob([input]),
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { out, err, code: await child.exited }
}

async function withStore<T>(
  job: (store: Awaited<ReturnType<typeof openStore>>['store']) => Promise<T>,
): Promise<T> {
  const { store } = await openStore({ url: stateUrl(folder) })
  try {
    return await job(store)
  } finally {
    await store.close()
  }
}

test('adds a user with a password that it prints, lists and disables it', async () => {
  const added = await trapline(['add', 'ana', '--role', 'analyst'])
  expect(added.code).toBe(0)
  const password = /^password: (\S+)$/m.exec(added.out)?.[1] ?? ''
  expect(await withStore((store) => store.checkPassword('ana', password))).toMatchObject({
    role: 'analyst',
  })
  expect((await trapline(['list'])).out).toBe('ana\tanalyst\tenabled\tnever\n')
  expect((await trapline(['disable', 'ANA'])).out).toBe('ana is disabled now\n')
  expect(await withStore((store) => store.checkPassword('ana', password))).toBeUndefined()
  const audit = await withStore((store) => store.listAudit({ limit: 9 }))
  expect(audit.map((entry) => entry.action)).toEqual(['user.disable', 'user.create'])
  expect(audit[0]?.who).toEndWith('(command line)')
})

test('reads a password from standard input and does not print it', async () => {
  const password = 'correct horse battery'
  const added = await trapline(['add', 'ana', '--role', 'admin', '--password-stdin'], password)
  expect(added.out).toBe('added ana as admin\n')
  expect(await withStore((store) => store.checkPassword('ana', password))).toBeDefined()
  const next = 'another fine password'
  await trapline(['password', 'ana', '--password-stdin'], `${next}\n`)
  expect(await withStore((store) => store.checkPassword('ana', next))).toBeDefined()
})

test('makes, lists and revokes keys', async () => {
  await trapline(['add', 'ana', '--role', 'admin'])
  const made = await trapline(['key', 'add', 'ana', '--name', 'beat', '--ingest'])
  const secret = /^key: (\S+)$/m.exec(made.out)?.[1] ?? ''
  expect(await withStore((store) => store.verifyKey(secret))).toMatchObject({ role: 'ingest' })
  const listed = await trapline(['key', 'list', 'ana', '--json'])
  expect(listed.out).not.toContain(secret)
  const id: string = JSON.parse(listed.out)[0].id
  await trapline(['key', 'revoke', id])
  expect(await withStore((store) => store.verifyKey(secret))).toBeUndefined()
})

test.each([
  [['add', 'ana'], '--role is one of'],
  [['add', 'ana', '--role', 'boss'], '--role is one of'],
  [['add', 'a b', '--role', 'viewer'], 'a user name has'],
  [['role', 'nobody', 'viewer'], 'there is no user nobody'],
  [['frobnicate'], 'no command "frobnicate"'],
  [['key', 'add', 'ana'], 'there is no user ana'],
  [[], 'no command'],
])('%j is refused with exit code 3', async (args, message) => {
  const refused = await trapline(args)
  expect(refused.err).toContain(message)
  expect(refused.code).toBe(3)
})
