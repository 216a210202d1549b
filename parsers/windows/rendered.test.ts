// Data out of rendered messages, for carriers that bring nothing else: under the names, and in the form, of the event.
import { describe, expect, test } from 'bun:test'
import { codedValue } from './rendered-codes.ts'
import { event } from './senders.support.ts'

const SUBJECT =
  'Subject:\n\tSecurity ID:\t\tS-1-5-21-1\n\tAccount Name:\t\tadmin\n\tAccount Domain:\t\tCORP\n\n'
const GROUP = 'Group:\n\tSecurity ID:\t\tS-1-5-32-544\n\tGroup Name:\t\tAdministrators\n\n'
const NETWORK =
  'Network Information:\t\n\tObject Type:\t\tFile\n\tSource Address:\t\t192.0.2.4\n\tSource Port:\t\t49222\n\n'
const SHARE =
  'Share Information:\n\tShare Name:\t\t\\\\*\\IPC$\n\tRelative Target Name:\tsvcctl\n\n'
const MEMORY =
  '\n\tAccesses:\t\tREAD_CONTROL\n\t\t\t\tRead from process memory\n\t\t\t\t\n\tAccess Reasons:\t\t-\n\tAccess Mask:\t\t0x1410\n'
const LOGON =
  'Logon Information:\n\tLogon Type:\t\t10\n\tRestricted Admin Mode:\tNo\n\tElevated Token:\t\tYes\n\nImpersonation Level:\t\tImpersonation\n\n'

describe('the Security log', () => {
  test.each([
    [
      4624,
      SUBJECT + LOGON,
      {
        ElevatedToken: '%%1842',
        RestrictedAdminMode: '%%1843',
        ImpersonationLevel: '%%1833',
        LogonType: '10',
      },
    ],
    [
      4634,
      SUBJECT,
      { TargetUserName: 'admin', TargetDomainName: 'CORP', TargetUserSid: 'S-1-5-21-1' },
    ],
    [
      4656,
      `${SUBJECT}Access Request Information:${MEMORY}`,
      { AccessList: '%%1538\n\t\t\t\t%%4484', AccessMask: '0x1410' },
    ],
    [
      4672,
      `${SUBJECT}Privileges:\t\tSeSecurityPrivilege\n\t\t\tSeDebugPrivilege`,
      { PrivilegeList: 'SeSecurityPrivilege\n\t\t\tSeDebugPrivilege' },
    ],
    [
      4719,
      `${SUBJECT}Audit Policy Change:\n\tChanges:\t\tSuccess removed, Failure removed`,
      { AuditPolicyChanges: '%%8448, %%8450' },
    ],
    [
      4732,
      SUBJECT + GROUP,
      { TargetUserName: 'Administrators', TargetSid: 'S-1-5-32-544', SubjectUserName: 'admin' },
    ],
    [
      4768,
      'Account Information:\n\tAccount Name:\t\tanna\n\tUser ID:\t\tS-1-5-21-9\n\nService Information:\n\tService ID:\t\tS-1-5-21-502\n',
      { TargetUserName: 'anna', TargetSid: 'S-1-5-21-9', ServiceSid: 'S-1-5-21-502' },
    ],
    [
      4799,
      `${SUBJECT}${GROUP}Process Information:\n\tProcess ID:\t\t0x1\n\tProcess Name:\t\tC:\\a.exe`,
      { CallerProcessName: 'C:\\a.exe', CallerProcessId: '0x1', TargetSid: 'S-1-5-32-544' },
    ],
    [
      5145,
      SUBJECT + NETWORK + SHARE,
      { IpAddress: '192.0.2.4', IpPort: '49222', RelativeTargetName: 'svcctl' },
    ],
    [
      5156,
      'Application Information:\n\tProcess ID:\t\t4\n\nNetwork Information:\n\tSource Address:\t\t10.0.0.1\n\nFilter Information:\n\tLayer Run-Time ID:\t48',
      { ProcessID: '4', SourceAddress: '10.0.0.1', LayerRTID: '48' },
    ],
    [
      1102,
      'Subject:\n\tAccount Name:\tanna\n\tDomain Name:\tCORP',
      { SubjectUserName: 'anna', SubjectDomainName: 'CORP' },
    ],
  ] as const)('%d', (EventID, Message, fields) => {
    const got = event({
      Channel: 'Security',
      EventID,
      Message: `Something happened.\n\n${Message}`,
    })
    expect(got.fields).toMatchObject(fields)
  })
})

describe('sentences', () => {
  const SESSIONS = 'Microsoft-Windows-TerminalServices-LocalSessionManager/Operational'
  const CONNECTIONS = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager/Operational'
  const TASKS = 'Microsoft-Windows-TaskScheduler/Operational'
  test.each([
    [
      'System',
      7036,
      'The Windows Update service entered the running state.',
      { param1: 'Windows Update', param2: 'running' },
    ],
    [
      'System',
      7040,
      'The start type of the X service was changed from auto start to disabled.',
      { param1: 'X', param2: 'auto start', param3: 'disabled' },
    ],
    [
      TASKS,
      106,
      'User "CORP\\anna"  registered Task Scheduler task "\\x"',
      { TaskName: '\\x', UserContext: 'CORP\\anna' },
    ],
    [
      TASKS,
      200,
      'Task Scheduler launched action "C:\\a.exe" in instance "{1}" of task "\\x".',
      { ActionName: 'C:\\a.exe', TaskName: '\\x' },
    ],
    [
      SESSIONS,
      21,
      'Remote Desktop Services: Session logon succeeded:\n\nUser: CORP\\anna\nSession ID: 2\nSource Network Address: 192.0.2.4',
      { User: 'CORP\\anna', SessionID: '2', Address: '192.0.2.4' },
    ],
    [
      CONNECTIONS,
      1149,
      'Remote Desktop Services: User authentication succeeded:\n\nUser: anna\nDomain: CORP\nSource Network Address: 192.0.2.4',
      { Param1: 'anna', Param2: 'CORP', Param3: '192.0.2.4' },
    ],
    [
      'Microsoft-Windows-AppLocker/EXE and DLL',
      8004,
      '%OSDRIVE%\\A.EXE was prevented from running.',
      { FilePath: '%OSDRIVE%\\A.EXE' },
    ],
    [
      'Microsoft-Windows-Bits-Client/Operational',
      59,
      'BITS started the x y transfer job that is associated with the http://a.example/b URL.',
      { name: 'x y', url: 'http://a.example/b' },
    ],
  ] as const)('%s %d', (Channel, EventID, Message, fields) => {
    expect(event({ Channel, EventID, Message }).fields).toMatchObject(fields)
  })

  test('where the data came, the message says nothing', () => {
    const Message = 'The X service entered the running state.'
    const got = event({ Channel: 'System', EventID: 7036, Message, param1: 'Y' })
    expect(got.fields).toMatchObject({ param1: 'Y' })
    expect(got.fields.param2).toBeUndefined()
  })
})

test('words without a number stay words', () => {
  expect(codedValue('AccessList', 'READ_CONTROL\n\t\tSomething else')).toBe(
    'READ_CONTROL\n\t\tSomething else',
  )
  expect(codedValue('AccessList', '%%1538')).toBe('%%1538')
  expect(codedValue('TokenElevationType', 'TokenElevationTypeFull (2)')).toBe('%%1937')
  expect(codedValue('Status', 'yes')).toBe('yes')
})
