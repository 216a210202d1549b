/** @jsxImportSource hono/jsx */
// The list of rules, and one rule.
import { Hono } from 'hono'
import { z } from 'zod'
import { parseRules } from '../../../sigma/parse/rules.ts'
import {
  logsourceText,
  RULE_LIST_STATES,
  RULES_PAGE,
  RuleList,
  type RuleListState,
  type RuleRow,
} from '../../../views/rules/list.tsx'
import { LivenessSummary, RuleLivenessPart } from '../../../views/rules/liveness.tsx'
import { RuleMatches, RulePage } from '../../../views/rules/rule.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { can } from '../../services/permissions.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { RuleSummary, Services } from '../../services/services.ts'
import { type Principal, SEVERITIES } from '../../stores/state/state-store.ts'
import { principalOf, queryOf } from './forms.ts'
import { fragment, page, type Renderer } from './render.tsx'

const RECENT_ALERTS = 8
/** Related rules and hunts that are looked up. */
const RELATED_MAX = 10

/** Routes of the rules pages. */
export function ruleRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.rules.pattern, (c) => list(c, services, renderer))
  app.get(urls.ruleLivenessSummary.pattern, (c) => livenessSummary(c, services, renderer))
  app.get(urls.rule.pattern, (c) => one(c, services, renderer))
  app.get(urls.ruleMatches.pattern, (c) => matches(c, services, renderer))
  app.get(urls.ruleLiveness.pattern, (c) => liveness(c, services, renderer))
  return app
}

const Params = z.object({
  text: z.string().max(500).catch('').default(''),
  level: z
    .enum(['', ...SEVERITIES])
    .catch('')
    .default(''),
  state: z.enum(RULE_LIST_STATES).catch('any').default('any'),
  page: z.coerce.number().int().min(1).catch(1).default(1),
})

async function list(c: AppContext, services: Services, renderer: Renderer) {
  const filter = queryOf(c, Params)
  const all = services.rules.list()
  const hits = await services.rules.hits()
  const byLiveness = isLiveness(filter.state)
  const report = byLiveness ? await services.liveness.report() : services.liveness.known()
  const lives = new Map(report?.rules.map((rule) => [rule.id, rule]))
  const rows = all
    .map((rule): RuleRow => {
      const hit = hits[rule.id]
      const life = lives.get(rule.id)
      return {
        ...rule,
        hits: hit?.total ?? 0,
        ...(hit?.last === undefined ? {} : { last: hit.last }),
        ...(life === undefined ? {} : { liveness: life }),
      }
    })
    .filter((row) => fits(row, filter))
    .sort((a, b) => b.hits - a.hits || a.title.localeCompare(b.title))
  const from = (filter.page - 1) * RULES_PAGE
  return page(
    c,
    renderer,
    { title: 'Rules', nav: 'rules' },
    <RuleList
      rows={rows.slice(from, from + RULES_PAGE)}
      total={rows.length}
      loaded={all.length}
      refused={all.filter((rule) => rule.refused !== undefined).length}
      version={services.rules.version}
      filter={filter}
      now={Date.now()}
      canEdit={can(c.get('principal'), 'detections:write')}
    />,
  )
}

function fits(row: RuleRow, filter: z.output<typeof Params>): boolean {
  if (filter.level !== '' && row.level !== filter.level) return false
  if (filter.state === 'refused' && row.refused === undefined) return false
  if (filter.state === 'runs' && row.refused !== undefined) return false
  if (filter.state === 'fired' && row.hits === 0) return false
  if (isLiveness(filter.state) && !livesAs(row, filter.state)) return false
  const text = haystack(row)
  return filter.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function isLiveness(state: RuleListState): boolean {
  return state === 'dead' || state === 'rare' || state === 'silent'
}

/** Refused rules have a filter of their own. */
function livesAs(row: RuleRow, state: RuleListState): boolean {
  return row.refused === undefined && row.liveness?.state === state
}

function haystack(rule: RuleSummary): string {
  const parts = [
    rule.title,
    rule.id,
    rule.path,
    rule.status,
    logsourceText(rule.logsource),
    ...rule.techniques,
    ...rule.tags,
  ]
  return parts.join(' ').toLowerCase()
}

async function one(c: AppContext, services: Services, renderer: Renderer) {
  const id = c.req.param('id') ?? ''
  const rule = await services.rules.get(id)
  if (rule === undefined)
    throw new ServiceError('not-found', `No rule ${id} is loaded: it may have been removed.`)
  const canEdit = can(c.get('principal'), 'detections:write')
  const hunts = await huntsBehind(services, rule.text, principalOf(c))
  const body = <RulePage {...{ rule, canEdit, hunts }} />
  return page(c, renderer, { title: rule.title, nav: 'rules' }, body)
}

/** The hunts that a rule names as what it comes from, those that the reader may see. */
async function huntsBehind(services: Services, text: string, by: Principal) {
  const related = parseRules(text, { path: 'rule.yml' }).documents.flatMap(
    ({ value }) => value?.related ?? [],
  )
  const derived = related.filter(({ type }) => type === 'derived').slice(0, RELATED_MAX)
  const found = await Promise.all(derived.map(({ id }) => services.hunts.get(id, by)))
  return found.flatMap((one) => one?.hunt ?? [])
}

async function matches(c: AppContext, services: Services, renderer: Renderer) {
  const ruleId = c.req.param('id') ?? ''
  const [found, hits, counters] = await Promise.all([
    services.state.listAlerts({ filter: { ruleId }, limit: RECENT_ALERTS, order: 'last_seen' }),
    services.rules.hits(),
    services.state.ruleCounters(),
  ])
  return fragment(
    c,
    renderer,
    { title: 'Matches', nav: 'rules' },
    <RuleMatches
      alerts={found.alerts}
      total={found.total}
      matches={hits[ruleId]?.total ?? 0}
      suppressed={counters[ruleId]?.suppressed ?? 0}
      now={Date.now()}
    />,
  )
}

async function livenessSummary(c: AppContext, services: Services, renderer: Renderer) {
  const report = await services.liveness.report()
  const body = <LivenessSummary report={report} now={Date.now()} />
  return fragment(c, renderer, { title: 'Liveness', nav: 'rules' }, body)
}

async function liveness(c: AppContext, services: Services, renderer: Renderer) {
  const id = c.req.param('id') ?? ''
  const report = await services.liveness.report()
  const found = report.rules.find((rule) => rule.id === id)
  const body = <RuleLivenessPart liveness={found} now={Date.now()} />
  return fragment(c, renderer, { title: 'Liveness', nav: 'rules' }, body)
}
