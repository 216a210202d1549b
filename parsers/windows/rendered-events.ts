// Labels of the Security log's messages that mean something only in events of certain ids, and values of many lines.

type Names = Readonly<Record<string, string>>

const DIRECTORY: Names = {
  DN: 'ObjectDN',
  GUID: 'ObjectGUID',
  Class: 'ObjectClass',
  Name: 'DSName',
  'LDAP Display Name': 'AttributeLDAPDisplayName',
  'Syntax (OID)': 'AttributeSyntaxOID',
  Value: 'AttributeValue',
  'Old DN': 'OldObjectDN',
  'New DN': 'NewObjectDN',
}
const ACCOUNT: Names = {
  'SAM Account Name': 'SamAccountName',
  'Display Name': 'DisplayName',
  'User Principal Name': 'UserPrincipalName',
  'Primary Group ID': 'PrimaryGroupId',
  AllowedToDelegateTo: 'AllowedToDelegateTo',
  'Old UAC Value': 'OldUacValue',
  'New UAC Value': 'NewUacValue',
  'SID History': 'SidHistory',
  'Service Principal Names': 'ServicePrincipalNames',
  'DNS Host Name': 'DnsHostName',
}

const CALLER: Names = { 'Process ID': 'CallerProcessId', 'Process Name': 'CallerProcessName' }
const SHARE: Names = { 'Source Address': 'IpAddress' }
const FILTERED: Names = { 'Process ID': 'ProcessID' }

/** Names of the data by event id and label. */
const LABELS: Readonly<Record<number, Names>> = {
  1102: { 'Domain Name': 'SubjectDomainName' },
  4657: {
    'Object Value Name': 'ObjectValueName',
    'Operation Type': 'OperationType',
    'Old Value Type': 'OldValueType',
    'Old Value': 'OldValue',
    'New Value Type': 'NewValueType',
    'New Value': 'NewValue',
  },
  4662: { 'Operation Type': 'OperationType' },
  4704: { 'User Right': 'PrivilegeList' },
  4705: { 'User Right': 'PrivilegeList' },
  4717: { 'Access Right': 'AccessGranted' },
  4719: { 'Subcategory GUID': 'SubcategoryGuid', Changes: 'AuditPolicyChanges' },
  4720: ACCOUNT,
  4738: ACCOUNT,
  4741: ACCOUNT,
  4742: ACCOUNT,
  4798: CALLER,
  4799: CALLER,
  5140: SHARE,
  5143: SHARE,
  5144: SHARE,
  5145: SHARE,
  5154: FILTERED,
  5155: FILTERED,
  5156: FILTERED,
  5157: FILTERED,
  5158: FILTERED,
  5159: FILTERED,
  4781: { 'Old Account Name': 'OldTargetUserName', 'New Account Name': 'NewTargetUserName' },
  5136: DIRECTORY,
  5137: DIRECTORY,
  5138: DIRECTORY,
  5139: DIRECTORY,
  5141: DIRECTORY,
  6416: {
    'Device ID': 'DeviceId',
    'Device Name': 'DeviceDescription',
    'Class ID': 'ClassId',
    'Class Name': 'ClassName',
  },
}

/** Security events whose `Subject` is the account that they are about. */
export const SUBJECT_IS_TARGET: ReadonlySet<number> = new Set([
  ...[4634, 4647, 4778, 4779, 4800, 4801, 4802, 4803],
])

/** Whether the target's security id is called `TargetSid`: events about accounts and tickets. */
export function hasTargetSid(eventId: number): boolean {
  return eventId >= 4720 && eventId <= 4799
}

/** The data's name for a label in an event of an id; undefined where it has none of its own there. */
export function labelOfEvent(eventId: number, label: string): string | undefined {
  const names = LABELS[eventId]
  return names !== undefined && Object.hasOwn(names, label) ? names[label] : undefined
}

interface Block {
  readonly name: string
  readonly label: string
  /** What stands behind it; without one it goes to the end. */
  readonly until: string | undefined
}

const TASK: Block = { name: 'TaskContent', label: 'Task Content:', until: 'Other Information:' }
const ACCESSES: Block = { name: 'AccessList', label: 'Accesses:', until: 'Access Reasons:' }
const PRIVILEGES: Block = { name: 'PrivilegeList', label: 'Privileges:', until: undefined }
const BLOCKS: Readonly<Record<number, Block>> = {
  4656: ACCESSES,
  4661: ACCESSES,
  4663: { ...ACCESSES, until: 'Access Mask:' },
  4672: PRIVILEGES,
  4673: PRIVILEGES,
  5145: { ...ACCESSES, until: 'Access Check Results:' },
  4662: { name: 'Properties', label: '\tProperties:', until: 'Additional Information:' },
  4698: TASK,
  4699: TASK,
  4700: TASK,
  4701: TASK,
  4702: { name: 'TaskContentNew', label: 'Task New Content:', until: 'Other Information:' },
}

/** The value of an event that has many lines, by its name. */
export function blockOfEvent(
  eventId: number,
  message: string,
): { readonly name: string; readonly value: string } | undefined {
  const block = BLOCKS[eventId]
  const start = block === undefined ? -1 : message.indexOf(block.label)
  if (block === undefined || start < 0) return undefined
  const from = start + block.label.length
  const end = block.until === undefined ? -1 : message.indexOf(block.until, from)
  const value = message.slice(from, end < 0 ? undefined : end).trim()
  return value === '' ? undefined : { name: block.name, value }
}
