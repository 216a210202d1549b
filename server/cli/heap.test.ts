import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'trapline-heap-'))
const script = join(folder, 'say.ts')
beforeAll(() => {
  const module = JSON.stringify(join(import.meta.dir, 'heap.ts'))
  writeFileSync(
    script,
    `import { startWithSmallHeaps } from ${module}
startWithSmallHeaps()
console.log(JSON.stringify([process.pid, process.env.BUN_JSC_forceRAMSize, process.argv.slice(2)]))`,
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function say(size: string | undefined) {
  const env = { ...process.env, BUN_JSC_forceRAMSize: size }
  const child = Bun.spawn([process.execPath, script, 'a', 'b c'], { env, stdout: 'pipe' })
  const [pid, told, args] = JSON.parse(await new Response(child.stdout).text())
  return { isSame: pid === child.pid, told, args, code: await child.exited }
}

test('a process starts anew in its place, with its arguments, and is told of less memory', async () => {
  const told = process.platform === 'win32' ? undefined : String(1024 ** 3)
  expect(await say(undefined)).toEqual({ isSame: true, told, args: ['a', 'b c'], code: 0 })
})

test('what the operator says of the memory stays', async () => {
  const told = String(4 * 1024 ** 3)
  expect(await say(told)).toEqual({ isSame: true, told, args: ['a', 'b c'], code: 0 })
})
