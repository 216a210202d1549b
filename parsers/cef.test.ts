import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('cef', [
  [
    '<13>Nov 20 10:11:12 relay CEF:0|Acme|Gate|2.1|100|Login failed|7|rt=Nov 20 2026 10:11:10 src=192.0.2.9 spt=51511 dst=198.51.100.7 dpt=443 suser=CORP\\\\anna act=blocked request=https://example.org/a?b\\=c cs1Label=Rule Name cs1=Block all outcome=failure msg=a \\= b',
    {
      time: '2026-11-20T10:11:10Z',
      message: 'Login failed: a = b',
      pivots: {
        host: 'relay',
        user: 'anna',
        src_ip: '192.0.2.9',
        src_port: 51511,
        dst_ip: '198.51.100.7',
        dst_port: 443,
        action: 'denied',
        url: 'https://example.org/a?b=c',
        domain: 'example.org',
        outcome: 'failure',
        severity: 'high',
      },
      fields: { device_vendor: 'Acme', 'Rule Name': 'Block all' },
    },
  ],
  [
    'CEF:0|Ac\\|me|Gate|2.1|100|x|Low|rt=1795169472000 dvchost=gate1 fname=a b.exe fileHash=aa',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { host: 'gate1', hash: 'aa', severity: 'low' },
      fields: { device_vendor: 'Ac|me', fname: 'a b.exe' },
    },
  ],
  ['CEF:0|Acme|Gate|2.1|100|nothing more|0|', { message: 'nothing more' }],
])

testRefused('cef', ['CEF:0|Acme|Gate'])

testLines('cef', [
  [
    '<185>Nov 20 10:11:12 gw CEF:0|Fortinet|Fortigate|v7.0.5|44547|event:system|3|deviceExternalId=F1 FTNTFGTlogid=0100044547 FTNTFGTcfgpath=system.admin ad.vd=root act=Add suser=anna',
    {
      pivots: { user: 'anna', host: 'gw' },
      fields: { cfgpath: 'system.admin', logid: '0100044547', vd: 'root' },
    },
  ],
  [
    'CEF:0|Palo Alto Networks|PAN-OS|8.0|url|THREAT|1|src=192.0.2.9 request="example.com/x" act=block-url',
    { pivots: { url: 'example.com/x', domain: 'example.com', action: 'denied' } },
  ],
  [
    'CEF:0|Check Point|VPN-1 & FireWall-1|Check Point|Log|https|Unknown|act=Drop rt=1795169472000 src=192.0.2.9 origin=192.0.2.1',
    { time: '2026-11-20T10:11:12Z', pivots: { host: '192.0.2.1', action: 'denied' } },
  ],
  [
    '2026-11-20T10:11:12.000Z|gw|CEF:0|V|P|1|id|name|5|src=192.0.2.9',
    { time: '2026-11-20T10:11:12Z', pivots: { host: 'gw', src_ip: '192.0.2.9' } },
  ],
])

testLines('cef', [
  [
    '0|Check Point|Connectra|R81|Failed Log In|Log|Unknown|act=Failed Log In duser=anna outcome=Failed rt=1795169472000 spt=40100 dpt=443 origin=192.0.2.1 src=192.0.2.9',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { user: 'anna', src_ip: '192.0.2.9', src_port: 40100, outcome: 'failure' },
      logsource: { product: 'checkpoint' },
    },
  ],
  [
    'CEF:0|Fortinet|Fortigate|v7.4.1|43008|event:user authentication success|3|deviceExternalId=FGT1 FTNTFGTlogid=0102043008 cat=event:user FTNTFGTsubtype=user FTNTFGTeventtime=1795169472000000000 src=192.0.2.9 duser=anna act=authentication outcome=success',
    { time: '2026-11-20T10:11:12Z', pivots: { user: 'anna', outcome: 'success' } },
  ],
])

// Strata Logging Service writes PAN-OS' own names with a prefix.
testLines('cef', [
  [
    '<14>1 2026-11-20T10:11:13.5Z fwd-7 logforwarder - panwlogs - CEF:0|Palo Alto Networks|LF|2.0|GLOBALPROTECT|globalprotect|3|rt=Nov 20 2026 10:11:12 PanOSDeviceSN=007 PanOSEventIDValue=gateway-auth PanOSStage=login PanOSSourceUserName=corp\\\\anna PanOSEndpointDeviceName=pc1 PanOSPublicIPv4=203.0.113.9 PanOSPublicIPv6= PanOSPrivateIPv4=192.0.2.9 PanOSEventStatus=failure PanOSDeviceName=gate1',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        host: 'gate1',
        user: 'anna',
        src_ip: '192.0.2.9',
        action: 'gateway-auth',
        outcome: 'failure',
      },
      fields: { PanOSEndpointDeviceName: 'pc1', PanOSPublicIPv4: '203.0.113.9' },
    },
  ],
  [
    'CEF:0|Palo Alto Networks|LF|2.0|GLOBALPROTECT|globalprotect|3|rt=Nov 20 2026 10:11:12 PanOSEventIDValue=portal-prelogin PanOSPublicIPv4=203.0.113.9 PanOSPrivateIPv4=0.0.0.0 PanOSEventStatus=success',
    { pivots: { src_ip: '203.0.113.9', outcome: 'success' } },
  ],
])

testLines('cef', [
  [
    'CEF:0|Fortinet|Fortigate|v7.4.1|54802|utm:dns dns-response pass|4|rt=1795169472000 deviceExternalId=FGT1 cat=utm:dns src=192.0.2.9 dst=198.51.100.7 dpt=53 FTNTFGTqname=example.org FTNTFGTqtype=A act=pass',
    { pivots: { domain: 'example.org' }, fields: { query: 'example.org', qname: 'example.org' } },
  ],
])
