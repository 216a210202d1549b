import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('logfmt', [
  [
    'time=2026-11-20T10:11:12Z level=warn msg="login \\"x\\" failed" user=anna src_ip=192.0.2.9',
    {
      time: '2026-11-20T10:11:12Z',
      message: 'login "x" failed',
      pivots: { user: 'anna', src_ip: '192.0.2.9', severity: 'low' },
      fields: { level: 'warn' },
      logsource: { closed: false },
    },
  ],
  [
    '<30>device="SFW" date=2026-11-20 time=10:11:12 timezone="CET" log_type="Firewall" log_subtype="Allowed" src_ip=192.0.2.9 dst_ip=198.51.100.7 src_port=51511',
    {
      time: '2026-11-20T09:11:12Z',
      pivots: { src_ip: '192.0.2.9', src_port: 51511, dst_ip: '198.51.100.7' },
      fields: { log_type: 'Firewall' },
    },
  ],
  [
    'Nov 20 10:11:12 h app[7]: a=1 b="two words" c=3',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: { host: 'h' },
      fields: { a: '1', b: 'two words', c: '3' },
    },
    'named',
  ],
])

testRefused('logfmt', ['words without any pair'])
