// Content against its JSON Schemas. Pure: files in, findings out.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { isParserTests } from '../../parsers/mapping/content.ts'
import type { Finding, LintFile } from '../../sigma/lint/check.ts'
import { type ContentKind, contentKind } from '../../sigma/lint/lint.ts'
import { applyActions } from '../../sigma/parse/actions.ts'
import type { Entries } from '../../sigma/parse/reader.ts'
import { newReport } from '../../sigma/parse/report.ts'
import { suggestion } from '../../sigma/parse/suggest.ts'
import { readYaml } from '../../sigma/parse/yaml.ts'
import type { Position, Yaml } from '../../sigma/rule.ts'
import common from '../../sigma/schema/common.schema.json' with { type: 'json' }
import correlation from '../../sigma/schema/correlation.schema.json' with { type: 'json' }
import filter from '../../sigma/schema/filter.schema.json' with { type: 'json' }
import hunt from '../../sigma/schema/hunt.schema.json' with { type: 'json' }
import parserTests from '../../sigma/schema/parser-tests.schema.json' with { type: 'json' }
import pipeline from '../../sigma/schema/pipeline.schema.json' with { type: 'json' }
import rule from '../../sigma/schema/rule.schema.json' with { type: 'json' }
import tests from '../../sigma/schema/tests.schema.json' with { type: 'json' }
import settings from '../../sigma/schema/trapline.schema.json' with { type: 'json' }
import { SETTINGS_FILE } from '../settings.ts'

/** Schemas of content, with what they share. */
export const SCHEMAS = {
  ...{ common, rule, correlation, filter, hunt, pipeline, tests, settings },
  'parser-tests': parserTests,
}
export type SchemaName = Exclude<keyof typeof SCHEMAS, 'common'>

/** Code of every finding of a schema. */
export const SCHEMA_CODE = 'schema'
/** How a finding ends that does not know what was meant. */
export const NONE_OF = 'is none of what may stand here'
const ERRORS_PER_DOCUMENT_MAX = 20

let validators: Readonly<Record<SchemaName, ValidateFunction>> | undefined

function compile(): Readonly<Record<SchemaName, ValidateFunction>> {
  const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true, schemas: [common] })
  addFormats(ajv)
  const names = (Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[]).filter(
    (name) => name !== 'common',
  )
  return Object.fromEntries(names.map((name) => [name, ajv.compile(SCHEMAS[name])])) as Record<
    SchemaName,
    ValidateFunction
  >
}

/** Whether a path is that of a repository's settings. */
export function isSettingsFile(path: string): boolean {
  return path.split('/').at(-1) === SETTINGS_FILE
}

/** The schema of files that are known by their path alone. */
function ownSchemaOf(path: string): SchemaName | undefined {
  if (isSettingsFile(path)) return 'settings'
  return isParserTests(path) ? 'parser-tests' : undefined
}

/** The schema that a file is held to, by its name and its keys; undefined for a list. */
export function schemaNameOf(path: string, entries: Entries | undefined): SchemaName | undefined {
  const own = ownSchemaOf(path)
  if (own !== undefined) return own
  const kind = contentKind(path, entries)
  return kind === 'list' ? undefined : schemaOf(kind, entries ?? new Map())
}

function schemaOf(kind: Exclude<ContentKind, 'list'>, entries: Entries): SchemaName {
  if (kind !== 'sigma') return kind
  return entries.has('correlation') ? 'correlation' : entries.has('filter') ? 'filter' : 'rule'
}

/** Findings of one file against the schemas of what it holds; none where it cannot be read at all. */
export function checkSchema(file: LintFile): readonly Finding[] {
  validators ??= compile()
  const roots = readYaml(file.text, () => newReport(file.path))
  const first = roots[0]?.value
  const kind = contentKind(file.path, first?.kind === 'map' ? first.entries : undefined)
  if (kind === 'list') return []
  const documents = kind === 'sigma' ? applyActions(roots) : roots
  return documents.flatMap(({ value }) => {
    if (value?.kind !== 'map') return []
    const name = ownSchemaOf(file.path) ?? schemaOf(kind, value.entries)
    const validate = validators![name]
    if (validate(plain(value))) return []
    return deepest(validate.errors ?? []).map((error): Finding => {
      const { line, column } = placeOf(value, error)
      const where = error.instancePath.slice(1).replaceAll('/', '.')
      const message = `${where === '' ? '' : `${where}: `}${describe(error)}`
      return { code: SCHEMA_CODE, severity: 'error', message, path: file.path, line, column }
    })
  })
}

/** The value as JSON has it. */
function plain(value: Yaml): unknown {
  switch (value.kind) {
    case 'map':
      return Object.fromEntries([...value.entries].map(([key, entry]) => [key, plain(entry.value)]))
    case 'list':
      return value.items.map(plain)
    case 'null':
      return null
    case 'string':
      return value.text
    default:
      return value.value
  }
}

/** Of errors that contain one another the innermost, one a place. */
function deepest(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const byPlace = new Map<string, ErrorObject>()
  for (const error of errors) {
    const place =
      error.instancePath +
      (error.keyword === 'additionalProperties'
        ? `/${String(error.params.additionalProperty)}`
        : '')
    const known = byPlace.get(place)
    if (known === undefined || ['oneOf', 'anyOf', 'type'].includes(known.keyword))
      byPlace.set(place, error)
  }
  const places = [...byPlace.keys()]
  const inner = [...byPlace].filter(
    ([place]) => !places.some((other) => other !== place && other.startsWith(`${place}/`)),
  )
  return inner.slice(0, ERRORS_PER_DOCUMENT_MAX).map(([, error]) => error)
}

function describe({ keyword, message, params, parentSchema }: ErrorObject): string {
  if (keyword === 'enum') return `must be one of ${(params.allowedValues as unknown[]).join(', ')}`
  if (keyword === 'additionalProperties') {
    const name = String(params.additionalProperty)
    return `unknown key ${name}${suggestion(name, Object.keys(parentSchema?.properties ?? {}))}`
  }
  if (keyword === 'pattern' && typeof parentSchema?.description === 'string')
    return `is not of this form: ${parentSchema.description.replace(/\.$/, '')}`
  if (keyword === 'required') return `${String(params.missingProperty)} is missing`
  if (keyword === 'oneOf' || keyword === 'anyOf') return NONE_OF
  return message ?? 'is not what may stand here'
}

/** Where the value of an error stands: as far along its path as there is one. */
function placeOf(root: Yaml, { instancePath, keyword, params }: ErrorObject): Position {
  let value = root
  for (const part of instancePath.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    const next =
      value.kind === 'map'
        ? value.entries.get(key)?.value
        : value.kind === 'list'
          ? value.items[Number(key)]
          : undefined
    if (next === undefined) break
    value = next
  }
  const extra =
    keyword === 'additionalProperties' && value.kind === 'map'
      ? value.entries.get(String(params.additionalProperty))
      : undefined
  return extra?.key ?? value
}
