import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('checkpoint', [
  [
    '<134>1 2026-11-20T10:11:13Z gw CheckPoint 77 - [action:"Drop"; product:"VPN-1 & FireWall-1"; s_port:"51511"; service:"23"; src:"192.0.2.9"; dst:"198.51.100.7"]',
    {
      pivots: { action: 'denied', outcome: 'failure', host: 'gw', src_ip: '192.0.2.9' },
    },
  ],
  [
    '<134>1 2026-11-20T10:11:13Z gw CheckPoint 77 - [action:"Drop"; flags:"1"; ifdir:"inbound"; loguid:"{0x1}"; origin:"192.0.2.1"; time:"1795169472"; product:"VPN-1 & FireWall-1"; proto:"6"; s_port:"51511"; service:"23"; src:"192.0.2.9"; dst:"198.51.100.7"; __policy_id_tag:"a[b;c\\]"]',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        host: '192.0.2.1',
        action: 'denied',
        src_ip: '192.0.2.9',
        src_port: 51511,
        dst_ip: '198.51.100.7',
        dst_port: 23,
      },
      fields: { action: 'Drop', ifdir: 'inbound', __policy_id_tag: 'a[b;c]' },
      logsource: { product: 'checkpoint', category: ['firewall'] },
    },
  ],
  [
    '<134>1 2026-11-20T10:11:12Z gw CheckPoint 77 - [sc@1 action="Accept" loguid="{0x1}" origin="192.0.2.1" product="URL Filtering" src="192.0.2.9" resource="http://example.org/x" src_user_name="Anna Berg (anna)"]',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        action: 'allowed',
        url: 'http://example.org/x',
        domain: 'example.org',
        user: 'Anna Berg',
      },
      logsource: { category: ['firewall', 'proxy'] },
    },
  ],
  [
    'time=1795169472|hostname=gw1|severity=High|product=Anti-Virus|action=Prevent|origin=192.0.2.1|src=192.0.2.9|dst=198.51.100.7|s_port=51511|service=80',
    { time: '2026-11-20T10:11:12Z', pivots: { action: 'denied', severity: 'high', dst_port: 80 } },
  ],
])

testRefused('checkpoint', ['Nov 20 10:11:12 gw nothing of the kind'])

testLines('checkpoint', [
  [
    '<85>1 2026-11-20T05:11:12--5:00 192.0.2.1 CP-GW - Log [Fields@1.3.6.1.4.1.2620 inzone="DMZ" service_id="https" src="192.0.2.9" dst="198.51.100.7" proto="6" user="anna" ProductName="VPN-1 & FireWall-1" svc="443" sport_svc="56530" ]',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        host: '192.0.2.1',
        src_ip: '192.0.2.9',
        src_port: 56530,
        dst_port: 443,
        user: 'anna',
      },
    },
  ],
  [
    '<134>1 2026-11-20T10:11:12Z gw CheckPoint 77 - [action:"Drop"; loguid:"{0x1}"; origin:"192.0.2.1"; time:"1795169472"; packet_amount:"2"; packets:" <192.0.2.9,59912,198.51.100.7,1990,6;eth0> <192.0.2.9,40252,198.51.100.8,999,6;eth0>"; user:"anna "]',
    {
      pivots: {
        src_ip: '192.0.2.9',
        src_port: 59912,
        dst_ip: '198.51.100.7',
        dst_port: 1990,
        user: 'anna',
        action: 'denied',
      },
    },
  ],
])

testLines('checkpoint', [
  [
    'Nov 20 10:11:13 relay <134>1 2026-11-20T10:11:11Z gw CheckPoint 77 - [action:"Drop"; loguid:"{0x1}"; origin:"192.0.2.1"; product:"VPN-1 & FireWall-1"; src:"192.0.2.9"]',
    {
      time: '2026-11-20T10:11:11Z',
      pivots: { process: 'CheckPoint', src_ip: '192.0.2.9' },
      fields: { hostname: 'gw', pid: 77 },
    },
  ],
  [
    'loc=123|time=2026-11-20 10:11:12|action=drop|orig=gw1|i/f_dir=inbound|product=VPN-1 & FireWall-1|rule=5|src=192.0.2.9|dst=198.51.100.7|proto=tcp|s_port=51511|service=443',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { host: 'gw1', src_port: 51511, dst_port: 443, action: 'denied' },
    },
  ],
])

testLines('checkpoint', [
  [
    '{"action":"Accept","app_risk":4,"dst":"198.51.100.7","ifdir":"inbound","layer_name":["Network","URL"],"loguid":"{0xab66c4d0,0x1}","origin":"192.0.2.1","originsicname":"cn=gw,o=mgmt","product":"URL Filtering","proto":"6","rule_name":"Cleanup","service":"443","service_id":"https","src":"192.0.2.9","time":"1795169472","user":"Anna Berg (anna)"}',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        host: '192.0.2.1',
        user: 'Anna Berg',
        src_ip: '192.0.2.9',
        dst_ip: '198.51.100.7',
        dst_port: 443,
        action: 'allowed',
        outcome: 'success',
      },
      fields: { service: '443', protocol: '6', layer_name: ['Network', 'URL'] },
      logsource: { product: 'checkpoint', category: ['firewall', 'proxy'] },
    },
  ],
  [
    '{"action":"Prevent","dst":"198.51.100.7","ifdir":"outbound","origin":"192.0.2.1","product":"IPS","proto":17,"s_port":35098,"service":514,"severity":"High","src":"192.0.2.9","time":1795169472}',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { src_port: 35098, dst_port: 514, action: 'denied', severity: 'high' },
      logsource: { category: ['ids', 'firewall'] },
    },
  ],
])

testLines('checkpoint', [
  [
    '<134>1 2026-11-20T10:11:12Z gw1 CheckPoint 7 - [action:"Log In"; flags:"18688"; ifdir:"inbound"; loguid:"{0x1,0x2,0x3,0x4}"; origin:"192.0.2.1"; time:"1795169472"; version:"5"; event_type:"Login"; product:"Mobile"; reason:"Wrong password"; src:"198.51.100.7"; status:"Failure"; user:" Anna Berg (anna) "]',
    { pivots: { src_ip: '198.51.100.7', user: 'Anna Berg', outcome: 'failure' } },
  ],
])
