// Words of rendered messages that stand in the data as numbers of message texts (`%%4484`): rules ask for these.

type Codes = Readonly<Record<string, number>>

const YES_NO: Codes = { yes: 1842, no: 1843 }

/** Rights of any object, of files, of registry keys, of processes. */
const ACCESSES: Codes = {
  delete: 1537,
  read_control: 1538,
  write_dac: 1539,
  write_owner: 1540,
  synchronize: 1541,
  access_sys_sec: 1542,
  'readdata (or listdirectory)': 4416,
  'writedata (or addfile)': 4417,
  'appenddata (or addsubdirectory or createpipeinstance)': 4418,
  readea: 4419,
  writeea: 4420,
  'execute/traverse': 4421,
  deletechild: 4422,
  readattributes: 4423,
  writeattributes: 4424,
  'query key value': 4432,
  'set key value': 4433,
  'create sub-key': 4434,
  'enumerate sub-keys': 4435,
  'notify about changes to keys': 4436,
  'create link': 4437,
  'force process termination': 4480,
  'create new thread in process': 4481,
  'set process session id': 4482,
  'perform virtual memory operation': 4483,
  'read from process memory': 4484,
  'write to process memory': 4485,
  'duplicate handle into or out of process': 4486,
  'create a subprocess of process': 4487,
  'set process quotas': 4488,
  'set process information': 4489,
  'query process information': 4490,
  'set process termination port': 4491,
  'control access': 7688,
}

const CODES: Readonly<Record<string, Codes>> = {
  AccessList: ACCESSES,
  AuditPolicyChanges: {
    'success removed': 8448,
    'success added': 8449,
    'failure removed': 8450,
    'failure added': 8451,
  },
  ElevatedToken: YES_NO,
  ImpersonationLevel: {
    anonymous: 1831,
    identification: 1832,
    impersonation: 1833,
    delegation: 1840,
  },
  OperationType: {
    'value added': 14674,
    'value deleted': 14675,
    'new registry value created': 1904,
    'existing registry value modified': 1905,
    'registry value deleted': 1906,
  },
  RestrictedAdminMode: YES_NO,
  TokenElevationType: {
    'tokenelevationtypedefault (1)': 1936,
    'tokenelevationtypefull (2)': 1937,
    'tokenelevationtypelimited (3)': 1938,
  },
  VirtualAccount: YES_NO,
}

/** What stands between the values of a list. */
const SEPARATORS: Readonly<Record<string, string>> = {
  AccessList: '\n\t\t\t\t',
  AuditPolicyChanges: ', ',
}

/** The data's value for what a message says of it: numbers of texts where every word has one, else the words. */
export function codedValue(name: string, value: string): string {
  const codes = Object.hasOwn(CODES, name) ? CODES[name]! : undefined
  if (codes === undefined || value.includes('%%')) return value
  const separator = Object.hasOwn(SEPARATORS, name) ? SEPARATORS[name]! : undefined
  const words = separator === undefined ? [value] : value.split(/[\r\n\t,]+/)
  const found: string[] = []
  for (const word of words) {
    const key = word.trim().toLowerCase()
    if (key === '') continue
    if (!Object.hasOwn(codes, key)) return value
    found.push(`%%${codes[key]}`)
  }
  return found.length === 0 ? value : found.join(separator)
}
