// Where an alert's rule came from, and what became of it since (D14).
import { z } from 'zod'
import { NOW_STATES, type ThenAndNow } from '../../services/provenance.ts'
import { ServiceError } from '../../services/service-error.ts'
import { type RuleProvenance, TEST_STATUSES } from '../../stores/state/provenance.ts'
import { route } from './route.ts'
import { iso, Time } from './schemas.ts'

const Provenance = z.object({
  release: z.string().optional(),
  rule_commit: z.string().optional(),
  path: z.string(),
  line: z.number(),
  overlay: z.boolean(),
  text_hash: z.string(),
  pipeline_hash: z.string().optional(),
  filters: z.array(
    z.object({ id: z.string(), title: z.string(), path: z.string(), hash: z.string() }),
  ),
  tests: z.object({
    status: z.enum(TEST_STATUSES),
    positive: z.number(),
    negative: z.number(),
  }),
})

const Answer = z.object({
  provenance: Provenance.nullable(),
  now: z.object({
    state: z.enum(NOW_STATES),
    fires: z.boolean().nullable(),
    diff: z.string().nullable().describe('Lines of both texts, each after " ", "+" or "-"'),
    filters_added: z.array(z.string()),
    filters_gone: z.array(z.string()),
  }),
  blame: z
    .array(
      z.object({
        commit: z.string(),
        author: z.string(),
        at: Time,
        subject: z.string(),
        lines: z.number(),
      }),
    )
    .nullable(),
})

const MARKS = { same: ' ', added: '+', removed: '-' } as const

function provenanceAnswer(value: RuleProvenance): z.input<typeof Provenance> {
  const { ruleCommit, textHash, pipelineHash, filters, ...rest } = value
  return {
    ...rest,
    ...(ruleCommit === undefined ? {} : { rule_commit: ruleCommit }),
    text_hash: textHash,
    ...(pipelineHash === undefined ? {} : { pipeline_hash: pipelineHash }),
    filters: filters.map((filter) => ({ ...filter })),
  }
}

function answerOf(value: ThenAndNow): z.input<typeof Answer> {
  const { provenance, state, firesNow, diff, blame, filtersAdded, filtersGone } = value
  return {
    provenance: provenance === undefined ? null : provenanceAnswer(provenance),
    now: {
      state,
      fires: firesNow ?? null,
      diff: diff?.map(({ kind, text }) => MARKS[kind] + text).join('\n') ?? null,
      filters_added: [...filtersAdded],
      filters_gone: [...filtersGone],
    },
    blame: blame?.commits.map((one) => ({ ...one, at: iso(one.at) })) ?? null,
  }
}

export const alertProvenance = route({
  method: 'get',
  path: '/api/v1/alerts/:id/provenance',
  access: 'siem:read',
  tag: 'alerts',
  summary:
    'The rule that raised an alert: as it was, as it is now, who wrote it, would it fire again',
  params: z.object({ id: z.string().max(40) }),
  answer: Answer,
  handle: async ({ params, services }) => {
    const alert = await services.state.getAlert(params.id)
    if (alert === undefined) throw new ServiceError('not-found', `no alert ${params.id}`)
    return answerOf(await services.provenance.of(alert))
  },
})
