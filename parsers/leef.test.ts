import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('leef', [
  [
    'Nov 20 10:11:12 q LEEF:2.0|Acme|Gate|2.1|deny|^|src=192.0.2.9^dst=198.51.100.7^srcPort=51511^dstPort=443^usrName=anna^sev=8^devTime=Nov 20 2026 10:11:10',
    {
      time: '2026-11-20T10:11:10Z',
      pivots: {
        host: 'q',
        user: 'anna',
        src_ip: '192.0.2.9',
        src_port: 51511,
        dst_ip: '198.51.100.7',
        dst_port: 443,
        severity: 'high',
      },
      fields: { event_id: 'deny' },
    },
  ],
  [
    'LEEF:2.0|Acme|Gate|2.1|deny|0x5E|src=192.0.2.9^dst=198.51.100.7',
    { pivots: { dst_ip: '198.51.100.7' } },
  ],
  [
    'LEEF:2.0|Acme|Gate|2.1|deny|x5E|src=192.0.2.9^dst=198.51.100.7',
    { pivots: { dst_ip: '198.51.100.7' } },
  ],
  [
    'LEEF:1.0|Acme|Gate|2.1|deny|src=192.0.2.9\tdst=198.51.100.7\tdevTime=1795169472000',
    { time: '2026-11-20T10:11:12Z', pivots: { dst_ip: '198.51.100.7' } },
  ],
  [
    'LEEF:2.0|Acme|Gate|2.1|deny||src=192.0.2.9\tdst=198.51.100.7',
    { pivots: { dst_ip: '198.51.100.7' } },
  ],
  [
    'LEEF:1.0|Acme|Gate|2.1|allow|cat=TRAFFIC|src=192.0.2.9|dst=198.51.100.7',
    { pivots: { dst_ip: '198.51.100.7' } },
  ],
])

testRefused('leef', ['LEEF:1.0|Acme|Gate'])

// Strata Logging Service, whose tabs a relay made blanks.
testLines('leef', [
  [
    'LEEF:2.0|Palo Alto Networks|Next Generation Firewall|10.0|gateway-auth| |DeviceSN=007 cat=globalprotect devTime=2026-11-20 10:11:12 usrName=corp\\anna EndpointOSType=Intel Mac OS PublicIPv4=203.0.113.9 PrivateIPv4=192.0.2.9 EventStatus=failure DeviceName=gate1',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { host: 'gate1', user: 'anna', src_ip: '192.0.2.9', outcome: 'failure' },
      fields: { EndpointOSType: 'Intel Mac OS', PublicIPv4: '203.0.113.9' },
    },
  ],
  [
    'LEEF:1.0|Microsoft|Windows|2019|4625|devTime=2026-11-20T10:11:12.000+00:00\tcat=Failure Audit\tresource=ws1\tusrName=anna\tdomain=CORP\tsrc=192.0.2.3\tLogonType=3',
    {
      time: '2026-11-20T10:11:12Z',
      logsource: { product: 'windows', service: ['security'] },
      pivots: { host: 'ws1', user: 'anna', src_ip: '192.0.2.3', outcome: 'failure' },
      fields: {
        ...{ EventID: 4625, Channel: 'Security', TargetUserName: 'anna', IpAddress: '192.0.2.3' },
        LogonType: '3',
      },
    },
  ],
  [
    '<14>Nov 20 10:11:12 ws1 LEEF:1.0|Microsoft|Windows|Windows Server|1|EventTime=2026-11-20 10:11:12\tHostname=ws1\tEventID=1\tChannel=Microsoft-Windows-Sysmon/Operational\tImage=C:\\a.exe\tCommandLine=a -b',
    {
      logsource: { product: 'windows', category: ['process_creation'], service: ['sysmon'] },
      pivots: { host: 'ws1', process: 'C:\\a.exe' },
      fields: { EventID: 1, CommandLine: 'a -b' },
    },
  ],
])
