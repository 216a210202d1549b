// Process starts as CrowdStrike's replicator, Carbon Black's forwarder and SentinelOne's Deep Visibility write them.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { hashesOf, type Observation, present, productOf, textOf } from './observation.ts'

/** The observation of a document; undefined for other JSON. */
export function readSensorDocument(json: Fields): Observation | undefined {
  if (json.event_simpleName !== undefined && json.aid !== undefined) return falcon(json)
  if (json.type === 'endpoint.event.procstart') return carbonBlack(json)
  if (json['event.type'] !== undefined && json['tgt.process.image.path'] !== undefined) {
    return sentinelOne(json)
  }
  return undefined
}

const PLATFORMS: Readonly<Record<string, Observation['product']>> = {
  Win: 'windows',
  Lin: 'linux',
  Mac: 'macos',
}

/** Categories by the name of CrowdStrike's events. */
const FALCON: Readonly<Record<string, readonly string[]>> = {
  ProcessRollup2: ['process_creation'],
  SyntheticProcessRollup2: ['process_creation'],
  NetworkConnectIP4: ['network_connection'],
  NetworkConnectIP6: ['network_connection'],
  DnsRequest: ['dns_query'],
}

function falcon(json: Fields): Observation {
  const name = textOf(json.event_simpleName) ?? ''
  const image = drivePath(textOf(json.ImageFileName))
  const categories = FALCON[name] ?? []
  const isProcess = categories[0] === 'process_creation'
  const platform = textOf(json.event_platform)
  return {
    product: PLATFORMS[platform ?? ''] ?? productOf(image),
    categories,
    times: [json.ContextTimeStamp, json.timestamp],
    host: textOf(json.ComputerName),
    user: textOf(json.UserName)?.replace(/^.*\\/, ''),
    action: name,
    outcome: undefined,
    fields: present({
      Image: image ?? drivePath(textOf(json.ContextBaseFileName)),
      CommandLine: json.CommandLine,
      ProcessId: json.RawProcessId,
      ParentImage: isProcess ? drivePath(textOf(json.ParentBaseFileName)) : undefined,
      ParentCommandLine: json.ParentCommandLine,
      GrandParentImage: json.GrandParentBaseFileName,
      OriginalFileName: json.OriginalFilename,
      User: json.UserName,
      Hashes: hashesOf(json.SHA1HashData, json.MD5HashData, json.SHA256HashData),
      SourceIp: json.LocalAddressIP4 ?? json.LocalAddressIP6,
      SourcePort: json.LocalPort,
      DestinationIp: json.RemoteAddressIP4 ?? json.RemoteAddressIP6,
      DestinationPort: json.RemotePort,
      QueryName: json.DomainName,
    }),
    document: json,
  }
}

const VOLUME = /^\\Device\\HarddiskVolume\d{1,3}\\/i

/** `\Device\HarddiskVolume2\Windows\..` as the system volume's path: rules look for its end, or for `C:\`. */
function drivePath(path: string | undefined): string | undefined {
  return path?.replace(VOLUME, 'C:\\')
}

/** One digest of each kind, of a list with one of each. */
function digest(value: FieldValue | undefined, length: number): FieldValue | undefined {
  const list = Array.isArray(value) ? value : [value ?? null]
  return list.find((one) => typeof one === 'string' && one.length === length)
}

const MD5_LENGTH = 32
const SHA256_LENGTH = 64

function carbonBlack(json: Fields): Observation {
  // The event is of the parent; what it starts is the child.
  const child = textOf(json.childproc_name)
  const own = child ?? textOf(json.process_path)
  const isChild = child !== undefined
  const hashes = isChild ? json.childproc_hash : json.process_hash
  const user = isChild ? (json.childproc_username ?? json.process_username) : json.process_username
  return {
    product: productOf(own),
    categories: ['process_creation'],
    times: [json.device_timestamp, json.backend_timestamp],
    host: textOf(json.device_name)?.replace(/^.*\\/, ''),
    user: textOf(user)?.replace(/^.*\\/, ''),
    action: textOf(json.action),
    outcome: undefined,
    fields: present({
      Image: own,
      CommandLine: isChild ? json.target_cmdline : json.process_cmdline,
      ProcessId: isChild ? json.childproc_pid : json.process_pid,
      User: user,
      Hashes: hashesOf(undefined, digest(hashes, MD5_LENGTH), digest(hashes, SHA256_LENGTH)),
      ParentImage: isChild ? json.process_path : json.parent_path,
      ParentCommandLine: isChild ? json.process_cmdline : json.parent_cmdline,
      ParentProcessId: isChild ? json.process_pid : json.parent_pid,
    }),
    document: json,
  }
}

const SYSTEMS: Readonly<Record<string, Observation['product']>> = {
  windows: 'windows',
  linux: 'linux',
  osx: 'macos',
  macos: 'macos',
}

function sentinelOne(json: Fields): Observation {
  const image = textOf(json['tgt.process.image.path'])
  const system = textOf(json['endpoint.os'])?.toLowerCase()
  const user = json['tgt.process.user'] ?? json['src.process.user']
  return {
    product: SYSTEMS[system ?? ''] ?? productOf(image),
    categories: json['event.type'] === 'Process Creation' ? ['process_creation'] : [],
    times: [json['event.time'], json.timestamp],
    host: textOf(json['endpoint.name']),
    user: textOf(user)?.replace(/^.*\\/, ''),
    action: textOf(json['event.type']),
    outcome: undefined,
    fields: present({
      Image: image,
      CommandLine: json['tgt.process.cmdline'],
      ProcessId: json['tgt.process.pid'],
      IntegrityLevel: json['tgt.process.integrityLevel'],
      User: user,
      Hashes: hashesOf(
        json['tgt.process.image.sha1'],
        json['tgt.process.image.md5'],
        json['tgt.process.image.sha256'],
      ),
      ParentImage: json['src.process.image.path'],
      ParentCommandLine: json['src.process.cmdline'],
      ParentProcessId: json['src.process.pid'],
    }),
    document: json,
  }
}
