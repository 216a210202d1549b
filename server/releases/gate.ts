// The gate of a release: fixtures as in CI, kept verdicts, and a sample of the last hour's events, each in a
// process of its own.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { ReleaseFinding, ReleaseReport } from '../stores/state/releases.ts'
import { checkContent, FINDINGS_MAX } from './check.ts'
import type { GateResult, GateTask } from './gate-run.ts'
import type { KeptVerdict } from './gate-verdicts.ts'

/** Events of the sample, and how long reading and running them may take. */
export const SAMPLE_EVENTS_MAX = 200_000
export const SAMPLE_TIME_MAX_MS = 10_000
/** How far back the sample reaches. */
export const SAMPLE_RANGE_MS = 3_600_000
/** The whole process: both versions are loaded and compiled before. */
const GATE_TIMEOUT_MS = 120_000

const GATE_RUN = resolve(import.meta.dir, 'gate-run.ts')

export interface GateParts {
  readonly data: string
  readonly before: string | undefined
  readonly after: string
  readonly overlays: readonly string[]
  readonly verdicts: readonly KeptVerdict[]
  readonly now: number
}

export interface GateOutcome {
  readonly passed: boolean
  /** What ran, one line. */
  readonly summary: string
  readonly findings: readonly ReleaseFinding[]
  readonly report: ReleaseReport
}

/** Runs all checks over a staged folder. What cannot run to its end refuses, by name. */
export async function gate(parts: GateParts): Promise<GateOutcome> {
  const [check, replayed] = await Promise.all([
    checkContent(parts.after, parts.overlays),
    replay(parts),
  ])
  const { tests } = check
  if (!check.passed) {
    const { summary, findings } = check
    return { passed: false, summary, findings, report: { tests } }
  }
  const findings = [...check.findings, ...replayed.findings].slice(0, FINDINGS_MAX)
  const { verdicts, sample } = replayed
  return {
    passed: findings.every(({ severity }) => severity !== 'error'),
    summary: [check.summary, ...describe(replayed)].join('; '),
    findings,
    report: { tests, verdicts, sample },
  }
}

type Replayed = Partial<Omit<GateResult, 'findings'>> & Pick<GateResult, 'findings'>

function describe({ verdicts, sample }: Replayed): string[] {
  const parts: string[] = []
  if (verdicts !== undefined && verdicts.events > 0)
    parts.push(`${verdicts.fired} of ${verdicts.events} true positives fire`)
  if (sample !== undefined && sample.changed > 0)
    parts.push(`${sample.events} of ${sample.total} events of the last hour ran`)
  return parts
}

async function replay(parts: GateParts): Promise<Replayed> {
  const folder = await mkdtemp(join(tmpdir(), 'trapline-gate-'))
  try {
    const verdicts = join(folder, 'verdicts.json')
    await writeFile(verdicts, JSON.stringify(parts.verdicts))
    const { data, before, after, overlays, now } = parts
    return await runTask({
      ...{ data, before, after, overlays, verdicts },
      ...{ from: now - SAMPLE_RANGE_MS, to: now },
      ...{ events_max: SAMPLE_EVENTS_MAX, time_max_ms: SAMPLE_TIME_MAX_MS },
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const Finding = z.object({
  code: z.string(),
  severity: z.string(),
  message: z.string(),
  path: z.string().optional(),
})
const Result = z.object({
  verdicts: z.object({
    events: z.number(),
    fired: z.number(),
    lost: z.array(z.string()),
    notReplayed: z.number(),
  }),
  sample: z.object({
    events: z.number(),
    total: z.number(),
    from: z.number(),
    to: z.number(),
    took_ms: z.number(),
    changed: z.number(),
    rules: z.array(
      z.object({ id: z.string(), title: z.string(), before: z.number(), after: z.number() }),
    ),
  }),
  findings: z.array(Finding),
})

async function runTask(task: GateTask): Promise<Replayed> {
  const child = Bun.spawn([process.execPath, GATE_RUN], {
    stdin: new Blob([JSON.stringify(task)]),
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: GATE_TIMEOUT_MS,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' },
  })
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if ((await child.exited) === 0) return Result.parse(JSON.parse(out))
  const why = child.signalCode === null ? err.trim().slice(0, 500) : `over ${GATE_TIMEOUT_MS} ms`
  const message = `verdicts and sample could not be run: ${why}`
  return { findings: [{ code: 'gate-failed', severity: 'error', message }] }
}
