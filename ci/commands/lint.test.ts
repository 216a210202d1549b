// `lint --fix` on disk: what a finding names changes, every other byte stays.
import { expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A machine that does other things as well takes its time, milliseconds. */
setDefaultTimeout(60_000)

const TRAPLINE = new URL('../trapline.ts', import.meta.url).pathname
const rule = (title: string) => `title: ${title}
id: 6f1d2c5e-8a3b-4c7d-9e10-0a1b2c3d4e5f
logsource: {product: linux}
detection:
    s: {a: 1}
    condition: s
`

/** Bytes of a file after `lint --fix`, and what was printed. */
async function fixed(bytes: Uint8Array, ...args: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'trapline-lint-'))
  try {
    const path = join(folder, 'rule_of_bytes.yml')
    await Bun.write(path, bytes)
    const command = [process.execPath, TRAPLINE, 'lint', '--fix', ...args, path]
    const { stdout } = Bun.spawnSync(command, { cwd: folder })
    return { bytes: Buffer.from(await Bun.file(path).bytes()), out: stdout.toString() }
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a byte order mark goes when its check says so, and stays when that is off', async () => {
  const own = Buffer.from(`\ufeff${rule('One Two.')}`)
  const off = await fixed(own, '--disable', 'file-byte-order-mark')
  expect(off.bytes).toEqual(Buffer.from(`\ufeff${rule('One Two')}`))
  expect((await fixed(own)).bytes).toEqual(Buffer.from(rule('One Two')))
})

test('a file that is no UTF-8 stays as it is, and is named', async () => {
  const own = Buffer.from(rule('Caf\u00e9.'), 'latin1')
  const { bytes, out } = await fixed(own)
  expect(bytes).toEqual(own)
  expect(out).toContain('[file-not-utf-8]')
})
