// Types, lint and format of the whole tree: `npm run lint` (`--fix` writes what can be mended).
const fix = process.argv.includes('--fix')
const steps: readonly (readonly string[])[] = [
  ['check'],
  ['x', 'biome', 'check', '--error-on-warnings', ...(fix ? ['--write'] : [])],
]
let failed = 0
for (const step of steps) {
  const run = Bun.spawnSync([process.execPath, ...step], { stdout: 'inherit', stderr: 'inherit' })
  if (run.exitCode !== 0) failed++
}
process.exit(failed === 0 ? 0 : 1)
