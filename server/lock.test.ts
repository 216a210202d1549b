import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LockedError, lockFolder } from './lock.ts'

const holder = `import { lockFolder } from ${JSON.stringify(join(import.meta.dir, 'lock.ts'))}
lockFolder(process.argv[1]); console.log('held'); await Bun.sleep(60_000)`

test('a second process is refused by name, and a killed one leaves no stale lock', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapline-lock-'))
  const child = Bun.spawn([process.execPath, '-e', holder, folder], { stdout: 'pipe' })
  const reader = child.stdout.getReader()
  await reader.read()
  expect(() => lockFolder(folder)).toThrow(LockedError)
  expect(() => lockFolder(folder)).toThrow(`process ${child.pid}`)
  child.kill('SIGKILL')
  await child.exited
  lockFolder(folder).release()
  rmSync(folder, { recursive: true })
})

test('one process cannot take a folder twice', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trapline-lock-'))
  const lock = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(LockedError)
  lock.release()
  lockFolder(folder).release()
  rmSync(folder, { recursive: true })
})
