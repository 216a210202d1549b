// Loaded rules (D5, the reading half) and their reload.
import { z } from 'zod'
import { ServiceError } from '../../services/service-error.ts'
import { CorrelationAnswer, correlationWhy } from './correlation-answer.ts'
import { route } from './route.ts'
import { RuleAnswer, ruleWriter } from './rule-answer.ts'
import { defined, Severity } from './schemas.ts'
import { several } from './search-params.ts'

export const listRules = route({
  method: 'get',
  path: '/api/v1/detections/rules',
  access: 'detections:read',
  tag: 'detections',
  summary: 'Rules that are loaded, and those that were refused with the reason',
  query: z.object({
    level: several(Severity).optional(),
    refused: z.enum(['true', 'false']).optional(),
    text: z.string().max(200).optional().describe('Part of title, id, path or tag'),
    limit: z.coerce.number().int().min(1).max(10_000).default(10_000),
    offset: z.coerce.number().int().min(0).default(0),
  }),
  answer: z.object({
    rules: z.array(RuleAnswer),
    count: z.number(),
    total: z.number(),
    version: z.string().describe('Short hash of everything that is loaded'),
  }),
  handle: async ({ query, services }) => {
    const { level, refused, limit, offset } = query
    const text = query.text?.toLowerCase()
    const wanted = services.rules.list().filter((rule) => {
      if (level !== undefined && !level.includes(rule.level)) return false
      if (refused !== undefined && (rule.refused !== undefined) !== (refused === 'true'))
        return false
      if (text === undefined) return true
      const { title, id, path, tags } = rule
      return [title, id, path, ...tags].some((value) => value.toLowerCase().includes(text))
    })
    const rules = wanted.slice(offset, offset + limit).map(await ruleWriter(services))
    const { version } = services.rules
    return { rules, count: rules.length, total: wanted.length, version }
  },
})

export const getRule = route({
  method: 'get',
  path: '/api/v1/detections/rules/:id',
  access: 'detections:read',
  tag: 'detections',
  summary: 'One rule with its text and tests',
  params: z.object({ id: z.string().max(200) }),
  answer: RuleAnswer.extend({
    text: z.string(),
    test_text: z.string().optional(),
    test_path: z.string().optional(),
  }),
  handle: async ({ params, services }) => {
    const rule = await services.rules.get(params.id)
    if (rule === undefined) throw new ServiceError('not-found', `no rule ${params.id}`)
    const { text, testText, testPath } = rule
    const summary = (await ruleWriter(services))(rule)
    return { ...summary, ...defined({ text, test_text: testText, test_path: testPath }) }
  },
})

const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])

export const explainRule = route({
  method: 'get',
  path: '/api/v1/detections/rules/:id/explain',
  access: 'detections:read',
  tag: 'detections',
  summary:
    'Why a rule fires or does not fire on an event, and the smallest change that would make it',
  params: z.object({ id: z.string().max(200) }),
  query: z.object({ event: z.string().max(64) }),
  answer: z.object({
    leaves: z.array(
      z.object({
        selection: z.string(),
        field: z.string(),
        operator: z.string(),
        expected: z.string(),
        actual: z.string().optional(),
        matched: z.boolean(),
      }),
    ),
    fires: z.boolean(),
    /** Of rules; a correlation has `correlation` instead. */
    logsource: z.object({ accepts: z.boolean(), why: z.string() }).optional(),
    /** Nodes `{kind, label, holds, test?, children, omitted?}`, children likewise. */
    tree: z.record(z.string(), z.unknown()).optional(),
    effects: z
      .array(
        z.object({
          kind: z.enum(['filter', 'pipeline', 'list']),
          name: z.string(),
          number: z.number().optional(),
          changes: z.array(z.string()),
          silences: z.boolean().optional().describe('The filter leaves this event out'),
        }),
      )
      .optional()
      .describe('What filters, pipelines and lists made of the rule'),
    correlation: CorrelationAnswer.optional(),
    change: z
      .object({
        changes: z.array(
          z.object({
            field: z.string(),
            from: z.string().optional(),
            needs: z.string(),
            example: z
              .union([Scalar, z.array(Scalar).readonly()])
              .optional()
              .describe('A value that would do; null removes the field, a list is several values'),
          }),
        ),
        is_proven: z.boolean(),
      })
      .optional(),
  }),
  handle: async ({ params, query, services }) => {
    const { fires: held, ...why } = (await correlationWhy(services, params.id, query.event)) ?? {}
    if (held !== undefined) return { leaves: [], fires: held, ...why }
    const [leaves, { fires, logsource, tree, change, effects }] = await Promise.all([
      services.rules.explain(params.id, query.event),
      services.rules.why(params.id, query.event),
    ])
    const found = change && { changes: change.changes, is_proven: change.isProven }
    return { leaves, fires, logsource, tree: { ...tree }, ...defined({ change: found, effects }) }
  },
})

export const reloadRules = route({
  method: 'post',
  path: '/api/v1/rules/reload',
  access: 'detections:write',
  tag: 'detections',
  summary: 'Read and compile the rule folders again, without stopping ingest',
  answer: z.object({ rules: z.number(), refused: z.number(), took_ms: z.number() }),
  handle: async ({ principal, services, c }) => {
    const done = await services.ingest.reload()
    const by = { name: principal?.name ?? '', ip: c.get('ip') }
    const entry = { action: 'rules.reload', object: 'rules', after: `${done.rules} rules` }
    await services.state.audit(entry, by)
    return done
  },
})
