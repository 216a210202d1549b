// Which parser takes which lines when nobody says what they are: labelled lines of the corpus against every
// parser, as the table in docs/parsers.md.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Parser } from '../../../parsers/event.ts'
import { isFields, JsonError, parseJsonObject } from '../../../parsers/json-text.ts'
import { normalise } from '../../../parsers/normalise.ts'
import { PARSERS } from '../../../parsers/table.ts'
import type { Case } from './case.ts'
import { optionsOf } from './score.ts'

/** Parsers that take what no other is sure of. */
export const GENERIC: ReadonlySet<string> = new Set([
  'json',
  'syslog',
  'text',
  'logfmt',
  'unparsed',
])

/** Lines under one label, and what became of them. */
export interface Confusion {
  readonly label: string
  readonly events: number
  /** Lines by the parser that read them. */
  readonly readAs: ReadonlyMap<string, number>
  /** Lines that a parser would also claim were it asked first. */
  readonly claims: ReadonlyMap<string, number>
}

/** Our parser for a label of panther-analysis; labels that are not here are of products without a parser. */
const PANTHER: Readonly<Record<string, string>> = {
  'AWS.CloudTrail': 'cloudtrail',
  'AWS.GuardDuty': 'aws_guardduty',
  'AWS.VPCFlow': 'aws_vpcflow',
  'AWS.WAFWebACL': 'aws_waf',
  'Amazon.EKS.Audit': 'kubernetes',
  'Azure.Audit': 'azure_audit',
  'Azure.MonitorActivity': 'azure_activity',
  'GCP.AuditLog': 'gcp_audit',
  'GitHub.Audit': 'github',
  'GSuite.ActivityEvent': 'gworkspace',
  'Microsoft365.Audit.AzureActiveDirectory': 'm365',
  'Microsoft365.Audit.SharePoint': 'm365',
  'Okta.SystemLog': 'okta',
  'Windows.EventLogs': 'windows',
}

/** Labelled events of panther-analysis; rules for several products at once label nothing. */
export async function pantherCases(corpus: string): Promise<readonly Case[]> {
  const file = 'panther-events/panther_rule_tests.dev.ndjson'
  const text = await readFile(join(corpus, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text.split('\n').flatMap((line, index) => {
    const test = line === '' ? undefined : parseJsonObject(line)
    if (test === undefined || test instanceof JsonError || !isFields(test.event)) return []
    const type = String(test.logType)
    const own = typeof test.event.p_log_type === 'string' ? test.event.p_log_type : type
    return {
      source: PANTHER[own] ?? `(${own})`,
      file,
      line: index + 1,
      text: JSON.stringify(test.event),
      timeZone: 'UTC',
      expected: {},
    }
  })
}

/** What becomes of labelled lines when nobody names their source. */
export function confusionOf(cases: readonly Case[]): readonly Confusion[] {
  const byLabel = Map.groupBy(cases, (item) => item.source)
  return [...byLabel].map(([label, items]) => {
    const readAs = new Map<string, number>()
    const claims = new Map<string, number>()
    for (const item of items) {
      const { parser } = normalise(item.text, optionsOf(item, undefined))
      add(readAs, parser)
      for (const other of claimants(item)) if (other !== parser) add(claims, other)
    }
    return { label, events: items.length, readAs, claims }
  })
}

function claimants(item: Case): readonly string[] {
  const json = parseJsonObject(item.text)
  if (json instanceof JsonError) return []
  const options = optionsOf(item, undefined)
  return Object.values<Parser>(PARSERS)
    .filter((parser) => !GENERIC.has(parser.name))
    .filter((parser) => parser.recognise({ text: item.text, json }, options))
    .map((parser) => parser.name)
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

/** The table in Markdown. Labels in brackets are of products without a parser of their own. */
export function confusionTable(rows: readonly Confusion[]): string {
  const shown = (counts: ReadonlyMap<string, number>) =>
    [...counts]
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')
  const lines = rows
    .toSorted((a, b) => (a.label < b.label ? -1 : 1))
    .map(
      ({ label, events, readAs, claims }) =>
        `| ${label} | ${events} | ${shown(readAs)} | ${shown(claims)} |`,
    )
  return ['| lines of | events | read as | also claimed by |', '|---|---|---|---|', ...lines].join(
    '\n',
  )
}
