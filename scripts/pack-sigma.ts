// Packs `sigma/` as the npm package `sigma-ts-parser`: `bun scripts/pack-sigma.ts FOLDER` leaves a tarball there.
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = join(import.meta.dir, '..')

function run(command: readonly string[], cwd: string): void {
  const child = Bun.spawnSync([...command], { cwd, stdout: 'pipe', stderr: 'pipe' })
  if (child.exitCode !== 0) {
    throw new Error(
      `${command.join(' ')} failed:\n${child.stdout.toString()}${child.stderr.toString()}`,
    )
  }
}

/** Compiles to JavaScript and declarations and packs; resolves with the tarball's path. */
export async function packSigma(into: string): Promise<string> {
  const stage = await mkdtemp(join(tmpdir(), 'sigma-pack-'))
  try {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    run(
      [
        process.execPath,
        tsc,
        '-p',
        join(ROOT, 'sigma/tsconfig.build.json'),
        '--outDir',
        join(stage, 'dist'),
      ],
      ROOT,
    )
    await cp(join(ROOT, 'sigma/schema'), join(stage, 'dist/schema'), { recursive: true })
    for (const name of ['README.md', 'package.json'])
      await cp(join(ROOT, 'sigma', name), join(stage, name))
    await cp(join(ROOT, 'LICENSE'), join(stage, 'LICENSE'))
    await mkdir(into, { recursive: true })
    run([process.execPath, 'pm', 'pack', '--destination', resolve(into)], stage)
    const { name, version } = await Bun.file(join(stage, 'package.json')).json()
    return join(resolve(into), `${name}-${version}.tgz`)
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  const [into] = process.argv.slice(2)
  if (into === undefined) throw new Error('usage: pack-sigma.ts FOLDER')
  console.log(await packSigma(into))
}
