/** @jsxImportSource hono/jsx */
// One event in the drawer, with why its rules matched.
import { Hono } from 'hono'
import type { Event } from '../../../parsers/event.ts'
import { EventDrawer } from '../../../views/search/drawer.tsx'
import { marksOfWhy, type Why } from '../../../views/shared/why.tsx'
import { urls } from '../../../views/urls.ts'
import type { AppContext, AppEnv } from '../../middleware/env.ts'
import { MANUAL_RULE_ID } from '../../services/alert-maker.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Services } from '../../services/services.ts'
import { SILENT_SOURCE_RULE_ID } from '../../stores/state/silent-source.ts'
import { correlationsOver, whyOfCorrelation } from './correlation-why.ts'
import { fragment, type Renderer } from './render.tsx'
import { levelRank, rulesById } from './rule-names.ts'
import { readSearch } from './search-query.ts'
import { drawerTriage, promoteEvent } from './search-triage.tsx'

const WHYS_MAX = 8
/** Above that of every level. */
const FIRST_RANK = 100

/** Routes of the event drawer. */
export function searchEventRoutes(services: Services, renderer: Renderer) {
  const app = new Hono<AppEnv>()
  app.get(urls.searchEvent.pattern, (c) => eventDrawer(c, services, renderer))
  app.post(urls.searchPromote.pattern, async (c) =>
    eventDrawer(c, services, renderer, await promoteEvent(c, services)),
  )
  return app
}

async function eventDrawer(
  c: AppContext,
  services: Services,
  renderer: Renderer,
  done?: Awaited<ReturnType<typeof promoteEvent>>,
) {
  const input = readSearch(c)
  const id = c.req.param('id') ?? ''
  const [event] = await services.events.get([id])
  if (event === undefined)
    throw new ServiceError('not-found', `No event ${id}: it may have left by retention`)
  const matches = await services.events.matchesOf([id])
  const { rule } = input.state
  // The rule that the search is narrowed to is explained also where it does not fire (any more).
  const matched = matches[id] ?? []
  const over = input.state.tab === 'rules' ? correlationsOver(services, matched) : []
  const asked = [...new Set([...(rule === undefined ? [] : [rule]), ...matched, ...over])]
  const whys = await explainAll(services, event, asked, rule)
  const marks = [...input.marks, ...marksOfWhy(whys)]
  const state = { ...input.state, sel: id }
  const triage = await drawerTriage(c, services, event, matched, done?.notice)
  return fragment(
    c,
    renderer,
    { title: `Event ${id}`, nav: 'search', ...(done === undefined ? {} : { status: done.status }) },
    <EventDrawer {...{ state, event, whys, marks, triage }} now={Date.now()} />,
  )
}

/** Alerts that no rule raised, by the id that stands for one. */
const RULELESS: Readonly<Record<string, Pick<Why, 'title' | 'problem'>>> = {
  [MANUAL_RULE_ID]: {
    title: 'Promoted by hand',
    problem: 'Somebody made this alert of the event; no rule fired.',
  },
  [SILENT_SOURCE_RULE_ID]: {
    title: 'A log source is silent',
    problem: 'Trapline watches its sources: how long one may be silent is set under Sources.',
  },
}

/** Whether an alert's rule id stands for no rule at all. */
export function isRuleless(ruleId: string): boolean {
  return Object.hasOwn(RULELESS, ruleId)
}

/** Why each rule matched an event, `first` and then the worst first. A rule that cannot be explained says so instead of vanishing. */
export async function explainAll(
  services: Services,
  event: Event,
  ruleIds: readonly string[],
  first?: string,
): Promise<readonly Why[]> {
  const rules = rulesById(services.rules)
  const rank = (id: string) => (id === first ? FIRST_RANK : levelRank(rules.get(id)?.level))
  const worstFirst = ruleIds.toSorted((a, b) => rank(b) - rank(a))
  return Promise.all(
    worstFirst.slice(0, WHYS_MAX).map(async (ruleId): Promise<Why> => {
      const rule = rules.get(ruleId)
      const why = {
        ruleId,
        title: rule?.title ?? ruleId,
        ...(rule === undefined ? {} : { level: rule.level, status: rule.status }),
      }
      const ruleless = isRuleless(ruleId) ? RULELESS[ruleId] : undefined
      if (ruleless !== undefined) return { ruleId, ...ruleless, isUnlinked: true }
      if (rule === undefined) return { ...why, problem: 'This rule is no longer loaded.' }
      if (rule.refused === undefined && services.rules.readsEvents(ruleId) === false)
        return { ...why, ...(await whyOfCorrelation(services, event, ruleId)) }
      try {
        return { ...why, explained: await services.rules.why(ruleId, event) }
      } catch (error) {
        if (!(error instanceof Error)) throw error
        return { ...why, problem: `Not explained: ${error.message}` }
      }
    }),
  )
}
