// The rules that are loaded, as pages and the API see them.
import type { Event } from '../../parsers/event.ts'
import { explain } from '../../sigma/eval/explain.ts'
import type { Need } from '../../sigma/eval/needs.ts'
import { explainWhy } from '../../sigma/eval/why.ts'
import { loadRules } from '../../sigma/load.ts'
import { contentOptions } from '../../sigma/pipeline/content.ts'
import { isListFile, isPipelineFile } from '../../sigma/pipeline/paths.ts'
import type { LoadedRule, RuleFile } from '../../sigma/rule.ts'
import type { RuleHits } from '../stores/events/counts.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import { filesBeside, loadDraft } from './draft-content.ts'
import type { CorrelationVersion } from './preview-versions.ts'
import type { RuleCatalogue } from './rule-catalogue.ts'
import { ServiceError } from './service-error.ts'
import type { RuleService, RuleSummary } from './services.ts'

/** The service, and how a load reaches it. */
export interface Rules extends RuleService {
  /** Shows another load from now on. */
  use(catalogue: RuleCatalogue): void
  /** Fields without which a rule cannot match; undefined for what reads no events itself. */
  needs(id: string): Need | undefined
  /** A rule with its expression, filters and pipelines as it runs; undefined for correlations and what is
   * not loaded. */
  runnable(id: string): { readonly rule: LoadedRule; readonly hash: string } | undefined
  /** Filters, pipelines and lists of the live content. */
  shaping(): readonly RuleFile[]
  /** Files of the rules that have one of these ids or names, whole. */
  referred(references: ReadonlySet<string>): readonly RuleFile[]
}

/** The rule with the filters, pipelines and lists that it runs with. */
function asItRuns(id: string, text: string, shaping: readonly RuleFile[]): LoadedRule | undefined {
  const others = shaping.filter((file) => !isListFile(file.path) && !isPipelineFile(file.path))
  const files = [{ path: id, text }, ...others]
  return loadRules(files, contentOptions(shaping).options).rules.find(({ path }) => path === id)
}

/** A file's documents may stand in another order than they were written. */
function filesOf(
  { rules, texts }: RuleCatalogue,
  references: ReadonlySet<string>,
): readonly RuleFile[] {
  const textOf = (id: string) => texts.get(id)?.text ?? ''
  const nameOf = (id: string) => /^name:[ \t]*['"]?([^'"\n]+?)['"]?[ \t]*$/m.exec(textOf(id))?.[1]
  const meant = rules.filter(({ id }) => references.has(id) || references.has(nameOf(id) ?? ''))
  const paths = new Set(meant.map(({ path }) => path))
  return [...paths].map((path) => ({
    path,
    text: rules
      .filter((rule) => rule.path === path)
      .map(({ id }) => textOf(id).trimEnd())
      .join('\n---\n'),
  }))
}

/** A live correlation among the rules that it reads. */
function liveCorrelation(
  id: string,
  content: Pick<Rules, 'shaping' | 'referred'>,
): CorrelationVersion | undefined {
  const [live] = content.referred(new Set([id]))
  if (live === undefined) return undefined
  const files = { path: live.path, text: live.text, testText: '' }
  const { correlations, loaded } = loadDraft(files, filesBeside(files, content))
  const correlation = correlations.find((one) => one.id === id)
  return correlation && { correlation, loaded }
}

/** The rules of one server; `readHits` gives the matches so far by rule id. */
export function createRules(
  events: Pick<EventReader, 'get'>,
  readHits: () => Promise<Readonly<Record<string, RuleHits>>>,
): Rules {
  let now: RuleCatalogue = {
    version: 'none',
    rules: [],
    facts: [],
    texts: new Map(),
    needs: new Map(),
    shaping: [],
  }
  let byId: ReadonlyMap<string, RuleSummary> = new Map()
  let factsById: ReadonlyMap<string, RuleFacts> = new Map()
  async function ruleAndEvent(id: string, asked: string | Event) {
    const text = now.texts.get(id)?.text
    const rule = text === undefined ? undefined : asItRuns(id, text, now.shaping)
    if (rule === undefined) throw new ServiceError('not-found', `no rule ${id} that runs`)
    const event = typeof asked === 'string' ? (await events.get([asked]))[0] : asked
    if (event === undefined)
      throw new ServiceError('not-found', `no event ${asked}: it may have left by retention`)
    return { rule, event }
  }
  return {
    get version() {
      return now.version
    },
    use: (catalogue) => {
      now = catalogue
      byId = new Map(catalogue.rules.map((rule) => [rule.id, rule]))
      factsById = new Map(catalogue.facts.map((rule) => [rule.id, rule]))
    },
    list: () => now.rules,
    shaping: () => now.shaping,
    referred: (references) => filesOf(now, references),
    get: async (id) => {
      const summary = byId.get(id)
      return summary && { ...summary, text: '', ...now.texts.get(id) }
    },
    needs: (id) => now.needs.get(id),
    runnable: (id) => {
      const text = now.needs.has(id) ? now.texts.get(id)?.text : undefined
      const rule = text === undefined ? undefined : asItRuns(id, text, now.shaping)
      return rule && { rule, hash: byId.get(id)!.hash }
    },
    readsEvents: (id) => now.needs.has(id),
    correlation: (id) =>
      byId.get(id)?.refused !== undefined || now.needs.has(id)
        ? undefined
        : liveCorrelation(id, { shaping: () => now.shaping, referred: (ids) => filesOf(now, ids) }),
    facts: (id) => factsById.get(id),
    compiled: (id, more = []) => {
      const text = now.needs.has(id) ? now.texts.get(id)?.text : undefined
      return text === undefined ? undefined : asItRuns(id, text, [...now.shaping, ...more])
    },
    hits: readHits,
    explain: async (id, asked) => {
      const { rule, event } = await ruleAndEvent(id, asked)
      return explain(rule.selections, rule.condition, event)
    },
    why: async (id, asked) => {
      const { rule, event } = await ruleAndEvent(id, asked)
      return explainWhy(rule, event)
    },
  }
}
