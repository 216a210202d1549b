import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('paloalto', [
  [
    '<14>Nov 20 10:11:13 relay 1,2026/11/20 10:11:13,0123456789,TRAFFIC,end,2561,2026/11/20 10:11:12,192.0.2.9,198.51.100.7,203.0.113.1,198.51.100.7,Deny all,CORP\\anna,,ssl,vsys1,trust,untrust,ethernet1/1,ethernet1/2,fwd,2026/11/20 10:11:12,77,1,51511,443,40000,443,0x400053,tcp,reset-both,100,60,40,2,2026/11/20 10:11:00,10,any,,1,0x0,10.0.0.0-10.255.255.255,Germany,,1,1,policy-deny,0,0,0,0,,pa1,from-policy',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        host: 'pa1',
        user: 'anna',
        action: 'denied',
        src_ip: '192.0.2.9',
        src_port: 51511,
        dst_ip: '198.51.100.7',
        dst_port: 443,
      },
      fields: {
        rule: 'Deny all',
        action: 'reset-both',
        bytes_sent: '60',
        session_end_reason: 'policy-deny',
        protocol: 'tcp',
      },
      logsource: { product: 'paloalto', category: ['firewall'], service: ['traffic'] },
    },
  ],
  [
    '1,2026/11/20 10:11:13,0123456789,THREAT,url,2561,2026/11/20 10:11:12,192.0.2.9,198.51.100.7,0.0.0.0,0.0.0.0,r1,CORP\\anna,,web-browsing,vsys1,trust,untrust,ethernet1/1,ethernet1/2,fwd,2026/11/20 10:11:12,77,1,51511,80,0,0,0x0,tcp,block-url,"example.org/a,b",(9999),malware,informational,client-to-server,7,0x0,10.0.0.0-10.255.255.255,Germany,,text/html,0,,,1,"curl/8.0",,,"http://example.net/",,,,0,0,0,0,0,,pa1',
    {
      pivots: { url: 'example.org/a,b', domain: 'example.org', action: 'denied' },
      fields: {
        'c-uri': 'example.org/a,b',
        'c-useragent': 'curl/8.0',
        'cs-referrer': 'http://example.net/',
      },
      logsource: { category: ['firewall', 'proxy'] },
    },
  ],
  [
    '1,2026/11/20 10:11:12,0123456789,SYSTEM,auth,2561,2026/11/20 10:11:11,,auth-fail,,0,0,general,medium,"failed authentication for user \'anna\'. Reason: Invalid username/password. From: 192.0.2.9.",7,0x0,0,0,0,0,,pa1',
    {
      pivots: {
        host: 'pa1',
        user: 'anna',
        src_ip: '192.0.2.9',
        outcome: 'failure',
        severity: 'medium',
      },
      logsource: { service: ['system'] },
    },
  ],
  [
    '1,2026/11/20 10:11:12,0123456789,CONFIG,0,2561,2026/11/20 10:11:11,192.0.2.9,,set,anna,Web,Succeeded, config mgt-config users eve,7,0x0,0,0,0,0,,pa1',
    {
      pivots: { user: 'anna', src_ip: '192.0.2.9', action: 'set', outcome: 'success' },
      fields: { path: 'config mgt-config users eve', seqno: '7' },
    },
  ],
  [
    '1,2026/11/20 10:11:12,0123456789,GLOBALPROTECT,0,2561,2026/11/20 10:11:11,vsys1,gateway-auth,login,LDAP,,CORP\\anna,DE,PC1,203.0.113.9,0.0.0.0,0.0.0.0,0.0.0.0,aa,S1,6.0.1,Windows,"Windows 11, 64-bit",1,,,"Bad, credentials",failure,,0,,0,GP,7,0x0',
    {
      pivots: { user: 'anna', src_ip: '203.0.113.9', outcome: 'failure', host: 'GP' },
      logsource: { category: ['appliance', 'vpn'], service: ['globalprotect'] },
    },
  ],
  [
    '1,2026/11/20 10:11:12,0123456789,USERID,login,2561,2026/11/20 10:11:11,vsys1,192.0.2.9,CORP\\anna,src,0,1,2700,0,0,vpn-client,globalprotect,7,0x0,0,0,0,0,,pa1,1,,2026/11/20 10:11:11,1,0x0,anna',
    { pivots: { user: 'anna', src_ip: '192.0.2.9' } },
  ],
])

testRefused('paloalto', ['1,2026/11/20,0123,TRAFFIC', 'Nov 20 10:11:12 pa1 nothing of the kind'])

testLines('paloalto', [
  [
    '1,2026/11/20 10:11:12,,SYSTEM,general,2561,2026/11/20 10:11:12,,general,,0,0,general,informational,"Connection to Update server closed, source: 192.0.2.9",12345,0x0,0,0,0,0,,fw1,0,0',
    { time: '2026-11-20T10:11:12Z', pivots: { host: 'fw1', action: 'general' } },
  ],
  [
    'Nov 20 10:11:13 192.0.2.1 011100,2026/11/20 10:11:12,audit,2561,gui-op,anna,"<show><system/></show>",success',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { host: '192.0.2.1', user: 'anna', action: 'gui-op', outcome: 'success' },
      fields: { cmd: '<show><system/></show>', serial: '011100' },
    },
  ],
  [
    '1,2026/11/20 10:11:12,0017,USERID,login,12,2026/11/20 10:11:12,vsys1,192.0.2.9,corp\\anna,test,0,1,2700,0,0,active-directory,unknown,1,0x0',
    { pivots: { user: 'anna', action: 'login', src_ip: '192.0.2.9' } },
  ],
  [
    '1,2026/11/20 10:11:12,0017,CONFIG,0,2816,2026/11/20 10:11:12,192.0.2.9,,override,anna,Web,Failed, deviceconfig system,72,0x0,0,0,0,0,,fw1,0,,0',
    { pivots: { action: 'override', outcome: 'failure' } },
  ],
])

testLines('paloalto', [
  [
    '{"TimeReceived":"2026-11-20T10:12:01.000000Z","DeviceSN":"no-serial","LogType":"TRAFFIC","Subtype":"end","TimeGenerated":"2026-11-20T10:11:12.000000Z","SourceAddress":"192.0.2.9","DestinationAddress":"198.51.100.7","NATSource":"203.0.113.1","Rule":"out","SourceUser":"corp\\\\anna","DestinationUser":null,"Application":"ssl","SourcePort":58877,"DestinationPort":443,"Protocol":"tcp","Action":"deny","DeviceName":"fw1"}',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        host: 'fw1',
        user: 'anna',
        src_ip: '192.0.2.9',
        src_port: 58877,
        dst_ip: '198.51.100.7',
        dst_port: 443,
        action: 'denied',
        outcome: 'success',
      },
      fields: { SourceUser: 'corp\\anna', rule: 'out', app: 'ssl', natsrc: '203.0.113.1' },
      logsource: { product: 'paloalto', category: ['firewall'], service: ['traffic'] },
    },
  ],
  [
    '{"AuthMethod":"Cookie","ConnectionError":"Cannot decrypt cookie","Description":"Login to: vpn","DeviceName":"fw1","DeviceSN":"no-serial","EventIDValue":"gateway-auth","EventStatus":"failure","LogSubtype":"globalprotect","LogType":"GLOBALPROTECT","PrivateIPv4":"","PublicIPv4":"192.0.2.9","SourceUserName":"anna","Stage":"login","TimeGenerated":"2026-11-20T10:11:12.000000Z"}',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { user: 'anna', src_ip: '192.0.2.9', outcome: 'failure', action: 'gateway-auth' },
      logsource: { service: ['globalprotect'] },
    },
  ],
  [
    '{"LogTime":"2026-11-20T10:11:26.000000Z","LogSourceID":"0079","LogType":"SYSTEM","Subtype":"auth","EventTime":"2026-11-20T10:11:12.000000Z","EventName":"auth-fail","VendorSeverity":"Medium","EventDescription":"failed authentication for user \'anna\'. Reason: Invalid username/password. From: 192.0.2.9.","LogSourceName":"fw1"}',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { host: 'fw1', user: 'anna', src_ip: '192.0.2.9', outcome: 'failure' },
      logsource: { service: ['system'] },
    },
  ],
])

testLines('paloalto', [
  [
    '1,2026/11/20 10:11:12,0267,AUTH,Unknown,2817,2026/11/20 10:11:12,vsys1,192.0.2.9,,,PORTAL,Example,1,1234,,LogFwd,,No user activity after prompted for credentials.,Authentication Portal,Authentication Timeout,1,123456,0x0,0,0,0,0,,fw1,1,,30700717-0688-43fd-b76f-cf9c9a4a7f03,2026-11-20T10:11:12.043+00:00,,,',
    { pivots: { src_ip: '192.0.2.9', outcome: 'failure' } },
  ],
])

const BARS =
  'serial=0123|type=THREAT|subtype=url|time_generated=Nov 20 2026 10:11:12 GMT|src=192.0.2.9|dst=198.51.100.7|rule=Block all|suser=corp\\anna|duser=|app=ssl|vsys=vsys1|sport=51511|dport=443|proto=tcp|act=block-url|misc=www.example.org/|severity=informational|dvc=pa1'
testLines('paloalto', [
  [
    `<190>Nov 20 10:11:13 relay ${BARS}`,
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        host: 'pa1',
        user: 'anna',
        action: 'denied',
        url: 'www.example.org/',
        src_ip: '192.0.2.9',
        src_port: 51511,
        dst_ip: '198.51.100.7',
        dst_port: 443,
      },
      fields: {
        rule: 'Block all',
        suser: 'corp\\anna',
        srcuser: 'corp\\anna',
        action: 'block-url',
      },
      logsource: { product: 'paloalto', category: ['firewall', 'proxy'] },
    },
  ],
  [BARS, { pivots: { src_ip: '192.0.2.9', action: 'denied' } }],
])
