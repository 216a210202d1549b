// A staged commit under the same checks as in CI: the commands themselves, in a process of their own, so
// that a hostile rule costs the server nothing.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { ReleaseFinding } from '../stores/state/releases.ts'

/** Checks of one release may take this long, milliseconds. */
const CHECK_TIMEOUT_MS = 120_000
/** Findings that a refusal names. */
export const FINDINGS_MAX = 50

const TRAPLINE = resolve(import.meta.dir, '../../ci/trapline.ts')

const Report = z.object({
  summary: z.string(),
  findings: z.array(
    z.object({
      code: z.string(),
      severity: z.string(),
      message: z.string(),
      path: z.string().optional(),
      line: z.number().optional(),
    }),
  ),
  /** Of `trapline test`: every test that ran. */
  tests: z
    .array(
      z.object({ path: z.string(), name: z.string(), passed: z.boolean(), message: z.string() }),
    )
    .default([]),
})

export interface CheckOutcome {
  readonly passed: boolean
  /** What ran, one line a command. */
  readonly summary: string
  readonly findings: readonly ReleaseFinding[]
  /** Tests of rules that ran. */
  readonly tests?: { readonly passed: number; readonly failed: number } | undefined
}

/** Runs `trapline check` and `trapline test` over a folder of content; its filters may mean rules of overlays. */
export async function checkContent(
  folder: string,
  overlays: readonly string[] = [],
): Promise<CheckOutcome> {
  if (!existsSync(join(folder, 'detections')))
    return refusal('no-detections', 'no folder detections/')
  const beside = overlays.flatMap((path) => ['--beside', resolve(path)])
  const check = await runCommand(folder, [
    ...['check', '--fail-on', 'error', '--show', 'error'],
    ...beside,
  ])
  // What cannot load is named once; its tests would only say it again.
  if (!check.passed) return { ...check, findings: check.findings.slice(0, FINDINGS_MAX) }
  const tested = ['detections', 'parsers'].filter((name) => existsSync(join(folder, name)))
  const test = await runCommand(folder, ['test', ...tested, '--require', 'none', ...beside])
  return {
    passed: test.passed,
    tests: test.tests,
    summary: `${check.summary}; ${test.summary}`,
    findings: [...check.findings, ...test.findings].slice(0, FINDINGS_MAX),
  }
}

function refusal(code: string, message: string): CheckOutcome {
  return { passed: false, summary: message, findings: [{ code, severity: 'error', message }] }
}

async function runCommand(folder: string, args: readonly string[]): Promise<CheckOutcome> {
  const child = Bun.spawn([process.execPath, TRAPLINE, ...args, '--format', 'json'], {
    cwd: folder,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: CHECK_TIMEOUT_MS,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' },
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  const code = await child.exited
  const report = reportOf(out)
  if (report === undefined) {
    const why = child.signalCode === null ? err.trim().slice(0, 500) : `over ${CHECK_TIMEOUT_MS} ms`
    return refusal(`${args[0]}-failed`, `trapline ${args[0]} ended with ${code}: ${why}`)
  }
  const failed = report.tests
    .filter((test) => !test.passed)
    .map(({ path, name, message }) => ({
      ...{ code: 'test-failed', severity: 'error', path },
      message: `${name}: ${message}`,
    }))
  const { summary, findings } = report
  const tests = { passed: report.tests.length - failed.length, failed: failed.length }
  return { passed: code === 0, summary, findings: [...findings, ...failed], tests }
}

function reportOf(out: string): z.output<typeof Report> | undefined {
  try {
    const parsed = Report.safeParse(JSON.parse(out))
    return parsed.success ? parsed.data : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
