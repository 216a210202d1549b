// Rule files to rules that can run, and for every other document the reason why it cannot.
import type { Diagnostic } from './diagnostic.ts'
import { lowerRule } from './lower/lower.ts'
import { hasErrors } from './parse/report.ts'
import { parseRules } from './parse/rules.ts'
import type {
  Level,
  LoadedRule,
  LoadedRules,
  ParsedDocument,
  RefusedRule,
  RuleFile,
  SigmaRule,
} from './rule.ts'

/** Level of rules that name none. */
export const LEVEL_DEFAULT: Level = 'medium'

/**
 * Loads a set of files. A document is among `rules` or among `refused`, never both and never neither;
 * `diagnostics` holds the findings of all, warnings of running rules included.
 */
export function loadRules(files: readonly RuleFile[]): LoadedRules {
  const rules: LoadedRule[] = []
  const refused: RefusedRule[] = []
  const diagnostics: Diagnostic[] = []
  const ids = new Map<string, LoadedRule>()
  for (const file of files) {
    const parsed = parseRules(file.text, { path: file.path })
    if (parsed.documents.length === 0) {
      refused.push(refusal(undefined, file.path, parsed.diagnostics))
      diagnostics.push(...parsed.diagnostics)
    }
    for (const document of parsed.documents) {
      const { rule, found } = loadDocument(document, file.path, ids)
      diagnostics.push(...found)
      if (rule === undefined) refused.push(refusal(document, file.path, found))
      else {
        rules.push(rule)
        ids.set(rule.id, rule)
      }
    }
  }
  return { rules, refused, diagnostics }
}

interface Outcome {
  readonly rule: LoadedRule | undefined
  readonly found: readonly Diagnostic[]
}

function loadDocument(
  document: ParsedDocument,
  path: string,
  ids: ReadonlyMap<string, LoadedRule>,
): Outcome {
  const { value } = document
  if (value === undefined || hasErrors(document.diagnostics)) {
    return { rule: undefined, found: document.diagnostics }
  }
  if (value.kind !== 'rule') {
    const message = `rule "${value.title}": ${value.kind} documents are read but do not run yet`
    const found = finding(`${value.kind}-unsupported`, 'error', message, path, document.line)
    return { rule: undefined, found: [...document.diagnostics, found] }
  }
  const lowered = lowerRule(value)
  const found = [...document.diagnostics, ...lowered.diagnostics]
  const { condition } = value.detection
  if (lowered.expr === undefined || condition === undefined) return { rule: undefined, found }
  const id = value.id ?? fallbackId(path, document.line)
  if (value.id === undefined) {
    const message = `rule "${value.title}": has no id, goes by ${id}`
    found.push(finding('id-missing', 'warning', message, path, document.line))
  }
  const twin = ids.get(id)
  if (twin !== undefined) {
    const message = `rule "${value.title}": its id ${id} is that of ${twin.path}`
    return {
      rule: undefined,
      found: [...found, finding('id-duplicate', 'error', message, path, document.line)],
    }
  }
  const { expr, selections } = lowered
  return { rule: { ...runnable(value, id), expr, selections, condition }, found }
}

function fallbackId(path: string, line: number): string {
  return line === 1 ? `path:${path}` : `path:${path}:${line}`
}

function finding(
  code: string,
  severity: Diagnostic['severity'],
  message: string,
  path: string,
  line: number,
): Diagnostic {
  return { code, severity, message, path, line, column: 1 }
}

function runnable(
  rule: SigmaRule,
  id: string,
): Omit<LoadedRule, 'expr' | 'selections' | 'condition'> {
  return {
    id,
    title: rule.title,
    level: rule.level ?? LEVEL_DEFAULT,
    status: rule.status,
    logsource: rule.logsource,
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
    conditionText: rule.detection.conditionText,
    trapline: rule.trapline,
  }
}

function refusal(
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
