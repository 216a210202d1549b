// Results of osquery's scheduled queries: rows of its tables of events, told by their columns, since a query's
// name is its author's choice.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'
import { hashesOf, type Observation, present, productOf, textOf } from './observation.ts'

/** What a row of a table of events says. */
interface Row {
  readonly categories: readonly string[]
  readonly action: string | undefined
  readonly path: string | undefined
  readonly fields: Fields
}

/** The observation of a result; undefined for other JSON. */
export function readOsqueryResult(json: Fields): Observation | undefined {
  const { columns, decorations } = json
  const host = textOf(json.hostIdentifier) ?? textOf(json.hostname)
  const isResult = isFields(columns) || Array.isArray(json.snapshot) || isFields(json.diffResults)
  if (!isResult || host === undefined || textOf(json.name) === undefined) return undefined
  if (json.unixTime === undefined && json.calendarTime === undefined) return undefined
  const cells = isFields(columns) ? columns : {}
  const action = textOf(json.action)
  // A row that went away is no event.
  const row = action === 'removed' ? undefined : readRow(cells)
  const decorated = isFields(decorations) ? decorations.username : undefined
  return {
    product: productOf(row?.path ?? textOf(cells.path) ?? '/'),
    categories: row?.categories ?? [],
    times: [json.unixTime, json.calendarTime],
    host,
    user: textOf(cells.username) ?? textOf(cells.user) ?? textOf(decorated),
    action: row?.action ?? action,
    outcome: outcomeOf(cells),
    fields: row?.fields ?? {},
    document: json,
  }
}

function readRow(cells: Fields): Row | undefined {
  return readProcess(cells) ?? readSocket(cells) ?? readFile(cells)
}

/** `process_events`, `bpf_process_events`, `es_process_events`, `process_etw_events`. */
function readProcess(cells: Fields): Row | undefined {
  const { cmdline, path, pid } = cells
  const isEvent = cells.time !== undefined || cells.ntime !== undefined || cells.eid !== undefined
  if (!isEvent || typeof cmdline !== 'string' || pid === undefined) return undefined
  const kind = textOf(cells.event_type) ?? textOf(cells.type) ?? textOf(cells.syscall) ?? 'exec'
  const image = textOf(path)
  return {
    categories: /exec|start/i.test(kind) ? ['process_creation'] : [],
    action: kind,
    path: image,
    fields: present({
      Image: image,
      CommandLine: cmdline,
      ProcessId: pid,
      ParentProcessId: cells.parent ?? cells.ppid,
      ParentImage: cells.parent_path,
      CurrentDirectory: cells.cwd,
      User: cells.username,
    }),
  }
}

/** `socket_events` and `bpf_socket_events`. */
function readSocket(cells: Fields): Row | undefined {
  const { remote_address: remote, local_address: local } = cells
  const action = textOf(cells.action) ?? textOf(cells.syscall)
  if (action === undefined || textOf(remote) === undefined || cells.pid === undefined) {
    return undefined
  }
  const isInbound = action.startsWith('accept')
  const [from, to] = isInbound ? [remote, local] : [local, remote]
  const [fromPort, toPort] = isInbound
    ? [cells.remote_port, cells.local_port]
    : [cells.local_port, cells.remote_port]
  const image = textOf(cells.path)
  return {
    categories: isInbound || action.startsWith('connect') ? ['network_connection'] : [],
    action,
    path: image,
    fields: present({
      Image: image,
      ProcessId: cells.pid,
      SourceIp: from,
      SourcePort: known(fromPort),
      DestinationIp: to,
      DestinationPort: known(toPort),
      Initiated: isInbound ? 'false' : 'true',
    }),
  }
}

/** osquery writes 0 for a port that it does not know. */
function known(port: FieldValue | undefined): FieldValue | undefined {
  return port === '0' || port === 0 ? undefined : port
}

const FILE_CATEGORIES: Readonly<Record<string, readonly string[]>> = {
  CREATED: ['file_event'],
  UPDATED: ['file_change'],
  DELETED: ['file_delete'],
  MOVED_FROM: ['file_rename'],
  MOVED_TO: ['file_rename'],
}

/** `file_events`. */
function readFile(cells: Fields): Row | undefined {
  const action = textOf(cells.action)
  const target = textOf(cells.target_path)
  if (action === undefined || target === undefined) return undefined
  return {
    categories: Object.hasOwn(FILE_CATEGORIES, action) ? FILE_CATEGORIES[action]! : [],
    action,
    path: target,
    fields: present({
      TargetFilename: target,
      Hashes: hashesOf(cells.sha1, cells.md5, cells.sha256),
    }),
  }
}

/** `success` and `status` of system calls that were audited. */
function outcomeOf(cells: Fields): Observation['outcome'] {
  const { success, status } = cells
  if (success === '1' || status === 'succeeded') return 'success'
  return success === '0' || status === 'failed' ? 'failure' : undefined
}
