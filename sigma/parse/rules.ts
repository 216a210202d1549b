// A file's text to Sigma documents: rules, correlations and filters.
import type { ParsedDocument, ParsedRules, SigmaDocument, Yaml } from '../rule.ts'
import { applyActions } from './actions.ts'
import { readCorrelation } from './correlation.ts'
import { readDetection } from './detection.ts'
import { readLogSource, readMetadata } from './metadata.ts'
import {
  type Entries,
  isScalar,
  kindName,
  mapOf,
  misnamed,
  NOWHERE,
  textOf,
  textsOf,
} from './reader.ts'
import { fail, newReport, type Report } from './report.ts'
import { readYaml, type YamlDocument } from './yaml.ts'

/**
 * Parses a rule file. Never throws: everything wrong is a diagnostic, and documents after a wrong one are
 * still read.
 *
 * @example parseRules('title: T\nlogsource: {product: linux}\ndetection: {...}', { path: 'a.yml' })
 */
export function parseRules(text: string, options: { readonly path: string }): ParsedRules {
  const read = readYaml(text, () => newReport(options.path))
  const documents = applyActions(read).map(readDocument)
  if (documents.length === 0) {
    const report = newReport(options.path)
    fail(report, 'file-empty', 'the file holds no document', NOWHERE)
    return { documents: [], diagnostics: report.diagnostics }
  }
  return { documents, diagnostics: documents.flatMap((document) => document.diagnostics) }
}

function readDocument(document: YamlDocument): ParsedDocument {
  const { value, report } = document
  const entries = value?.kind === 'map' ? value.entries : undefined
  if (value !== undefined && entries === undefined) {
    fail(report, 'document-not-map', `a document must be a map, not ${kindName(value)}`, value)
  }
  const title = plainText(entries?.get('title')?.value) ?? ''
  const id = plainText(entries?.get('id')?.value)
  report.prefix = title === '' ? '' : `rule "${title}": `
  const parsed = entries === undefined ? undefined : readSigma(report, entries, document)
  return { value: parsed, title, id, line: document.line, diagnostics: report.diagnostics }
}

function plainText(value: Yaml | undefined): string | undefined {
  if (value === undefined || !isScalar(value) || value.kind === 'null') return undefined
  return value.text
}

/** The document by its kind; undefined when errors leave nothing that could run. */
function readSigma(
  report: Report,
  entries: Entries,
  document: YamlDocument,
): SigmaDocument | undefined {
  const { line, column, text } = document
  const base = { path: report.path, text, line, column, ...readMetadata(report, entries, document) }
  if (entries.has('correlation')) {
    const body = readCorrelation(report, entries, document)
    return body === undefined ? undefined : { kind: 'correlation', ...base, ...body }
  }
  const isFilter = entries.has('filter')
  const logsource = readLogSource(report, entries, document)
  const own = mapOf(report, entries, isFilter ? 'filter' : 'detection')
  if (own === undefined) {
    if (!isFilter && !entries.has('detection')) {
      const near = misnamed(entries, ['detection', 'correlation', 'filter'])
      fail(report, 'detection-missing', `has no detection, correlation or filter${near}`, document)
    }
    return undefined
  }
  const at = entries.get(isFilter ? 'filter' : 'detection')!.key
  const outside = entries.get('condition')?.key
  const detection = readDetection(report, own, at, isFilter ? ['rules'] : [], outside)
  if (logsource === undefined || detection === undefined) return undefined
  if (!isFilter) return { kind: 'rule', ...base, logsource, detection }
  return { kind: 'filter', ...base, logsource, detection, rules: readFilterRules(report, own) }
}

function readFilterRules(report: Report, own: Entries): readonly string[] | 'any' {
  const value = own.get('rules')?.value
  if (value === undefined || !isScalar(value)) return textsOf(report, own, 'rules')
  const text = textOf(report, own, 'rules') ?? ''
  return text.toLowerCase() === 'any' ? 'any' : [text]
}
