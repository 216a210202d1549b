// Runs every test and ends with `N passed, N failed` on a line of its own: `npm test [filter...]`. Files run beside
// each other, one in each of a few processes; a file that ends its process or never ends is named and fails.
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { QUICK_TEST_S, SLOW_TESTS } from './slow-tests.ts'

/** Files that run at once, at most: those that start servers and browsers take more than one core each. */
const PROCESSES_MAX = 4
const TEST_TIMEOUT_MS = 60_000
/** When no file has ended for so long, those that run are named and given up, seconds. */
const SILENCE_S = Number(process.env.TRAPLINE_TEST_SILENCE_S ?? 300)
/** What the runner gets to name them and to end its processes, and its output to end, milliseconds. */
const GOODBYE_MS = 5_000

const work = mkdtempSync(join(tmpdir(), 'trapline-tests-'))
const report = join(work, 'junit.xml')
const timings = join(work, 'timings.json')
process.on('exit', () => rmSync(work, { recursive: true, force: true }))

/** How long each test file takes, for the runner to start the slowest first. */
async function writeTimings(): Promise<void> {
  const files: Record<string, number> = {}
  for (const path of new Bun.Glob('**/*.test.{ts,tsx}').scanSync('.')) {
    if (!path.includes('node_modules')) files[path] = (SLOW_TESTS[path] ?? QUICK_TEST_S) * 1000
  }
  await Bun.write(timings, JSON.stringify({ version: 1, files }))
}

function startRunner(filters: readonly string[]) {
  const processes = Math.max(2, Math.min(availableParallelism(), PROCESSES_MAX))
  const colours = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}
  return Bun.spawn(
    [
      ...[process.execPath, 'test', `--timeout=${TEST_TIMEOUT_MS}`, `--parallel=${processes}`],
      ...['--parallel-delay=0', `--timings=${timings}`],
      ...['--reporter=junit', `--reporter-outfile=${report}`, ...filters],
    ],
    {
      stdout: 'pipe',
      stderr: 'pipe',
      env: {
        ...{ ...process.env, ...colours },
        // Nothing is kept in the home of whoever runs the tests; what one process transpiled the next one reads.
        ...{ TRAPLINE_CACHE: 'off', BUN_RUNTIME_TRANSPILER_CACHE_PATH: join(work, 'transpiled') },
      },
    },
  )
}

/** Runs the files and shows what they print; resolves with the exit code and all that was printed. */
async function run(filters: readonly string[]): Promise<{ code: number; said: string }> {
  const runner = startRunner(filters)
  let said = ''
  let heard = performance.now()
  let isOver = false
  const end = () => {
    if (isOver) return
    isOver = true
    // It names the files that run and ends their processes.
    runner.kill('SIGINT')
    setTimeout(() => runner.kill('SIGKILL'), GOODBYE_MS).unref()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
  const watch = setInterval(() => {
    if (isOver || performance.now() - heard < SILENCE_S * 1000) return
    console.error(`\nno test file has ended for ${SILENCE_S} s: the run is given up`)
    end()
  }, 1000)
  const show = async (from: ReadableStream<Uint8Array>, to: NodeJS.WriteStream) => {
    const decoder = new TextDecoder()
    for await (const chunk of from) {
      heard = performance.now()
      said += decoder.decode(chunk, { stream: true })
      to.write(chunk)
    }
  }
  const shown = [show(runner.stdout, process.stdout), show(runner.stderr, process.stderr)]
  const code = await runner.exited
  clearInterval(watch)
  // What a test left running may hold them open.
  await Promise.race([Promise.all(shown), Bun.sleep(GOODBYE_MS)])
  return { code: isOver && code === 0 ? 1 : code, said: Bun.stripANSI(said) }
}

/** The numbers of a run, and the files in which something failed. */
async function readReport() {
  const text = await Bun.file(report).text()
  const number = (element: string, name: string) =>
    Number(new RegExp(`\\b${name}="(\\d+)"`).exec(element)?.[1] ?? 0)
  const head = /<testsuites[^>]*>/.exec(text)?.[0] ?? ''
  const files = [...text.matchAll(/^ {2}<testsuite [^>]*>/gm)].map(([element]) => element)
  return {
    tests: number(head, 'tests'),
    skipped: number(head, 'skipped'),
    failures: number(head, 'failures'),
    failedFiles: files
      .filter((element) => number(element, 'failures') > 0)
      .map((element) => /\bfile="([^"]*)"/.exec(element)?.[1]),
  }
}

/** A test file in quotes, in brackets or behind `at`: its path may hold blanks. */
const NAMED_FILE = /(?:['"(]|\bat )([^'"()\n]+?\.test\.tsx?)\b/

/**
 * Files that threw while they were loaded: they have no tests, and are not in the report. What is printed above such an
 * error may be another file's, so the file is the first one that the error itself or its stack names.
 */
function thrownFiles(said: string): string[] {
  return [...said.matchAll(/^# Unhandled error between tests\n-+\n(.*?)^-{20,}$/gms)]
    .flatMap(([, error]) => NAMED_FILE.exec(error ?? '')?.[1] ?? [])
    .map((path) => relative(process.cwd(), resolve(path)))
}

await writeTimings()
const { code, said } = await run(process.argv.slice(2))
if (!(await Bun.file(report).exists())) {
  console.error('the test runner left no report: it ran no test')
  process.exit(code || 1)
}
const { tests, skipped, failures, failedFiles } = await readReport()
const errors = Number(/^ *(\d+) errors?$/m.exec(said)?.[1] ?? 0)
const failed = Math.max(failures + errors, code === 0 ? 0 : 1)
const passed = tests - failures - skipped
for (const file of new Set([...failedFiles, ...thrownFiles(said)])) console.error(`failed: ${file}`)
if (skipped > 0) console.error(`${skipped} skipped, each with a notice above`)
// The last line, after all that still waits to be written.
await new Promise<void>((done) => {
  process.stdout.write(`${passed} passed, ${failed} failed\n`, () => done())
})
process.exit(failed === 0 && passed > 0 ? 0 : code || 1)
