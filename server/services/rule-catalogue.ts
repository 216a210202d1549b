// What people and the alert maker need to know of the rules that the ingest worker runs: summaries, facts,
// texts, made from its report.
import { createHash } from 'node:crypto'
import { DEDUP_DEFAULT, DEDUP_WINDOW_DEFAULT_MS } from '../../sigma/dedup.ts'
import type { Need } from '../../sigma/eval/needs.ts'
import type { LogSource, Rollout, RuleFile } from '../../sigma/rule.ts'
import type { CorrelationInfo, RefusedInfo, RuleInfo, RulesReport } from '../ingest/rules.ts'
import type { ContentOrigin } from '../releases/origin.ts'
import type { FilterProvenance, RuleProvenance } from '../stores/state/provenance.ts'
import type { RuleFacts } from '../stores/state/state-store.ts'
import type { RuleSummary } from './services.ts'

/** Everything about the rules of one load. */
export interface RuleCatalogue {
  /** Short hash over all rules. */
  readonly version: string
  readonly rules: readonly RuleSummary[]
  readonly facts: readonly RuleFacts[]
  readonly texts: ReadonlyMap<string, RuleTexts>
  /** Fields without which a rule cannot match, by id. */
  readonly needs: ReadonlyMap<string, Need>
  /** Filters, pipelines and lists. */
  readonly shaping: readonly RuleFile[]
}

export interface RuleTexts {
  readonly text: string
  readonly testText?: string
  readonly testPath?: string
}

/** Characters of a refusal's message that lists show. */
const MESSAGE_MAX_CHARACTERS = 500
const VERSION_CHARACTERS = 8

/** The catalogue of a load. */
export async function makeCatalogue(
  report: RulesReport,
  origin?: ContentOrigin,
): Promise<RuleCatalogue> {
  const texts = new Map<string, RuleTexts>()
  const rules: RuleSummary[] = []
  const facts: RuleFacts[] = []
  const provenanceOf = provenances(report, origin)
  const all = createHash('sha256')
  for (const rule of [...report.rules, ...report.correlations]) {
    const { file } = rule.tests
    const beside = file === undefined ? {} : { testText: file.text, testPath: file.path }
    rules.push(summaryOf(rule))
    texts.set(rule.id, { text: rule.text, ...beside })
    facts.push(factsOf(rule, provenanceOf(rule)))
    all.update(rule.hash)
  }
  for (const rule of report.refused) {
    const id = texts.has(rule.id) ? `${rule.id}@${rule.path}:${rule.line}` : rule.id
    const text = await Bun.file(rule.file).text()
    rules.push(refusedSummary(rule, id, text))
    texts.set(id, { text })
    all.update(rule.reason)
  }
  const version = all.digest('hex').slice(0, VERSION_CHARACTERS)
  const needs = new Map(report.rules.map((rule) => [rule.id, rule.needs]))
  return {
    version,
    rules,
    facts,
    texts,
    needs,
    shaping: report.shaping,
  }
}

/** What is known of where each rule comes from. */
function provenances({ filters, pipelineHash }: RulesReport, origin: ContentOrigin | undefined) {
  const byRule = new Map<string, FilterProvenance[]>()
  for (const { applied, ...filter } of filters)
    for (const id of applied) byRule.getOrInsert(id, []).push(filter)
  return (rule: Running): RuleProvenance => {
    const { overlay, line, textHash } = rule
    const path = overlay ? rule.path : `detections/${rule.path}`
    const ruleCommit = overlay ? undefined : origin?.files[path]
    const { positive, negative } = rule.tests
    const hasRun = origin !== undefined && !origin.isSeed && !overlay
    const status = positive + negative === 0 ? 'none' : hasRun ? 'passed' : 'not-run'
    return {
      ...(origin === undefined ? {} : { release: origin.commit }),
      ...(ruleCommit === undefined ? {} : { ruleCommit }),
      ...{ path, line, overlay, textHash },
      ...(pipelineHash === undefined ? {} : { pipelineHash }),
      filters: byRule.get(rule.id) ?? [],
      tests: { status, positive, negative },
    }
  }
}

type Running = RuleInfo | CorrelationInfo

/** A correlation has no log source of its own. */
function summaryOf(rule: Running): RuleSummary {
  const { id, title, level, author, description, tags, path, hash, overlay } = rule
  const { product, category, service }: LogSource = 'logsource' in rule ? rule.logsource : {}
  return {
    ...{ id, title, level, tags, path, hash, overlay },
    status: rule.status ?? 'experimental',
    ...(author === undefined ? {} : { author }),
    ...(description === undefined ? {} : { description }),
    logsource: {
      ...(product === undefined ? {} : { product }),
      ...(category === undefined ? {} : { category }),
      ...(service === undefined ? {} : { service }),
    },
    techniques: techniquesOf(tags),
    tests: { positive: rule.tests.positive, negative: rule.tests.negative },
    ...(rule.trapline?.schedule === undefined ? {} : { schedule: rule.trapline.schedule }),
    ...(rule.trapline?.rollout === undefined ? {} : { rollout: rule.trapline.rollout }),
    ...(rule.trapline?.owner === undefined ? {} : { owner: rule.trapline.owner }),
    ...(rule.trapline?.severity === undefined ? {} : { severity: rule.trapline.severity }),
    ...(rule.trapline?.auto_create_case === true ? { autoCreateCase: true } : {}),
  }
}

function refusedSummary(rule: RefusedInfo, id: string, text: string): RuleSummary {
  return {
    id,
    title: rule.title,
    level: 'medium',
    status: 'refused',
    logsource: {},
    techniques: [],
    tags: [],
    hash: createHash('sha256').update(text).digest('hex'),
    path: rule.path,
    overlay: rule.overlay,
    refused: { code: rule.reason, message: rule.message.slice(0, MESSAGE_MAX_CHARACTERS) },
    tests: { positive: 0, negative: 0 },
  }
}

function factsOf(rule: Running, provenance: RuleProvenance): RuleFacts {
  const { id, title, text, tags, hash, trapline } = rule
  const minutes = trapline?.dedup_window_minutes
  return {
    ...{ id, title, text, tags, hash, provenance },
    level: trapline?.severity ?? rule.level,
    dedup: trapline?.dedup ?? ('groupBy' in rule ? rule.groupBy : DEDUP_DEFAULT),
    ...(rule.feedsOnly ? { feedsOnly: true } : {}),
    ...rolloutOf(trapline?.rollout),
    dedupWindow_ms: minutes === undefined ? DEDUP_WINDOW_DEFAULT_MS : minutes * 60_000,
    ...(trapline?.title === undefined ? {} : { titleTemplate: trapline.title }),
    ...(trapline?.description === undefined ? {} : { descriptionTemplate: trapline.description }),
  }
}

function rolloutOf(rollout: Rollout | undefined): Pick<RuleFacts, 'rollout'> {
  if (rollout === undefined) return {}
  const { stage, share } = rollout
  return { rollout: { stage, ...(share === undefined ? {} : { share }) } }
}

/** ATT&CK techniques among tags: `attack.t1110.001` is `T1110.001`. */
export function techniquesOf(tags: readonly string[]): readonly string[] {
  return tags
    .map((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase())
    .filter((technique) => technique !== undefined)
}
