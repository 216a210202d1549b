// Runs every test and ends with `N passed, N failed` on a line of its own: `npm test [filter...]`.
const filters = process.argv.slice(2)
const report = `${process.env['TMPDIR'] ?? '/tmp'}/trapline-junit-${process.pid}.xml`
const run = Bun.spawnSync(
  [
    process.execPath,
    'test',
    '--timeout=60000',
    ...filters,
    '--reporter=junit',
    `--reporter-outfile=${report}`,
  ],
  {
    stdout: 'inherit',
    stderr: 'inherit',
    // Nothing is kept in the home of whoever runs the tests.
    env: { ...process.env, TRAPLINE_CACHE: 'off' },
  },
)
const file = Bun.file(report)
if (!(await file.exists())) {
  console.error('the test runner left no report: it ran no test')
  process.exit(run.exitCode || 1)
}
const head = /<testsuites[^>]*>/.exec(await file.text())?.[0] ?? ''
await file.delete()
const count = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0)
const failed = count('failures') + count('errors')
const skipped = count('skipped')
const passed = count('tests') - failed - skipped
console.log(`${passed} passed, ${run.exitCode !== 0 && failed === 0 ? 1 : failed} failed`)
if (skipped > 0) console.error(`${skipped} skipped, each with a notice above`)
process.exit(run.exitCode === 0 && failed === 0 && passed > 0 ? 0 : run.exitCode || 1)
