// The filter file of a mute and its tests, proven against the rule before anything is stored.

import type { Replacement } from '../../ci/redact/types.ts'
import type { Event } from '../../parsers/event.ts'
import type { LoadedRule } from '../../sigma/rule.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import type { Criteria } from '../stores/state/suppressions.ts'
import { filterText } from './mute-filter.ts'
import { ServiceError } from './service-error.ts'
import type { RuleService } from './services.ts'
import { EFFECT_DAYS } from './suppression-effect.ts'
import type { SuppressionTarget } from './suppression-target.ts'
import { makeFilterTests, othersExpr } from './suppression-tests.ts'

/** How long the filter stays in Git before somebody has to look at it again, days. */
export const EXCEPTION_DAYS = 180
export const FILTER_FOLDER = 'detections/filters'
const DAY_MS = 24 * 3600_000
/** Events among which the nearest one that must stay is looked for. */
const OTHERS_LOOKED = 50
const SEARCH_TIMEOUT_MS = 10_000
const TITLE_MAX_CHARACTERS = 100
const SLUG_MAX_CHARACTERS = 50
const ID_SHOWN = 8

export interface PlannedFilter {
  readonly id: string
  readonly path: string
  readonly text: string
  readonly tests: string
  /** What the tests say instead of what stood in the events. */
  readonly replaced: readonly Replacement[]
}

export interface FilterWish {
  readonly target: SuppressionTarget
  readonly criteria: Criteria
  /** The event that it is about; undefined: the newest that it hides. */
  readonly example: Event | undefined
  readonly reason: string
  readonly owner: string
  readonly by: string
  readonly now: number
}

export interface FilterParts {
  readonly rules: RuleService
  readonly events: EventReader
  /** DNS domains that never leave the server. */
  readonly ownDomains?: readonly string[]
}

/** Rejects `invalid` where no filter or no test can be made, with the reason. */
export async function planFilter(parts: FilterParts, wish: FilterWish): Promise<PlannedFilter> {
  const { target, criteria } = wish
  const silenced = wish.example ?? (await newestHidden(parts, wish))
  if (silenced === undefined)
    throw new ServiceError(
      'invalid',
      `no stored event of ${EFFECT_DAYS} days is hidden by these criteria: nothing could test the filter`,
    )
  if (!target.hides(silenced))
    throw new ServiceError('invalid', `the criteria do not hide event ${silenced.id}`)
  const ruleId = target.ruleId ?? (await ruleOf(parts, target, silenced))
  const id = crypto.randomUUID()
  const path = `${FILTER_FOLDER}/${slugOf(target.title)}_${id.slice(0, ID_SHOWN)}.yml`
  const text = textOf(wish, id)
  const { plain, filtered } = compiled(parts.rules, { ruleId, path, text, wish })
  const others = await eventsLeft(parts, wish, ruleId)
  const tests = makeFilterTests({
    ...{ ruleId, namesRule: target.ruleId === undefined },
    ...{ plain, filtered, criteria, silenced, others },
    ownDomains: parts.ownDomains ?? [],
  })
  return { id, path, text, tests: tests.text, replaced: tests.replaced }
}

function textOf({ target, criteria, reason, owner, by, now }: FilterWish, id: string): string {
  const date = (at: number) => new Date(at).toISOString().slice(0, 10)
  return filterText({
    id,
    title: `Muted ${target.title}`.slice(0, TITLE_MAX_CHARACTERS).trimEnd(),
    ...{ description: reason, author: by, date: date(now) },
    ...{ ruleId: target.ruleId, logsource: target.logsource, criteria },
    exception: {
      ...{ id: `mute-${id.slice(0, ID_SHOWN)}`, owner, reason },
      expires: date(now + EXCEPTION_DAYS * DAY_MS),
    },
  })
}

/** The rule with and without the filter; refuses one that a pipeline turns into something else. */
function compiled(
  rules: RuleService,
  { ruleId, path, text, wish }: { ruleId: string; path: string; text: string; wish: FilterWish },
): { readonly plain: LoadedRule; readonly filtered: LoadedRule } {
  const plain = rules.compiled(ruleId)
  const filtered = rules.compiled(ruleId, [{ path, text }])
  if (plain === undefined || filtered === undefined)
    throw new ServiceError('invalid', `rule ${ruleId} does not run`)
  const added = [...filtered.selections].filter(([name]) => !plain.selections.has(name))
  const [only] = added
  if (added.length !== 1 || JSON.stringify(only?.[1]) !== JSON.stringify(wish.target.expr))
    throw new ServiceError(
      'invalid',
      'a pipeline changes these fields: the filter would hide other events than the mute',
    )
  return { plain, filtered }
}

function rangeOf({ now }: FilterWish) {
  return { from: now - EFFECT_DAYS * DAY_MS, to: now + DAY_MS, timeout_ms: SEARCH_TIMEOUT_MS }
}

async function newestHidden({ events }: FilterParts, wish: FilterWish): Promise<Event | undefined> {
  const { ruleId, expr } = wish.target
  if (ruleId === undefined) return undefined
  const found = await events.search({ ...rangeOf(wish), rules: [ruleId], expr, limit: 1 })
  return found.events[0]
}

async function eventsLeft(
  { events }: FilterParts,
  wish: FilterWish,
  ruleId: string,
): Promise<readonly Event[]> {
  const expr = othersExpr(wish.criteria)
  const found = await events.search({
    ...{ ...rangeOf(wish), rules: [ruleId], expr },
    limit: OTHERS_LOOKED,
  })
  return found.events
}

/** The rule of an event that a mute of many rules is tested on. */
async function ruleOf(
  { events }: FilterParts,
  { means }: SuppressionTarget,
  event: Event,
): Promise<string> {
  const matched = (await events.matchesOf([event.id]))[event.id] ?? []
  const id = matched.find(means)
  if (id === undefined)
    throw new ServiceError('invalid', `event ${event.id} is of no rule that would be muted`)
  return id
}

function slugOf(title: string): string {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, SLUG_MAX_CHARACTERS)
    .replaceAll(/^_+|_+$/g, '')
  return slug === '' ? 'filter' : slug
}
