import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'trapline-restart-'))
const script = join(folder, 'say.ts')
beforeAll(() => {
  const module = JSON.stringify(join(import.meta.dir, 'restart.ts'))
  writeFileSync(
    script,
    `import { restartWith } from ${module}
restartWith('TRAPLINE_TEST_RESTART', 'new')
console.log(JSON.stringify([process.pid, process.env.TRAPLINE_TEST_RESTART, process.argv.slice(2)]))`,
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function say(variable: string | undefined, ...args: string[]) {
  const env = { ...process.env, TRAPLINE_TEST_RESTART: variable }
  const child = Bun.spawn([process.execPath, script, ...args], { env, stdout: 'pipe' })
  const [pid, told, seen] = JSON.parse(await new Response(child.stdout).text())
  return {
    isSame: pid === child.pid,
    told: told ?? undefined,
    args: seen,
    code: await child.exited,
  }
}

const restarted = process.platform === 'win32' ? undefined : 'new'

test.each<{ name: string; set: string | undefined; args: string[] }>([
  { name: 'starts anew in its place, with its arguments', set: undefined, args: ['a', 'b c'] },
  { name: 'stays as it is where the variable is set', set: 'own', args: ['a'] },
  {
    name: 'stays where a file is open in this process alone',
    set: undefined,
    args: ['/dev/fd/63'],
  },
  {
    name: 'stays where an option names such a file',
    set: undefined,
    args: ['--events=/dev/fd/63'],
  },
])('a process $name', async ({ set, args }) => {
  const told = set ?? (args.some((one) => one.endsWith('/dev/fd/63')) ? undefined : restarted)
  expect(await say(set, ...args)).toEqual({ isSame: true, told, args, code: 0 })
})
