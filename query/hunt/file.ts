// Hunts as the YAML of `hunts/`. Reading and writing give the same hunt again.
import { stringify } from 'yaml'
import { z } from 'zod'
import type { Diagnostic } from '../../sigma/diagnostic.ts'
import { newReport } from '../../sigma/parse/report.ts'
import { readYaml } from '../../sigma/parse/yaml.ts'
import type { Yaml } from '../../sigma/rule.ts'
import { type Hunt, SHARING_MODES } from './hunt.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const list = z.union([z.array(z.string()), z.string().transform((one) => [one])]).default([])
const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? [])

const File = z.strictObject({
  title: z.string().trim().min(1),
  id: z.string().regex(UUID, 'must be a UUID'),
  description: z.string().optional(),
  hypothesis: z.string().optional(),
  query: z.string().trim().min(1),
  filters: z
    .strictObject({
      source: list,
      severity: list,
      host: list,
      rule: z.string().optional(),
      range: z.string().optional(),
    })
    .prefault({}),
  schedule: z
    .string()
    .regex(/^[1-9]\d{0,5}[smhd]$/, 'must be like 15m, 1h or 1d')
    .optional(),
  sharing: z.enum(SHARING_MODES).default('team'),
  shared_with_roles: texts,
  tags: texts,
  owner: z.string().optional(),
  author: z.string().optional(),
  date: z.string().optional(),
  modified: z.string().optional(),
  references: texts,
  lineage: z
    .strictObject({
      published_from: z.string().optional(),
      detections: z.array(z.string()).optional(),
    })
    .optional(),
  view: z
    .strictObject({
      columns: z.array(z.string()).optional(),
      group: z.string().optional(),
      live: z.boolean().optional(),
      selected: z.string().optional(),
      tab: z.string().optional(),
      since: z.coerce.number().int().min(0).optional(),
      until: z.coerce.number().int().min(0).optional(),
    })
    .optional(),
})

/** The hunt of a file, or why it is none. Never throws. */
export function readHunt(
  text: string,
  path: string,
): Hunt | { readonly problems: readonly Diagnostic[] } {
  const documents = readYaml(text, () => newReport(path))
  const [first] = documents
  const problem = (message: string): { readonly problems: readonly Diagnostic[] } => ({
    problems: [{ code: 'hunt-unreadable', severity: 'error', message, path, line: 1, column: 1 }],
  })
  const refused = documents.flatMap(({ report }) =>
    report.diagnostics.filter(({ severity }) => severity === 'error'),
  )
  if (refused.length > 0) return { problems: refused }
  if (documents.length !== 1 || first?.value === undefined) return problem('holds no single hunt')
  const parsed = File.safeParse(plain(first.value))
  if (parsed.success) return defined(parsed.data)
  const [issue] = parsed.error.issues
  const name = issue?.path.join('.') || 'the file'
  const isMissing = issue?.message.endsWith('received undefined')
  return problem(`${name}: ${isMissing ? 'is missing' : issue?.message}`)
}

/** Drops what is undefined, as exact optional properties want it. */
function defined(hunt: z.output<typeof File>): Hunt {
  return JSON.parse(JSON.stringify(hunt)) as Hunt
}

/** The value as JSON has it; every scalar but booleans as its text. */
function plain(value: Yaml): unknown {
  switch (value.kind) {
    case 'map':
      return Object.fromEntries([...value.entries].map(([key, entry]) => [key, plain(entry.value)]))
    case 'list':
      return value.items.map(plain)
    case 'null':
      return null
    case 'boolean':
      return value.value
    default:
      return value.text
  }
}

/** The file of a hunt; what is empty is left out. */
export function writeHunt(hunt: Hunt): string {
  const { source, severity, host, rule, range } = hunt.filters
  const filters = {
    ...filled({ source: oneOf(source), severity: oneOf(severity), host: oneOf(host) }),
    ...filled({ rule, range }),
  }
  const document = filled({
    title: hunt.title,
    id: hunt.id,
    description: hunt.description,
    hypothesis: hunt.hypothesis,
    query: hunt.query,
    filters,
    view: hunt.view,
    schedule: hunt.schedule,
    sharing: hunt.sharing,
    shared_with_roles: hunt.shared_with_roles,
    tags: hunt.tags,
    owner: hunt.owner,
    author: hunt.author,
    date: hunt.date,
    modified: hunt.modified,
    references: hunt.references,
    lineage: hunt.lineage,
  })
  return stringify(document, {
    indent: 4,
    lineWidth: 0,
    aliasDuplicateObjects: false,
    singleQuote: true,
    defaultKeyType: 'PLAIN',
  })
}

function oneOf(values: readonly string[]): readonly string[] | string {
  return values.length === 1 ? values[0]! : values
}

function filled(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)))
}

function isEmpty(value: unknown): boolean {
  if (value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
