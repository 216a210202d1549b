import { expect, test } from 'bun:test'
import { testLines, testRefused } from '../test/support/parser-lines.ts'
import { normalise } from './normalise.ts'
import { framed, OPTIONS } from './windows/senders.support.ts'

const OWNER = 'a'.repeat(64)
const BALANCER = 'app/web/50dc6c495c0c9188 192.0.2.80:2817 10.0.0.1:80 0.001 0.048 0.037'

testLines('aws_access', [
  [
    `https 2026-11-20T10:11:12.186641Z ${BALANCER} 404 404 0 57 "GET https://shop.example:443/cart?id=1 HTTP/1.1" "Mozilla/5.0 \\"x\\"" TLS_AES_128 TLSv1.3 arn:x "Root=1-5" "shop.example" "-" 1 2026-11-20T10:11:12.1Z "forward" "-" "-" "10.0.0.1:80" "404" "-" "-"`,
    {
      time: '2026-11-20T10:11:12.186Z',
      logsource: { product: 'aws', category: ['webserver'], service: ['elb'] },
      pivots: {
        ...{ src_ip: '192.0.2.80', src_port: 2817, dst_ip: '10.0.0.1', dst_port: 80 },
        ...{ domain: 'shop.example', action: 'GET', outcome: 'failure' },
        url: 'https://shop.example:443/cart?id=1',
      },
      fields: {
        ...{ 'c-ip': '192.0.2.80', 'cs-method': 'GET', 'sc-status': 404, 'cs-uri-stem': '/cart' },
        ...{ 'cs-uri-query': '/cart?id=1', 'cs-host': 'shop.example', trace_id: 'Root=1-5' },
      },
    },
  ],
  [
    `http 2026-11-20T10:11:12.186641Z app/web/50d 192.0.2.80:2817 - -1 -1 -1 460 - 0 0 "- http://shop.example:80- -" "-" - - - "-" "-" "-" - 2026-11-20T10:11:12.1Z "-" "-" "-" "-" "-" "-" "-"`,
    { pivots: { src_ip: '192.0.2.80', outcome: 'failure' }, absent: ['dst_ip', 'action'] },
  ],
  [
    '2026-11-20T10:11:12.945958Z old-elb 192.0.2.80:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://shop.example:80/ HTTP/1.1" "curl/7.38.0" - -',
    {
      time: '2026-11-20T10:11:12.945Z',
      pivots: { src_ip: '192.0.2.80', dst_port: 80, outcome: 'success', domain: 'shop.example' },
      fields: { 'sc-status': 200, 'cs-uri-stem': '/', 'cs-user-agent': 'curl/7.38.0' },
    },
  ],
  [
    'tls 2.0 2026-11-20T10:11:12 net/nlb/c6e77e28 g3d4b5 192.0.2.80:51341 10.0.0.9:443 5 2 98 246 - arn:aws:acm:x - ECDHE tlsv12 - mail.example - - - 2026-11-20T10:11:02',
    {
      time: '2026-11-20T10:11:12Z',
      logsource: { product: 'aws', category: [], service: ['elb'] },
      pivots: { src_ip: '192.0.2.80', dst_ip: '10.0.0.9', dst_port: 443, domain: 'mail.example' },
    },
  ],
  [
    `${OWNER} pictures [20/Nov/2026:10:11:12 +0000] 192.0.2.3 arn:aws:iam::1:user/anna 3E57427F3EXAMPLE REST.GET.OBJECT a/x.jpg "GET /pictures/a/x.jpg?acl HTTP/1.1" 403 AccessDenied 113 - 7 - "-" "S3Console/0.4" - s9lz= SigV4 ECDHE AuthHeader pictures.s3.amazonaws.com TLSV1.2 - -`,
    {
      time: '2026-11-20T10:11:12Z',
      logsource: { product: 'aws', category: ['webserver'], service: ['s3'] },
      pivots: {
        ...{ src_ip: '192.0.2.3', user: 'anna', outcome: 'failure', action: 'REST.GET.OBJECT' },
        ...{ url: '/pictures/a/x.jpg?acl', domain: 'pictures.s3.amazonaws.com' },
      },
      fields: { bucket: 'pictures', key: 'a/x.jpg', error_code: 'AccessDenied', 'sc-status': 403 },
    },
  ],
  [
    '1.0 2026-11-20T10:11:12.130Z Z123412341234 bad.example. A NXDOMAIN UDP FRA6 192.0.2.53 -',
    {
      time: '2026-11-20T10:11:12.130Z',
      logsource: { product: 'aws', category: ['dns'], service: ['route53'] },
      pivots: { src_ip: '192.0.2.53', domain: 'bad.example', outcome: 'failure' },
      fields: { query: 'bad.example', record_type: 'A' },
    },
  ],
])

testRefused('aws_access', ['https app/web/1 no time', `${OWNER} bucket no time`])

test('CloudFront’s standard log, with its header and without', () => {
  const fields = '#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem'
  const line = [
    ...['2026-11-20', '10:11:12', 'FRA56-P3', '182', '192.0.2.100', 'GET', 'd1.cloudfront.net'],
    ...['/view', '403', '-', 'Mozilla/4.0%20(x)', 'a=1', '-', 'Error', 'id==', 'shop.example'],
    ...['https', '-', '0.001', '-', 'TLSv1.3', 'x', 'Error', 'HTTP/2.0', '-', '-', '4567'],
  ].join('\t')
  for (const text of [`#Version: 1.0\n${fields}\n${line}`, line]) {
    const last = framed(text).at(-1)!.text
    expect(normalise(last, OPTIONS)).toMatchObject({
      parser: 'iis',
      time: Date.UTC(2026, 10, 20, 10, 11, 12),
      logsource: { product: 'aws', category: ['webserver'], service: ['cloudfront'] },
      pivots: { src_ip: '192.0.2.100', domain: 'shop.example', outcome: 'failure' },
      fields: { 'sc-status': 403, 'cs-user-agent': 'Mozilla/4.0 (x)', 'cs-uri-query': '/view?a=1' },
    })
  }
})
