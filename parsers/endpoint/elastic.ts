// Documents of Elastic Defend: `endpoint.events.process` and its kin.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'
import { accountOf, hashesOf, type Observation, present, textOf } from './observation.ts'

/** Categories by data set and what an event is about. */
const CATEGORIES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  process: {
    start: ['process_creation'],
    exec: ['process_creation'],
    end: ['process_termination'],
  },
  file: {
    creation: ['file_event'],
    overwrite: ['file_event'],
    modification: ['file_change'],
    rename: ['file_rename'],
    deletion: ['file_delete'],
  },
  registry: {
    modification: ['registry_set', 'registry_event'],
    creation: ['registry_add', 'registry_event'],
    deletion: ['registry_delete', 'registry_event'],
  },
  library: { load: ['image_load'] },
  driver: { load: ['driver_load'] },
  network: {
    connection_attempted: ['network_connection'],
    connection_accepted: ['network_connection'],
    lookup_requested: ['dns_query'],
    lookup_result: ['dns_query'],
  },
}
const PRODUCTS: Readonly<Record<string, Observation['product']>> = {
  windows: 'windows',
  linux: 'linux',
  macos: 'macos',
}

/** The observation of a document; undefined for other JSON. */
export function readElasticDocument(json: Fields): Observation | undefined {
  const { event } = json
  if (!isFields(event)) return undefined
  const dataset = textOf(event.dataset)
  if (dataset?.startsWith('endpoint.events.') !== true || !isFields(json.process)) return undefined
  const kind = dataset.slice('endpoint.events.'.length)
  const action = textOf(Array.isArray(event.action) ? event.action[0] : event.action)
  const os = textOf(at(json, 'host', 'os', 'type')) ?? 'windows'
  const outcome = textOf(event.outcome)
  return {
    product: PRODUCTS[os] ?? 'windows',
    categories: categoriesOf(kind, action),
    times: [json['@timestamp'], event.created],
    host: textOf(at(json, 'host', 'hostname')) ?? textOf(at(json, 'host', 'name')),
    user: textOf(at(json, 'user', 'name')),
    action,
    outcome: outcome === 'unknown' ? undefined : outcome,
    fields: fieldsOf(json, kind, action),
    document: json,
  }
}

function categoriesOf(kind: string, action: string | undefined): readonly string[] {
  const known = Object.hasOwn(CATEGORIES, kind) ? CATEGORIES[kind]! : {}
  return action !== undefined && Object.hasOwn(known, action) ? known[action]! : []
}

function fieldsOf(json: Fields, kind: string, action: string | undefined): Fields {
  const of = (...path: readonly string[]) => at(json, ...path)
  const isLoaded = kind === 'library' || kind === 'driver'
  const hashed = isLoaded ? (kind === 'library' ? 'dll' : 'file') : 'process'
  const isConnection = kind === 'network' && action?.startsWith('connection') === true
  return present({
    Image: of('process', 'executable'),
    CommandLine: of('process', 'command_line'),
    ProcessId: of('process', 'pid'),
    ProcessGuid: of('process', 'entity_id'),
    CurrentDirectory: of('process', 'working_directory'),
    OriginalFileName: of('process', 'pe', 'original_file_name'),
    IntegrityLevel: integrityOf(of('process', 'Ext', 'token', 'integrity_level_name')),
    ParentImage: of('process', 'parent', 'executable'),
    ParentCommandLine: of('process', 'parent', 'command_line'),
    ParentProcessId: of('process', 'parent', 'pid'),
    User: accountOf(of('user', 'domain'), of('user', 'name')),
    Hashes: hashesOf(
      of(hashed, 'hash', 'sha1'),
      of(hashed, 'hash', 'md5'),
      of(hashed, 'hash', 'sha256'),
    ),
    TargetFilename: kind === 'file' ? of('file', 'path') : undefined,
    SourceFilename: of('file', 'Ext', 'original', 'path'),
    ImageLoaded: isLoaded ? (of('dll', 'path') ?? of('file', 'path')) : undefined,
    TargetObject: of('registry', 'path'),
    Details: firstOf(of('registry', 'data', 'strings')),
    SourceIp: isConnection ? of('source', 'ip') : undefined,
    SourcePort: isConnection ? of('source', 'port') : undefined,
    DestinationIp: isConnection ? of('destination', 'ip') : undefined,
    DestinationPort: isConnection ? of('destination', 'port') : undefined,
    DestinationHostname: of('destination', 'domain'),
    Protocol: isConnection ? of('network', 'transport') : undefined,
    Initiated: isConnection ? String(action === 'connection_attempted') : undefined,
    QueryName: of('dns', 'question', 'name'),
  })
}

/** `high` as Sysmon writes it. */
function integrityOf(value: FieldValue | undefined): string | undefined {
  const name = textOf(value)
  return name === undefined ? undefined : name.slice(0, 1).toUpperCase() + name.slice(1)
}

function firstOf(value: FieldValue | undefined): FieldValue | undefined {
  return Array.isArray(value) ? (value as readonly FieldValue[])[0] : value
}

/** The value at a path; objects and lists of them are none. */
function at(json: Fields, ...path: readonly string[]): FieldValue | undefined {
  let value: FieldValue | undefined = json
  for (const name of path) value = isFields(value) ? value[name] : undefined
  return isFields(value) ? undefined : value
}
