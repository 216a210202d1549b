// Hayabusa's timelines (and Velociraptor's artifact of it): one line for each event that a rule matched. The event's
// values stand under short names in `Details` and under their own in `ExtraFieldInfo`, as objects or as text.
import type { Fields, FieldValue } from '../../sigma/event.ts'
import { isFields } from '../json-text.ts'

/** Short names of channels. */
const CHANNELS: Readonly<Record<string, string>> = {
  Sec: 'Security',
  Sys: 'System',
  App: 'Application',
  Sysmon: 'Microsoft-Windows-Sysmon/Operational',
  PwSh: 'Microsoft-Windows-PowerShell/Operational',
  PwShClassic: 'Windows PowerShell',
  PwShCore: 'PowerShellCore/Operational',
  Defender: 'Microsoft-Windows-Windows Defender/Operational',
  TaskSch: 'Microsoft-Windows-TaskScheduler/Operational',
  Firewall: 'Microsoft-Windows-Windows Firewall With Advanced Security/Firewall',
  BitsCli: 'Microsoft-Windows-Bits-Client/Operational',
  WMI: 'Microsoft-Windows-WMI-Activity/Operational',
  NTLM: 'Microsoft-Windows-NTLM/Operational',
  CodeInteg: 'Microsoft-Windows-CodeIntegrity/Operational',
  AppLocker: 'Microsoft-Windows-AppLocker/EXE and DLL',
  'RDS-LSM': 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational',
}

/** Short names of values, in any log. */
const NAMES: Readonly<Record<string, string>> = {
  Cmdline: 'CommandLine',
  ParentCmdline: 'ParentCommandLine',
  ParentPID: 'ParentProcessId',
  ParentPGUID: 'ParentProcessGuid',
  PGUID: 'ProcessGuid',
  LGUID: 'LogonGuid',
  Rule: 'RuleName',
  TgtObj: 'TargetObject',
  SrcProc: 'SourceImage',
  TgtProc: 'TargetImage',
  Query: 'QueryName',
  Result: 'QueryResults',
  Pipe: 'PipeName',
  Access: 'GrantedAccess',
  ScriptBlock: 'ScriptBlockText',
  Svc: 'ServiceName',
  TgtUser: 'TargetUserName',
  SrcUser: 'SubjectUserName',
  SrcComp: 'WorkstationName',
  AuthPkg: 'AuthenticationPackageName',
  ShareName: 'ShareName',
  Threat: 'ThreatName',
}
const OF_SYSMON: Readonly<Record<string, string>> = {
  Proc: 'Image',
  PID: 'ProcessId',
  LID: 'LogonId',
  Image: 'ImageLoaded',
  Path: 'TargetFilename',
  SrcIP: 'SourceIp',
  SrcPort: 'SourcePort',
  TgtIP: 'DestinationIp',
  TgtPort: 'DestinationPort',
  TgtHost: 'DestinationHostname',
  Proto: 'Protocol',
}
const OF_OTHERS: Readonly<Record<string, string>> = {
  Type: 'LogonType',
  LID: 'TargetLogonId',
  SrcIP: 'IpAddress',
  SrcPort: 'IpPort',
  Proc: 'ProcessName',
  PID: 'ProcessId',
  User: 'SubjectUserName',
  Path: 'ImagePath',
  Acct: 'AccountName',
}
/** Of a new process in the Security log. */
const OF_4688: Readonly<Record<string, string>> = { Proc: 'NewProcessName', PID: 'NewProcessId' }

const SEPARATOR = ' ¦ '

/** The channel's full name. */
export function fullChannel(channel: string): string {
  return Object.hasOwn(CHANNELS, channel) ? CHANNELS[channel]! : channel
}

/** The object with its values under the names of the event. */
export function hayabusaData(json: Fields, channel: string, eventId: number): Fields {
  const { Details: details, ExtraFieldInfo: extra, ...rest } = json
  const out: { [name: string]: FieldValue } = {}
  const short = pairsOf(details)
  for (const name in short) out[longName(name, channel, eventId)] = short[name]!
  // `3 - NETWORK` is type 3.
  const { LogonType: type } = out
  if (typeof type === 'string') out.LogonType = type.split(' ', 1)[0]!
  return { ...rest, ...out, ...pairsOf(extra) }
}

function longName(name: string, channel: string, eventId: number): string {
  const isSysmon = channel.includes('Sysmon')
  const special = isSysmon ? OF_SYSMON : eventId === 4688 ? { ...OF_OTHERS, ...OF_4688 } : OF_OTHERS
  if (Object.hasOwn(special, name)) return special[name as keyof typeof special]!
  return Object.hasOwn(NAMES, name) ? NAMES[name]! : name
}

/** An object, or text: `Type: 3 - NETWORK ¦ TgtUser: anna`. */
function pairsOf(value: FieldValue | undefined): Fields {
  if (isFields(value)) return value
  if (typeof value !== 'string') return {}
  const pairs: [string, FieldValue][] = []
  for (const part of value.split(SEPARATOR)) {
    const colon = part.indexOf(': ')
    const inner = part.slice(colon + 2)
    if (colon > 0 && inner !== '' && inner !== '-') pairs.push([part.slice(0, colon), inner])
  }
  return Object.fromEntries(pairs)
}
