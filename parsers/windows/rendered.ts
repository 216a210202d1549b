// Data out of the message that Windows rendered, for carriers that bring nothing else (Snare, plain syslog
// forwarders): the labels of the Security log's messages under the names of the data behind them.
import type { FieldValue } from '../../sigma/event.ts'
import { codedValue } from './rendered-codes.ts'
import { blockOfEvent, hasTargetSid, labelOfEvent, SUBJECT_IS_TARGET } from './rendered-events.ts'

type Writable = { [name: string]: FieldValue }

/** Longest message that is looked at, UTF-16 units; the explanations behind the values are longer. */
const MESSAGE_UNITS_MAX = 16_384

/** Sections that are about an account, and how the names of its values begin. */
const ACCOUNTS: Readonly<Record<string, string>> = {
  Subject: 'Subject',
  'Creator Subject': 'Subject',
  'New Logon': 'Target',
  'Target Subject': 'Target',
  'Account For Which Logon Failed': 'Target',
  'Account Whose Credentials Were Used': 'Target',
  'Account That Was Locked Out': 'Target',
  'Account Information': 'Target',
  'Target Account': 'Target',
  'New Account': 'Target',
  'New Computer Account': 'Target',
  'Computer Account That Was Changed': 'Target',
  'Deleted Account': 'Target',
  'Target Computer': 'Target',
  Group: 'Target',
  'New Group': 'Target',
  'Deleted Group': 'Target',
  User: 'Target',
  Member: 'Member',
}
const ACCOUNT_LABELS: Readonly<Record<string, string>> = {
  'Security ID': 'UserSid',
  'User ID': 'UserSid',
  'Account Name': 'UserName',
  'Group Name': 'UserName',
  'Account Domain': 'DomainName',
  'Group Domain': 'DomainName',
  'Supplied Realm Name': 'DomainName',
  'Logon ID': 'LogonId',
}
const MEMBER_LABELS: Readonly<Record<string, string>> = {
  'Security ID': 'MemberSid',
  'Account Name': 'MemberName',
}

/** Labels that mean the same in every section. */
const LABELS: Readonly<Record<string, string>> = {
  'Logon Type': 'LogonType',
  'Logon GUID': 'LogonGuid',
  'Impersonation Level': 'ImpersonationLevel',
  'Elevated Token': 'ElevatedToken',
  'Restricted Admin Mode': 'RestrictedAdminMode',
  'Virtual Account': 'VirtualAccount',
  'Linked Logon ID': 'TargetLinkedLogonId',
  'Network Account Name': 'TargetOutboundUserName',
  'Network Account Domain': 'TargetOutboundDomainName',
  'Layer Run-Time ID': 'LayerRTID',
  'Service ID': 'ServiceSid',
  'Failure Reason': 'FailureReason',
  Status: 'Status',
  'Sub Status': 'SubStatus',
  'Failure Code': 'Status',
  'Result Code': 'Status',
  'Error Code': 'Status',
  'New Process ID': 'NewProcessId',
  'New Process Name': 'NewProcessName',
  'Token Elevation Type': 'TokenElevationType',
  'Mandatory Label': 'MandatoryLabel',
  'Creator Process ID': 'ProcessId',
  'Creator Process Name': 'ParentProcessName',
  'Process Command Line': 'CommandLine',
  'Process ID': 'ProcessId',
  'Caller Process ID': 'ProcessId',
  'Process Name': 'ProcessName',
  'Caller Process Name': 'ProcessName',
  'Exit Status': 'Status',
  'Workstation Name': 'WorkstationName',
  'Source Workstation': 'Workstation',
  'Logon Account': 'TargetUserName',
  'Source Network Address': 'IpAddress',
  'Network Address': 'IpAddress',
  'Client Address': 'IpAddress',
  'Source Port': 'IpPort',
  'Client Port': 'IpPort',
  Port: 'IpPort',
  'Logon Process': 'LogonProcessName',
  'Authentication Package': 'AuthenticationPackageName',
  'Transited Services': 'TransmittedServices',
  'Package Name (NTLM only)': 'LmPackageName',
  'Key Length': 'KeyLength',
  'Target Server Name': 'TargetServerName',
  'Service Name': 'ServiceName',
  'Service File Name': 'ServiceFileName',
  'Service Type': 'ServiceType',
  'Service Start Type': 'ServiceStartType',
  'Service Account': 'ServiceAccount',
  'Ticket Options': 'TicketOptions',
  'Ticket Encryption Type': 'TicketEncryptionType',
  'Pre-Authentication Type': 'PreAuthType',
  'Task Name': 'TaskName',
  'Object Server': 'ObjectServer',
  'Object Type': 'ObjectType',
  'Object Name': 'ObjectName',
  'Handle ID': 'HandleId',
  Accesses: 'AccessList',
  'Access Mask': 'AccessMask',
  'Share Name': 'ShareName',
  'Share Path': 'ShareLocalPath',
  'Relative Target Name': 'RelativeTargetName',
  Privileges: 'PrivilegeList',
  'Application Name': 'Application',
  Direction: 'Direction',
  'Source Address': 'SourceAddress',
  'Destination Address': 'DestAddress',
  'Destination Port': 'DestPort',
  Protocol: 'Protocol',
  'Layer Name': 'LayerName',
  'Filter Run-Time ID': 'FilterRTID',
  'Caller Computer Name': 'TargetDomainName',
}

const LABEL = /^([A-Z][A-Za-z0-9 ()/-]{1,40}):(?:\s+(.*))?$/s

/** Sections without values of their own, where all lines of a message became one. */
const OTHER_SECTIONS = [
  ...['Process Information', 'Network Information', 'Logon Information', 'Failure Information'],
  ...['Detailed Authentication Information', 'Additional Information', 'Service Information'],
  ...['Certificate Information', 'Object', 'Access Request Information', 'Task Information'],
  ...['Application Information', 'Filter Information', 'Attributes', 'Share Information'],
]
/** Labels whose values are of no use, but end those in front of them. */
const OTHER_LABELS = [...['Remote Credential Guard', 'Caller Process ID']]
const MARKS = [
  ...Object.keys(LABELS),
  ...Object.keys(ACCOUNT_LABELS),
  ...Object.keys(ACCOUNTS),
  ...OTHER_SECTIONS,
  ...OTHER_LABELS,
]
  .toSorted((a, b) => b.length - a.length)
  .map((mark) => mark.replace(/[()]/g, '\\$&'))
/** A section or a label behind a blank. */
const MARK = new RegExp(` ((?:${MARKS.join('|')}):)(?= |$)`, 'g')

/** The parts of a message: sections, labels, values, and labels with their values. */
function partsOf(message: string): readonly string[] {
  const text = message.slice(0, MESSAGE_UNITS_MAX)
  if (/[\t\r\n]| {2}/.test(text)) return text.split(/[\t\r\n]+| {2,}/)
  return text.replace(MARK, '\n$1').split('\n')
}

/** Adds what a message of the Security log says, where the field is free. */
export function addRendered(fields: Writable, message: string, eventId: number): void {
  const block = blockOfEvent(eventId, message)
  if (block !== undefined) fields[block.name] ??= codedValue(block.name, block.value)
  const parts = partsOf(message)
  let section = ''
  let label = ''
  for (const part of parts) {
    const found = LABEL.exec(part.trim())
    if (found === null) {
      if (label !== '') addValue(fields, eventId, section, label, part.trim())
      label = ''
      continue
    }
    const [, name = '', value = ''] = found
    const isLabel =
      Object.hasOwn(LABELS, name) ||
      Object.hasOwn(ACCOUNT_LABELS, name) ||
      labelOfEvent(eventId, name) !== undefined
    if (isLabel && value !== '') {
      addValue(fields, eventId, section, name, value)
      label = ''
    } else if (isLabel) label = name
    else {
      label = ''
      if (value === '') section = name
    }
  }
}

function addValue(
  fields: Writable,
  eventId: number,
  section: string,
  label: string,
  value: string,
): void {
  if (value === '') return
  const name = labelOfEvent(eventId, label) ?? nameOf(section, label, eventId)
  if (name !== undefined) fields[name] ??= codedValue(name, value)
}

function nameOf(section: string, label: string, eventId: number): string | undefined {
  if (section === 'Member' && Object.hasOwn(MEMBER_LABELS, label)) return MEMBER_LABELS[label]
  if (!Object.hasOwn(ACCOUNT_LABELS, label)) return LABELS[label]
  const isTarget = section === 'Subject' && SUBJECT_IS_TARGET.has(eventId)
  const own = Object.hasOwn(ACCOUNTS, section) ? ACCOUNTS[section] : undefined
  const prefix = isTarget ? 'Target' : own
  if (prefix === 'Target' && ACCOUNT_LABELS[label] === 'UserSid' && hasTargetSid(eventId)) {
    return 'TargetSid'
  }
  return prefix === undefined ? undefined : `${prefix}${ACCOUNT_LABELS[label]}`
}
