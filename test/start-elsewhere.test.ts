// `trapline start` from any folder: what files mean may not hang on where the person stands.
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

setDefaultTimeout(60_000)

const ROOT = resolve(import.meta.dir, '..')
const PRAGMA = '/** @jsxImportSource hono/jsx */\n'
const folder = mkdtempSync(join(tmpdir(), 'trapline-elsewhere-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every page names its JSX library: tsconfig.json is only read in the current folder', () => {
  const tracked = Bun.spawnSync(['git', 'ls-files', '*.tsx'], { cwd: ROOT }).stdout.toString()
  const pages = tracked.split('\n').filter((path) => path !== '')
  expect(pages.length).toBeGreaterThan(40)
  const without = pages.filter((path) => !readFileSync(join(ROOT, path), 'utf8').startsWith(PRAGMA))
  expect(without).toEqual([])
})

test('a server started in another folder serves pages and keeps its data where it was started', async () => {
  const child = Bun.spawn([process.execPath, join(ROOT, 'ci/trapline.ts'), 'start'], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', TRAPLINE_PORT: '0', TRAPLINE_DISK_MIN_FREE_MIB: '0' },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let output = ''
  for await (const chunk of child.stdout) {
    output += new TextDecoder().decode(chunk)
    const url = /^Trapline is ready at (\S+)$/m.exec(output)?.[1]
    if (url === undefined) continue
    const page = await fetch(`${url}/sign-in`)
    expect(page.status).toBe(200)
    const html = await page.text()
    expect(html).toContain('Sign in')
    const script = /src="(\/assets\/[^"]+client\.js)"/.exec(html)?.[1] ?? ''
    expect((await fetch(url + script)).status).toBe(200)
    child.kill('SIGTERM')
  }
  expect(await new Response(child.stderr).text()).toBe('')
  expect(await child.exited).toBe(0)
  expect(await Bun.file(join(folder, 'data', 'state.db')).exists()).toBe(true)
})
