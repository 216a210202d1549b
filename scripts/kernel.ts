// Compiles the byte kernels of the Sigma engine: `bun scripts/kernel.ts` after a change in sigma/kernel/assembly/.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dir, '..')
const COMPILER = join(ROOT, 'node_modules/assemblyscript/bin/asc.js')
const ENTRY = 'sigma/kernel/assembly/index.ts'
/** What the compiled kernels are committed as. */
export const COMPILED = join(ROOT, 'sigma/kernel/compiled.ts')
const FLAGS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd']
/** Memory that every kernel starts with, pages of 64 KiB. */
const PAGES = '64'

/** The source of `COMPILED` as the assembly stands. Throws what the compiler says. */
export async function compileKernel(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'trapline-kernel-'))
  try {
    const out = join(folder, 'kernel.wasm')
    const command = [process.execPath, COMPILER, ENTRY, ...FLAGS, '--initialMemory', PAGES]
    const { exitCode, stderr } = Bun.spawnSync([...command, '-o', out], { cwd: ROOT })
    if (exitCode !== 0) throw new Error(`the kernels do not compile: ${stderr}`)
    const text = Buffer.from(await Bun.file(out).bytes()).toString('base64')
    return [
      '// Made by scripts/kernel.ts of sigma/kernel/assembly/: WebAssembly, in Base64.',
      `export const COMPILED_KERNEL =\n  '${text}'\n`,
    ].join('\n')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) await Bun.write(COMPILED, await compileKernel())
