// Hunts as the API takes and gives them (H3, H4).
import { z } from 'zod'
import { HUNT_RANGE, SHARING_MODES } from '../../../query/hunt/hunt.ts'
import { searchHref } from '../../../views/search/state.ts'
import { detailOf } from '../../hunts/run.ts'
import type { HuntContent, HuntPatch, HuntSummary } from '../../services/hunts.ts'
import type { Proposal } from '../../stores/state/proposals.ts'
import type { RunRecord } from '../../stores/state/runs.ts'
import { SEVERITIES } from '../../stores/state/state-store.ts'
import { searchOfHunt } from '../pages/search-hunt.ts'
import { RunAnswer, runJson } from './runs.ts'
import { defined, iso, RoleName, Time } from './schemas.ts'

const TEXT_MAX = 8_192
const TITLE_MAX = 256
const VALUES_MAX = 100
/** Sigma's form of tags. */
const TAG = /^[^\s.]+(\.[^\s.]+)+$/

const text = z.string().max(TEXT_MAX)
const values = (item: z.ZodType<string>) =>
  z
    .union([z.array(item).max(VALUES_MAX), item.transform((one) => [one])])
    .describe('One or several; any of them may hold')

/** What a hunt may say; null takes a part away. */
const Fields = {
  title: z
    .string()
    .trim()
    .min(1)
    .max(TITLE_MAX)
    .regex(/^\P{Cc}*$/u, 'must be one line without control characters'),
  query: z.string().trim().min(1).max(TEXT_MAX).describe('Search language, see docs'),
  source: values(z.string().max(500)),
  severity: values(z.enum(SEVERITIES)),
  host: values(z.string().max(500)),
  rule: z.string().max(200).nullable().describe('Id of a rule that matched the event'),
  range: z
    .string()
    .max(130)
    .nullable()
    .describe(`24h, or two times with ..; default ${HUNT_RANGE}`),
  description: text.nullable(),
  hypothesis: text.nullable(),
  schedule: z
    .string()
    .regex(/^[1-9]\d{0,5}[smhd]$/, 'must be like 15m, 1h or 1d')
    .nullable()
    .describe('How often it runs by itself; at least 1m'),
  sharing_mode: z.enum(SHARING_MODES).describe('team: everyone with siem:read'),
  shared_with_roles: z.array(RoleName).max(10),
  tags: z
    .array(z.string().max(200).regex(TAG, 'must be like attack.t1078: words between dots'))
    .max(50),
  owner: z.string().max(200).nullable().describe('Team that reads what it finds'),
}

export const HuntChangeBody = z.strictObject({
  ...z.object(Fields).partial().shape,
  version: z.number().int().optional().describe('Of the hunt that the change is made to'),
})
export type HuntChangeInput = z.output<typeof HuntChangeBody>

export const HuntBody = z
  .strictObject({
    ...z.object(Fields).partial().shape,
    yaml: z.string().max(65_536).optional().describe('A hunt file, in place of everything else'),
    search: z.string().max(32_000).optional().describe('Address of a search: /search?q=...'),
    place: z.enum(['database', 'git']).default('database').describe('git: proposes the file'),
  })
  .refine(({ yaml, place: _, ...rest }) => yaml === undefined || Object.keys(rest).length === 0, {
    message: 'yaml says everything about a hunt: leave out all else but place',
  })

export const HuntAnswer = z.object({
  id: z.string(),
  title: z.string(),
  query: z.string(),
  source: z.array(z.string()),
  severity: z.array(z.string()),
  host: z.array(z.string()),
  rule: z.string().optional(),
  range: z.string(),
  description: z.string().optional(),
  hypothesis: z.string().optional(),
  schedule: z.string().optional(),
  sharing_mode: z.enum(SHARING_MODES),
  shared_with_roles: z.array(z.string()),
  tags: z.array(z.string()),
  owner: z.string().optional(),
  place: z.enum(['git', 'database']),
  path: z.string().optional(),
  created_by: z.string().optional(),
  is_owner: z.boolean(),
  created_at: Time.optional(),
  updated_at: Time.optional(),
  version: z.number().optional(),
  proposal: z.string().optional().describe('Id of the change that publishes it'),
  last_run_at: Time.optional(),
  last_match_count: z.number().optional(),
  last_new_count: z.number().optional().describe('Of these, what came in since the run before'),
  last_status: z.string().optional(),
  running: z.boolean(),
  next_run_at: Time.optional(),
  detections: z.array(z.string()).describe('Ids of rules made from it'),
  search_url: z.string().optional(),
})

/** A hunt as the API writes it. */
export function huntJson(summary: HuntSummary): z.input<typeof HuntAnswer> {
  const { hunt, last, place, isOwner, running } = summary
  const { filters, tags, shared_with_roles: roles } = hunt
  const counted = last?.status === 'ok' ? last : undefined
  const time = (value: number | undefined) => (value === undefined ? undefined : iso(value))
  return {
    ...{ id: hunt.id, title: hunt.title, query: hunt.query, place, is_owner: isOwner },
    ...{ source: [...filters.source], severity: [...filters.severity], host: [...filters.host] },
    ...{ range: filters.range ?? HUNT_RANGE, sharing_mode: hunt.sharing },
    ...{ shared_with_roles: [...roles], tags: [...tags], running: running !== undefined },
    detections: [...(hunt.lineage?.detections ?? [])],
    search_url: searchHref(searchOfHunt(hunt)),
    ...defined({
      ...{ rule: filters.rule, description: hunt.description, hypothesis: hunt.hypothesis },
      ...{ schedule: hunt.schedule, owner: hunt.owner, path: summary.path },
      ...{ created_by: summary.createdBy, version: summary.version, proposal: summary.proposal },
      ...{ created_at: time(summary.created), updated_at: time(summary.updated) },
      ...{ last_run_at: time(last?.started), last_match_count: counted?.matches },
      ...{ last_new_count: counted?.fresh, last_status: last?.status },
      next_run_at: time(summary.nextRunAt),
    }),
  }
}

export const HuntRunAnswer = RunAnswer.extend({
  from: Time.optional().describe('Event times that matches were counted in'),
  to: Time.optional(),
  first: z.string().optional().describe('Why everything is new: first-run, search-changed'),
  samples: z.array(
    z.object({
      id: z.string(),
      time: Time,
      host: z.string(),
      source: z.string(),
      message: z.string(),
    }),
  ),
})

/** A run as the API writes it, with copies of the newest events that are new. */
export function huntRunJson(run: RunRecord): z.input<typeof HuntRunAnswer> {
  const detail = detailOf(run)
  const samples = detail?.samples ?? []
  return {
    ...runJson(run),
    samples: samples.map((sample) => ({ ...sample, time: iso(sample.time) })),
    ...defined({
      from: detail && iso(detail.range.from),
      to: detail && iso(detail.range.to),
      first: detail?.first,
    }),
  }
}

/** A change that waits for its merge (D5). */
export const ProposedAnswer = z.object({
  branch: z.string(),
  commit: z.string(),
  pull_request_url: z.string().nullable(),
  draft_id: z.string(),
})

export function proposedJson(proposal: Proposal): z.input<typeof ProposedAnswer> {
  const { branch, commit, url, id } = proposal
  return { branch, commit, pull_request_url: url ?? null, draft_id: id }
}

/** The change of a hunt that a body asks for. */
export function changeOf(
  body: Omit<HuntChangeInput, 'version'>,
  before: Pick<HuntContent, 'filters'>,
): HuntPatch {
  const { source, severity, host, rule, range, sharing_mode: sharing, ...plain } = body
  const own = Object.entries(plain).filter(([, value]) => value !== undefined)
  const rest = Object.fromEntries(own.map(([name, value]) => [name, value ?? undefined]))
  const { rule: oldRule, range: oldRange, ...lists } = before.filters
  const filters = {
    ...{ ...lists, ...defined({ source, severity, host }) },
    ...defined({
      rule: rule === undefined ? oldRule : (rule ?? undefined),
      range: range === undefined ? oldRange : (range ?? undefined),
    }),
  }
  return { ...rest, ...(sharing === undefined ? {} : { sharing }), filters }
}
