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
restartWith({ TRAPLINE_TEST_RESTART: 'new', TRAPLINE_TEST_OTHER: 'other' })
const { TRAPLINE_TEST_RESTART: own, TRAPLINE_TEST_OTHER: other } = process.env
console.log(JSON.stringify([process.pid, own, other, process.argv.slice(2)]))`,
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function say(own: string | undefined, other: string | undefined, ...args: string[]) {
  const env = { ...process.env, TRAPLINE_TEST_RESTART: own, TRAPLINE_TEST_OTHER: other }
  const child = Bun.spawn([process.execPath, script, ...args], { env, stdout: 'pipe' })
  const [pid, told, toldOther, seen] = JSON.parse(await new Response(child.stdout).text())
  return {
    isSame: pid === child.pid,
    told: [told ?? undefined, toldOther ?? undefined],
    args: seen,
    code: await child.exited,
  }
}

const canRestart = process.platform !== 'win32'

test.each<{
  name: string
  set: (string | undefined)[]
  told: (string | undefined)[]
  args: string[]
}>([
  {
    name: 'starts anew in its place, with its arguments',
    set: [],
    told: canRestart ? ['new', 'other'] : [],
    args: ['a', 'b c'],
  },
  {
    name: 'keeps a variable that is set when it starts anew for another',
    set: ['own'],
    told: canRestart ? ['own', 'other'] : ['own'],
    args: ['a'],
  },
  {
    name: 'stays as it is where all variables are set',
    set: ['own', 'own'],
    told: ['own', 'own'],
    args: ['a'],
  },
  {
    name: 'stays where a file is open in this process alone',
    set: [],
    told: [],
    args: ['/dev/fd/63'],
  },
  {
    name: 'stays where an option names such a file',
    set: [],
    told: [],
    args: ['--events=/dev/fd/63'],
  },
])('a process $name', async ({ set, told, args }) => {
  const [own, other] = told
  expect(await say(set[0], set[1], ...args)).toEqual({
    isSame: true,
    told: [own, other],
    args,
    code: 0,
  })
})
