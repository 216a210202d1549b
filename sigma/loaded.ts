// What loading rules, correlations and filters have in common: ids, findings, refusals.
import type { Diagnostic } from './diagnostic.ts'
import { hasErrors } from './parse/report.ts'
import type {
  Level,
  LoadedRule,
  ParsedDocument,
  RefusedRule,
  SigmaCorrelation,
  SigmaDocument,
  SigmaRule,
} from './rule.ts'

/** Level of rules that name none. */
export const LEVEL_DEFAULT: Level = 'medium'

/** A document and its file. */
export interface Source {
  readonly path: string
  readonly document: ParsedDocument
}

/** What became of a document. */
export interface Outcome {
  readonly rule: LoadedRule | undefined
  readonly loaded: boolean
  readonly found: readonly Diagnostic[]
}

/** The id that a document goes by, taken; undefined after a finding when another document has it. */
export function claimId(
  { path, document }: Source,
  value: SigmaDocument,
  ids: Map<string, string>,
  found: Diagnostic[],
): string | undefined {
  const { line } = document
  const id = value.id ?? fallbackId(path, line)
  const twin = ids.get(id)
  if (twin !== undefined) {
    const message = `rule "${value.title}": its id ${id} is that of ${twin}`
    found.push(finding('id-duplicate', 'error', message, path, line))
    return undefined
  }
  if (value.id === undefined) {
    const message = `rule "${value.title}": has no id, goes by ${id}`
    found.push(finding('id-missing', 'warning', message, path, line))
  }
  ids.set(id, path)
  return id
}

export function fallbackId(path: string, line: number): string {
  return line === 1 ? `path:${path}` : `path:${path}:${line}`
}

export function finding(
  code: string,
  severity: Diagnostic['severity'],
  message: string,
  path: string,
  line: number,
): Diagnostic {
  return { code, severity, message, path, line, column: 1 }
}

type Head = Omit<
  LoadedRule,
  'expr' | 'selections' | 'condition' | 'conditionText' | 'logsource' | 'feedsOnly'
>

/** What alerts and pages need of a rule or correlation. */
export function headOf(rule: SigmaRule | SigmaCorrelation, id: string): Head {
  return {
    id,
    title: rule.title,
    level: rule.level ?? LEVEL_DEFAULT,
    status: rule.status,
    tags: rule.tags,
    fields: rule.fields,
    falsepositives: rule.falsepositives,
    references: rule.references,
    author: rule.author,
    description: rule.description,
    date: rule.date,
    modified: rule.modified,
    path: rule.path,
    text: rule.text,
    line: rule.line,
    trapline: rule.trapline,
  }
}

export function refusal(
  document: ParsedDocument | undefined,
  path: string,
  diagnostics: readonly Diagnostic[],
): RefusedRule {
  const first = diagnostics.find((diagnostic) => diagnostic.severity === 'error')
  const line = document?.line ?? 1
  return {
    id: document?.id ?? fallbackId(path, line),
    title: document?.title ?? '',
    path,
    line,
    kind: document?.value?.kind ?? 'unknown',
    reason: first?.code ?? 'unknown',
    message: first?.message ?? '',
    diagnostics,
  }
}

/** The first error's code, if there is one. */
export function reasonOf(found: readonly Diagnostic[]): string | undefined {
  return hasErrors(found) ? found.find(({ severity }) => severity === 'error')?.code : undefined
}
