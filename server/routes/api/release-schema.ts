// What the API says of a release: findings and what the checks measured.
import { z } from 'zod'
import type { ReleaseOutcome } from '../../services/releases.ts'
import { RELEASE_STATUSES, type ReleaseReport } from '../../stores/state/releases.ts'
import { iso, Time } from './schemas.ts'

export const ReleaseFindingSchema = z.object({
  code: z.string(),
  severity: z.string(),
  message: z.string(),
  path: z.string().optional(),
  line: z.number().optional(),
})

export const ReleaseReportSchema = z.object({
  tests: z.object({ passed: z.number(), failed: z.number() }).optional(),
  verdicts: z
    .object({
      events: z.number(),
      fired: z.number(),
      lost: z.array(z.string()),
      not_replayed: z.number(),
    })
    .optional(),
  sample: z
    .object({
      events: z.number(),
      total: z.number(),
      from: Time,
      to: Time,
      took_ms: z.number(),
      changed: z.number(),
      rules: z.array(
        z.object({ id: z.string(), title: z.string(), before: z.number(), after: z.number() }),
      ),
    })
    .optional(),
  overlays: z.array(z.object({ path: z.string(), files: z.number(), hash: z.string() })).optional(),
  commits: z
    .array(z.object({ commit: z.string(), author: z.string(), subject: z.string() }))
    .optional(),
  sender: z.string().optional(),
  took_ms: z.number().optional(),
})

/** A report as the API writes it: times as text, names in snake case. */
export function reportAnswer(report: ReleaseReport): z.input<typeof ReleaseReportSchema> {
  const { verdicts, sample, overlays, commits, ...rest } = report
  return {
    ...rest,
    ...(commits === undefined ? {} : { commits: commits.map((commit) => ({ ...commit })) }),
    ...(verdicts === undefined ? {} : { verdicts: verdictsAnswer(verdicts) }),
    ...(sample === undefined
      ? {}
      : {
          sample: {
            ...sample,
            from: iso(sample.from),
            to: iso(sample.to),
            rules: sample.rules.map((rule) => ({ ...rule })),
          },
        }),
    ...(overlays === undefined ? {} : { overlays: overlays.map((overlay) => ({ ...overlay })) }),
  }
}

function verdictsAnswer({ notReplayed, lost, ...rest }: NonNullable<ReleaseReport['verdicts']>) {
  return { ...rest, lost: [...lost], not_replayed: notReplayed }
}

export const ReleaseOutcomeSchema = z.object({
  status: z.enum(RELEASE_STATUSES),
  commit: z.string(),
  rules: z.number().optional(),
  summary: z.string().optional(),
  findings: z.array(ReleaseFindingSchema).optional(),
  report: ReleaseReportSchema.optional(),
})

/** What became of an offer, as the API writes it. */
export function outcomeAnswer(outcome: ReleaseOutcome): z.input<typeof ReleaseOutcomeSchema> {
  const { report, findings, ...rest } = outcome
  return {
    ...rest,
    findings: findings.map((finding) => ({ ...finding })),
    ...(report === undefined ? {} : { report: reportAnswer(report) }),
  }
}
