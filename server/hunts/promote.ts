// From a hunt to a detection (H7): the rule that finds the same events, tests made of chosen ones, what it
// would have found in 30 days, and lineage both ways.

import { type CaseProblem, redactCases } from '../../ci/redact/cases.ts'
import type { FixtureCase } from '../../ci/redact/fixture.ts'
import type { Replacement } from '../../ci/redact/types.ts'
import type { Event } from '../../parsers/event.ts'
import { editHunt } from '../../query/hunt/edit.ts'
import type { Hunt } from '../../query/hunt/hunt.ts'
import { exprToSigma, isRefusal } from '../../query/to-sigma.ts'
import type { RuleLogSource } from '../../sigma/eval/routing.ts'
import { loadRules } from '../../sigma/load.ts'
import type { Level, LogSource } from '../../sigma/rule.ts'
import { checkDraft, type DraftCheck } from '../services/draft-check.ts'
import type { ProposalService } from '../services/proposals.ts'
import type { Rules } from '../services/rules.ts'
import { ServiceError } from '../services/service-error.ts'
import type { EventReader, Histogram } from '../stores/events/event-store.ts'
import { hitsOf, nearestMisses } from './cases.ts'
import { fileName, freePath } from './file-name.ts'
import type { GitHunt } from './git-hunts.ts'
import { type LogSourceChoice, logSourcesOf } from './logsource.ts'
import { fenced, oneLine } from './markdown.ts'
import { ruleText } from './rule-text.ts'
import { type HuntRequest, huntRequest } from './search.ts'

const DAY_MS = 86_400_000
/** How far back the volume goes, days. */
export const VOLUME_DAYS = 30
const VOLUME_TIMEOUT_MS = 4_500
/** Events that become tests where nobody chose. */
const HITS_CHOSEN = 2
const MISSES_CHOSEN = 2

/** What someone chose; what is left out is chosen for them. */
export interface PromoteAsk {
  readonly title?: string | undefined
  readonly level?: Level | undefined
  readonly logsource?: RuleLogSource | undefined
  /** Ids of events that must match, and that must not. */
  readonly hits?: readonly string[] | undefined
  readonly misses?: readonly string[] | undefined
}

export interface Promotion {
  readonly ruleId: string
  readonly title: string
  readonly level: Level
  readonly path: string
  readonly text: string
  readonly testPath: string
  /** Redacted; empty where no event can become a test. */
  readonly testText: string
  readonly logsource: LogSource
  readonly logsources: readonly LogSourceChoice[]
  /** Columns that only Trapline reads. */
  readonly columns: readonly string[]
  readonly hits: readonly Event[]
  readonly misses: readonly Event[]
  readonly chosen: { readonly hits: readonly string[]; readonly misses: readonly string[] }
  readonly replaced: readonly Replacement[]
  readonly kept: readonly Pick<Replacement, 'kind' | 'from'>[]
  readonly problems: readonly CaseProblem[]
  /** Events that the hunt's search finds, by day. */
  readonly volume: Histogram & { readonly from: number; readonly to: number }
  readonly check: DraftCheck
}

export interface PromoteParts {
  readonly events: Pick<EventReader, 'search' | 'histogram' | 'get'>
  readonly rules: Rules
  readonly proposals: Pick<ProposalService, 'file'>
  readonly now: () => number
  /** DNS domains that never leave the server. */
  readonly ownDomains?: readonly string[]
}

/** The rule and its tests. Rejects `invalid` with the name of what Sigma cannot say, or without any hit. */
export async function preparePromotion(
  parts: PromoteParts,
  hunt: Hunt,
  ask: PromoteAsk,
  author: string,
): Promise<Promotion> {
  const now = parts.now()
  const request = huntRequest(hunt, now)
  const { expr, rules } = request
  if (rules !== undefined)
    throw new ServiceError(
      'invalid',
      'matched-rule: take the rule off the search: a rule reads events',
    )
  const detection = expr === undefined ? undefined : exprToSigma(expr)
  if (expr === undefined || detection === undefined)
    throw new ServiceError('invalid', 'matches-everything: a rule must ask for something')
  if (isRefusal(detection))
    throw new ServiceError('invalid', `${detection.code}: ${detection.message}`)
  const range = { from: now - VOLUME_DAYS * DAY_MS, to: now + DAY_MS }
  const offered = await hitsOf(parts.events, expr, range, undefined)
  const hits = await withChosen(parts, offered, ask.hits)
  const logsources = logSourcesOf(hits)
  const logsource = ask.logsource === undefined ? logsources[0]?.logsource : named(ask.logsource)
  if (logsource === undefined)
    throw new ServiceError(
      'invalid',
      `no-hits: nothing matches in ${VOLUME_DAYS} days, so there is no test`,
    )
  const near = await nearestMisses(parts.events, expr, logsource, range)
  const misses = await withChosen(parts, near, ask.misses)
  const chosen = {
    hits: ask.hits ?? hits.slice(0, HITS_CHOSEN).map(({ id }) => id),
    misses: ask.misses ?? misses.slice(0, MISSES_CHOSEN).map(({ id }) => id),
  }
  const title = ask.title ?? hunt.title
  const level = ask.level ?? 'medium'
  // Of the same search the same, so that a form sent twice opens one change.
  const ruleId = Bun.randomUUIDv5(`${hunt.query}\n${JSON.stringify(hunt.filters)}`, hunt.id)
  if (parts.rules.list().some(({ id }) => id === ruleId))
    throw new ServiceError('conflict', `this search is rule ${ruleId} already`)
  const date = new Date(now).toISOString().slice(0, 10)
  const text = ruleText(hunt, detection, { id: ruleId, title, level, logsource, author, date })
  const cases = [...casesOf(hits, chosen.hits, true), ...casesOf(misses, chosen.misses, false)]
  const [rule] = loadRules([{ path: 'rule.yml', text }]).rules
  if (rule === undefined) throw new ServiceError('invalid', 'the rule cannot be loaded')
  const {
    text: testText,
    replaced,
    kept,
    problems,
  } = redactCases(rule, cases, {
    ownDomains: parts.ownDomains ?? [],
  })
  const path = await rulePath(parts, title, logsource)
  return {
    ...{
      ruleId,
      title,
      level,
      path,
      text,
      testPath: path.replace(/\.yml$/, '.test.yml'),
      testText,
    },
    ...{ logsource, logsources, columns: detection.columns, hits, misses, chosen },
    ...{ replaced, kept, problems, volume: await volumeOf(parts, request, now) },
    check: checkDraft({ path, text, testText }, parts.rules),
  }
}

function named({ product, category, service }: RuleLogSource): LogSource {
  return {
    ...(product === undefined ? {} : { product }),
    ...(category === undefined ? {} : { category }),
    ...(service === undefined ? {} : { service }),
  }
}

/** Events offered and those chosen that are not among them. */
async function withChosen(
  { events }: PromoteParts,
  offered: readonly Event[],
  chosen: readonly string[] = [],
): Promise<readonly Event[]> {
  const others = chosen.filter((id) => !offered.some((event) => event.id === id))
  if (others.length === 0) return offered
  const found = await events.get(others)
  const missing = others.filter((_, at) => found[at] === undefined)
  if (missing.length > 0)
    throw new ServiceError('not-found', `there is no event ${missing.join(', ')}`)
  return [...found.filter((event) => event !== undefined), ...offered]
}

function casesOf(events: readonly Event[], ids: readonly string[], match: boolean): FixtureCase[] {
  const because = match ? 'found by the hunt' : 'near to what the hunt finds, and not it'
  const chosen = ids.flatMap((id) => events.find((event) => event.id === id) ?? [])
  return chosen.map((event, at) => ({
    ...{ name: `${match ? 'hit' : 'near miss'} ${at + 1}`, match, because, events: [event] },
  }))
}

function rulePath({ proposals }: PromoteParts, title: string, logsource: LogSource) {
  const { product, category, service } = logsource
  const folder = fileName(product ?? category ?? service ?? '', 'hunts')
  const path = `detections/${folder}/${fileName(title, 'from_a_hunt')}.yml`
  return freePath(path, async (one) => (await proposals.file(one)) !== undefined)
}

async function volumeOf({ events }: PromoteParts, { expr }: HuntRequest, now: number) {
  const range = { from: now - VOLUME_DAYS * DAY_MS, to: now }
  const what = expr === undefined ? {} : { expr }
  const asked = { ...range, ...what, bucket_ms: DAY_MS, timeout_ms: VOLUME_TIMEOUT_MS }
  return { ...(await events.histogram(asked)), ...range }
}

/** The hunt with the rule in its lineage. */
export function withDetection(hunt: Hunt, ruleId: string): Hunt {
  const known = hunt.lineage?.detections ?? []
  const detections = [...new Set([...known, ruleId])]
  return { ...hunt, lineage: { ...hunt.lineage, detections } }
}

/** What the pull request holds. Rejects `invalid` while the rule has no test that must match, or a finding. */
export async function promotionFiles(
  { proposals }: Pick<PromoteParts, 'proposals'>,
  hunt: Hunt,
  git: GitHunt | undefined,
  promotion: Promotion,
) {
  const { path, text, testPath, testText, check, problems } = promotion
  if (!check.tests.some(({ match, passed }) => match && passed === true)) {
    const why = problems[0] === undefined ? 'choose an event that it finds' : problems[0].message
    throw new ServiceError('invalid', `no-test: the rule needs a test that must match: ${why}`)
  }
  const error = check.findings.find(({ severity }) => severity === 'error')
  if (error !== undefined) throw new ServiceError('invalid', `${error.code}: ${error.message}`)
  const own = [
    { path, text },
    { path: testPath, text: testText },
  ]
  if (git === undefined) return own
  const base = (await proposals.file(git.path)) ?? git.text
  return [...own, { path: git.path, text: editHunt(base, withDetection(hunt, promotion.ruleId)) }]
}

/** What reviewers read. */
export function promotionBody(hunt: Hunt, promotion: Promotion): string {
  const { volume, columns, check, replaced, kept } = promotion
  const events = volume.buckets.reduce((sum, { count }) => sum + count, 0)
  const most = Math.max(0, ...volume.buckets.map(({ count }) => count))
  const passing = check.tests.filter(({ passed }) => passed).length
  const lines = [
    hunt.hypothesis?.trim() ?? '',
    `Made from the hunt “${oneLine(hunt.title)}” (\`${hunt.id}\`), which looks for`,
    fenced(hunt.query),
    `In ${VOLUME_DAYS} days that search found ${volume.exact ? '' : 'at least '}${events} events, at most ${most} a day.`,
    `${passing} of ${check.tests.length} tests pass. Their events are redacted: ${replaced.length} values replaced, ${kept.length} kept because the rule asks for them.`,
    columns.length === 0
      ? ''
      : `The rule reads ${columns.map((name) => `\`${name}\``).join(', ')}: columns of Trapline that other Sigma engines do not have.`,
  ]
  return `${lines.filter((line) => line !== '').join('\n\n')}\n`
}
