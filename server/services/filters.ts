// The filters of the live content: what each is an exception for, until when, and what it hides.
import { exprWithoutFilter, filterApplies } from '../../sigma/filter.ts'
import { lowerRule } from '../../sigma/lower/lower.ts'
import { parseRules } from '../../sigma/parse/rules.ts'
import type { LoadedRule, RuleException, RuleFile, SigmaFilter } from '../../sigma/rule.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import { replay } from './replay.ts'
import { ServiceError } from './service-error.ts'
import type { RuleService } from './services.ts'

/** How far back effects are measured, days. */
export const FILTER_EFFECT_DAYS = 30
/** Events that are counted of one filter; beyond them it is "more". */
export const FILTER_EFFECT_EVENTS_MAX = 10_000
/** Rules of one filter that are measured. */
export const FILTER_EFFECT_RULES_MAX = 50
const DAY_MS = 24 * 3600_000

export interface FilterInfo {
  readonly id: string
  readonly title: string
  readonly path: string
  readonly owner?: string
  /** Who asked for it, why and until when; none is a filter without a contract. */
  readonly exceptions: readonly RuleException[]
  /** The rules that it means. */
  readonly rules: readonly { readonly id: string; readonly title: string }[]
}

/** Events that rules would match without the filter. */
export interface FilterEffect {
  readonly days: number
  /** Of all rules; at most `FILTER_EFFECT_EVENTS_MAX`, then `isMore`. */
  readonly events: number
  readonly isMore: boolean
  readonly byRule: readonly {
    readonly id: string
    readonly title: string
    readonly events: number
  }[]
  /** Rules beyond `FILTER_EFFECT_RULES_MAX`, not measured. */
  readonly rulesLeft: number
}

export interface FilterService {
  list(): readonly FilterInfo[]
  /** Rejects `not-found` for a filter that is not live, `unavailable` where it takes too long. */
  effect(id: string, signal: AbortSignal): Promise<FilterEffect>
}

export interface FilterParts {
  readonly rules: RuleService & { shaping(): readonly RuleFile[] }
  readonly events: EventReader
  readonly now?: () => number
}

export function createFilters({ rules, events, now = Date.now }: FilterParts): FilterService {
  const live = () => rules.shaping().flatMap(filtersIn)
  const infos = (): readonly FilterInfo[] => {
    const documents = rules.list().filter(({ id }) => rules.readsEvents(id))
    return live().map(({ id = '', title, path, trapline, ...filter }) => ({
      ...{ id, title, path, exceptions: trapline?.exceptions ?? [] },
      ...(trapline?.owner === undefined ? {} : { owner: trapline.owner }),
      rules: documents
        .filter((rule) => filterApplies(filter, rule))
        .map((rule) => ({ id: rule.id, title: rule.title })),
    }))
  }
  return {
    list: infos,
    effect: async (id, signal) => {
      const info = infos().find((one) => one.id === id)
      if (info === undefined) throw new ServiceError('not-found', `there is no live filter ${id}`)
      const measured = info.rules.slice(0, FILTER_EFFECT_RULES_MAX)
      const to = now() + DAY_MS
      const range = { from: now() - FILTER_EFFECT_DAYS * DAY_MS, to }
      const byRule: FilterEffect['byRule'][number][] = []
      let left = FILTER_EFFECT_EVENTS_MAX
      for (const rule of measured) {
        const hidden = hiddenOf(rules, live(), id, rule.id)
        let count = 0
        if (hidden !== undefined && left > 0) {
          for await (const page of replay(events, [hidden], range, signal)) {
            count += page.length
            if (count >= left) break
          }
        }
        count = Math.min(count, left)
        left -= count
        byRule.push({ ...rule, events: count })
      }
      return {
        ...{
          days: FILTER_EFFECT_DAYS,
          events: FILTER_EFFECT_EVENTS_MAX - left,
          isMore: left === 0,
        },
        ...{ byRule, rulesLeft: info.rules.length - measured.length },
      }
    },
  }
}

/** The filters of a file that run, in its order. */
export function filtersIn({ path, text }: RuleFile): readonly SigmaFilter[] {
  if (!/^filter:/m.test(text)) return []
  return parseRules(text, { path }).documents.flatMap(({ value, diagnostics }) => {
    const isBroken = diagnostics.some(({ severity }) => severity === 'error')
    return value?.kind === 'filter' && !isBroken && lowerRule(value).expr !== undefined
      ? [value]
      : []
  })
}

/** A rule of the events alone that it would match without the filter. */
function hiddenOf(
  rules: RuleService,
  filters: readonly SigmaFilter[],
  filterId: string,
  ruleId: string,
): LoadedRule | undefined {
  const rule = rules.compiled(ruleId)
  if (rule === undefined) return undefined
  const applied = filters.filter((filter) => filterApplies(filter, rule))
  const number = applied.findIndex(({ id }) => id === filterId) + 1
  const without = exprWithoutFilter(rule, number)
  if (without === undefined) return undefined
  return { ...rule, expr: { kind: 'and', args: [without, { kind: 'not', arg: rule.expr }] } }
}
