// Rule liveness (D17): whether events reach a rule's log source, and whether they carry the fields without
// which it cannot match. A dead rule is named with the cause.
import { blame, fieldsOf, type Need, satisfies } from '../../sigma/eval/needs.ts'
import { ruleAccepts } from '../../sigma/eval/routing.ts'
import type { Expr } from '../../sigma/ir/expr.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import {
  declared,
  declares,
  exprOf,
  newestEvents,
  presentFields,
  type Shape,
  shapesOf,
  withoutEvents,
} from './liveness-sample.ts'
import type {
  FieldFill,
  LivenessReport,
  LivenessService,
  RuleLiveness,
  RuleSummary,
  SourceFields,
  SourceService,
} from './services.ts'

/** A report is made anew after this long, milliseconds. */
const KEEP_MS = 60_000
/** A rule whose fields come in fewer of its events than this is rare. */
const RARE_BELOW = 0.05
/** A log source that sent nothing for longer is silent, milliseconds. */
const SILENT_AFTER_MS = 86_400_000
/** Rules judged before other work gets its turn. */
const TURN_RULES = 250

/** Where rules and what they need come from. */
export interface LivenessRules {
  readonly version: string
  list(): readonly RuleSummary[]
  needs(id: string): Need | undefined
}

/** The service over a store's reader. */
export function createLiveness(
  events: Pick<EventReader, 'search'>,
  rules: LivenessRules,
  sources: Pick<SourceService, 'list'>,
  now: () => number = Date.now,
): LivenessService {
  let last: { version: string; at: number; report: Promise<LivenessReport> } | undefined
  let done: LivenessReport | undefined
  const make = async (): Promise<LivenessReport> => {
    const list = running(rules)
    const names = (await sources.list()).map((card) => card.name)
    const found = await newestEvents(
      events,
      [...logsourceSearches(list.map(({ rule }) => rule)), ...names.map(ofSource)],
      now(),
    )
    const asked = new Set(list.flatMap(({ need }) => fieldsOf(need)))
    const shapes = shapesOf(found, asked)
    const judged: RuleLiveness[] = []
    for (const [index, { rule, need }] of list.entries()) {
      judged.push(judge(rule, need, shapes, now()))
      if (index % TURN_RULES === 0) await Bun.sleep(0)
    }
    const sure = await confirmed(events, judged, rules, now())
    judged.splice(0, judged.length, ...sure, ...rules.list().flatMap(refused))
    done = { at: now(), events: found.length, rules: judged }
    return done
  }
  return {
    report: () => {
      const { version } = rules
      if (last === undefined || last.version !== version || now() - last.at > KEEP_MS) {
        last = { version, at: now(), report: make() }
        last.report.catch(() => {
          last = undefined
        })
      }
      return last.report
    },
    known: () => done,
    fieldsOf: async (source) => {
      const found = await newestEvents(events, [ofSource(source)], now())
      return sourceFields(source, found, rules)
    },
  }
}

interface Running {
  readonly rule: RuleSummary
  readonly need: Need
}

/** The rules that read events. */
function running(rules: LivenessRules): readonly Running[] {
  return rules.list().flatMap((rule) => {
    const need = rule.refused === undefined ? rules.needs(rule.id) : undefined
    return need === undefined ? [] : [{ rule, need }]
  })
}

/** A rule that was refused is dead, whatever arrives. */
function refused(rule: RuleSummary): readonly RuleLiveness[] {
  if (rule.refused === undefined) return []
  const { id, title, level, logsource } = rule
  const { code, message } = rule.refused
  const cause = { code, message }
  return [{ id, title, level, logsource, state: 'dead', cause, events: 0, able: 0, fields: [] }]
}

/** One search for each log source that rules name. */
function logsourceSearches(list: readonly RuleSummary[]) {
  const exprs = list.map((rule) => declares(rule.logsource))
  return [...new Map(exprs.map((expr) => [JSON.stringify(expr), expr])).values()]
}

function ofSource(value: string) {
  const test = { kind: 'equals', value, cased: false } as const
  return { kind: 'match', target: { scope: 'column', name: 'source' }, test } as const
}

/** The newest events may lack what older ones have: a rule is dead by its fields only where the whole store
 * has no event for it. */
async function confirmed(
  events: Pick<EventReader, 'search'>,
  judged: readonly RuleLiveness[],
  rules: LivenessRules,
  now: number,
): Promise<readonly RuleLiveness[]> {
  const exprs = new Map<string, Expr>()
  const keys = judged.map((rule) => {
    if (rule.cause?.code !== 'fields-missing') return undefined
    const args = [declares(rule.logsource), exprOf(rules.needs(rule.id) ?? true)]
    const expr = { kind: 'and', args } as const
    const key = JSON.stringify(expr)
    exprs.set(key, expr)
    return key
  })
  const empty = await withoutEvents(events, exprs, now)
  return judged.map((rule, index) => {
    const key = keys[index]
    if (key === undefined || empty.has(key)) return rule
    const names = rule.cause?.fields?.join(', ')
    const message = `None of the newest ${rule.events} events of ${logsourceName(rule.logsource)} has ${names}, though older ones had or may have had.`
    return { ...rule, state: 'rare', cause: { code: 'fields-rare', message } }
  })
}

/** What a rule's log source is called: `windows / process_creation`. */
function logsourceName(logsource: RuleSummary['logsource']): string {
  const { product, category, service } = logsource
  const parts = [product, category, service].filter((part) => part !== undefined)
  return parts.length === 0 ? 'any log source' : parts.join(' / ')
}

/** Whether a rule can match what these events show. */
export function judge(
  rule: RuleSummary,
  need: Need,
  shapes: readonly Shape[],
  now: number,
): RuleLiveness {
  const { id, title, level, logsource } = rule
  const base = { id, title, level, logsource, fields: [] }
  const reached = shapes.filter((shape) => ruleAccepts(logsource, shape.logsource))
  const own = reached.filter((shape) => declared(logsource, shape.logsource))
  const able = reached.filter((shape) => satisfies(need, (field) => shape.fields.has(field)))
  const counted = own.length > 0 ? own : able
  const events = sum(counted)
  const figures = {
    ...base,
    events,
    able: sum(able.filter((shape) => counted.includes(shape))),
    fields: fillOf(fieldsOf(need), counted),
    ...(counted.length === 0 ? {} : { lastEvent: Math.max(...counted.map((shape) => shape.last)) }),
  }
  if (own.length === 0 && able.length === 0) {
    const message = `No event of ${logsourceName(logsource)} is stored.`
    return { ...figures, state: 'dead', cause: { code: 'no-events', message } }
  }
  if (able.length === 0) {
    const missing = blame(need, (field) => own.some((shape) => shape.fields.has(field)))
    const names = missing.length > 0 ? missing : fieldsOf(need)
    const message = `None of the newest ${events} events of ${logsourceName(logsource)} has ${names.join(', ')}${missing.length > 0 ? '' : ' together'}.`
    return { ...figures, state: 'dead', cause: { code: 'fields-missing', message, fields: names } }
  }
  if (figures.able / events < RARE_BELOW) {
    const share = ((100 * figures.able) / events).toFixed(1)
    const shares = new Map(figures.fields.map((field) => [field.name, field.share]))
    const scarce = blame(need, (field) => (shares.get(field) ?? 0) >= RARE_BELOW)
    const what = scarce.length === 0 ? 'the fields it needs together' : scarce.join(', ')
    const message = `Only ${share}% of the newest ${events} events of ${logsourceName(logsource)} have ${what}.`
    return { ...figures, state: 'rare', cause: { code: 'fields-rare', message } }
  }
  const received = Math.max(...counted.map((shape) => shape.received))
  if (now - received > SILENT_AFTER_MS) {
    const days = Math.floor((now - received) / 86_400_000)
    const message = `${logsourceName(logsource)} sent nothing for ${days} d.`
    return { ...figures, state: 'silent', cause: { code: 'silent', message } }
  }
  return { ...figures, state: 'alive' }
}

function sum(shapes: readonly Shape[]): number {
  return shapes.reduce((total, shape) => total + shape.events, 0)
}

function fillOf(fields: readonly string[], shapes: readonly Shape[]): readonly FieldFill[] {
  const events = sum(shapes)
  if (events === 0) return []
  return fields.map((name) => {
    const having = sum(shapes.filter((shape) => shape.fields.has(name)))
    return { name, share: having / events }
  })
}

/** The fields of a source's newest events beside what the rules that they reach ask for. */
function sourceFields(
  source: string,
  found: Awaited<ReturnType<typeof newestEvents>>,
  rules: LivenessRules,
): SourceFields {
  const counts = new Map<string, number>()
  for (const event of found)
    for (const name of presentFields(event)) counts.set(name, (counts.get(name) ?? 0) + 1)
  const list = running(rules)
  const asked = new Set(list.flatMap(({ need }) => fieldsOf(need)))
  const shapes = shapesOf(found, asked)
  const wanted = new Map<string, { rules: number; reached: Set<Shape> }>()
  let reaching = 0
  for (const { rule, need } of list) {
    const own = shapes.filter((shape) => declared(rule.logsource, shape.logsource))
    if (own.length === 0) continue
    reaching++
    for (const name of fieldsOf(need)) {
      const entry = wanted.get(name) ?? { rules: 0, reached: new Set() }
      entry.rules++
      for (const shape of own) entry.reached.add(shape)
      wanted.set(name, entry)
    }
  }
  const names = new Set([...counts.keys(), ...wanted.keys()])
  const fields = [...names].map((name) => {
    const want = wanted.get(name)
    const share =
      want === undefined
        ? (counts.get(name) ?? 0) / found.length
        : (fillOf([name], [...want.reached])[0]?.share ?? 0)
    return { name, share, rules: want?.rules ?? 0 }
  })
  fields.sort(
    (a, b) =>
      b.rules * (1 - b.share) - a.rules * (1 - a.share) ||
      b.rules - a.rules ||
      b.share - a.share ||
      (a.name < b.name ? -1 : 1),
  )
  return { source, events: found.length, rules: reaching, fields }
}
