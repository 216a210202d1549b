import { testLines, testRefused } from '../test/support/parser-lines.ts'

testLines('postfix', [
  [
    'Nov 20 10:11:12 mx postfix/smtpd[99]: NOQUEUE: reject: RCPT from host.example[192.0.2.9]: 554 5.7.1 <x@example.org>: Relay access denied; from=<a@example.net> to=<x@example.org> proto=ESMTP helo=<host.example>',
    {
      time: '2026-11-20T10:11:12Z',
      pivots: {
        host: 'mx',
        process: 'postfix/smtpd',
        src_ip: '192.0.2.9',
        action: 'reject',
        outcome: 'failure',
      },
      fields: {
        status_code: '554',
        dsn: '5.7.1',
        from: 'a@example.net',
        to: 'x@example.org',
        helo: 'host.example',
        src_host: 'host.example',
      },
    },
  ],
  [
    'Nov 20 10:11:12 mx postfix/smtpd[99]: 4ABCDE1234: client=unknown[192.0.2.9], sasl_method=LOGIN, sasl_username=anna@example.org',
    {
      pivots: { user: 'anna@example.org', outcome: 'success', src_ip: '192.0.2.9' },
      fields: { queue_id: '4ABCDE1234' },
    },
  ],
  [
    'Nov 20 10:11:12 mx postfix/smtp[98]: 4ABCDE1234: to=<b@example.net>, relay=mx.example.net[198.51.100.7]:25, delay=1.2, delays=0.1/0/0.5/0.6, dsn=2.0.0, status=sent (250 2.0.0 Ok)',
    {
      pivots: { dst_ip: '198.51.100.7', dst_port: 25, outcome: 'success' },
      fields: { status: 'sent' },
    },
  ],
  [
    'Nov 20 10:11:12 mx postfix/qmgr[97]: 4ABCDE1234: from=<a@example.org>, size=512, nrcpt=1 (queue active)',
    { pivots: { user: 'a@example.org' }, fields: { size: '512' } },
  ],
  [
    'Nov 20 10:11:12 mx postfix/postscreen[9]: CONNECT from [2001:db8::9]:5151 to [198.51.100.7]:25',
    { pivots: { src_ip: '2001:db8::9', src_port: 5151, dst_port: 25, action: 'connect' } },
  ],
  [
    'Nov 20 10:11:12 mx postfix/postscreen[9]: NOQUEUE: reject: RCPT from [192.0.2.9]:5151: 550 5.7.1 Service unavailable; client [192.0.2.9] blocked using bl.example; from=<a@example.org>, to=<b@example.net>, proto=ESMTP, helo=<x>',
    {
      pivots: { src_ip: '192.0.2.9', src_port: 5151, action: 'reject', outcome: 'failure' },
      fields: { status_code: '550', reason: 'Service unavailable' },
    },
  ],
  [
    'Nov 20 10:11:12 mx postfix/postscreen[9]: PREGREET 9 after 0.1 from [192.0.2.9]:5151: EHLO x',
    { pivots: { src_ip: '192.0.2.9', action: 'protocol_error', outcome: 'failure' } },
  ],
  [
    'Nov 20 10:11:12 mx postfix/smtpd[9]: improper command pipelining after DATA from unknown[192.0.2.9]:',
    { pivots: { src_ip: '192.0.2.9', action: 'improper_pipelining', outcome: 'failure' } },
  ],
  [
    'warning: unknown[192.0.2.9]: SASL LOGIN authentication failed: UGFzc3dvcmQ6',
    { pivots: { src_ip: '192.0.2.9', action: 'sasl_login', outcome: 'failure' } },
    'named',
  ],
])

testRefused('postfix', ['no line of a mail server'])

testLines('postfix', [
  [
    'Nov 20 10:11:12 mx postfix/anvil[3]: statistics: max connection count 10 for (smtp:192.0.2.9) at Nov 20 10:11:02',
    { pivots: { src_ip: '192.0.2.9', host: 'mx' } },
  ],
  [
    'Nov 20 10:11:12 mx postgrey[1]: action=greylist, reason=new, client_name=mail.example.org, client_address=192.0.2.9/32, sender=anna@example.org, recipient=bert@example.net',
    {
      pivots: {
        src_ip: '192.0.2.9',
        user: 'anna@example.org',
        action: 'greylist',
        outcome: 'failure',
      },
      fields: { to: 'bert@example.net', reason: 'new', src_host: 'mail.example.org' },
      logsource: { category: ['email'] },
    },
  ],
  [
    'Nov 20 10:11:12 mx policyd-spf[1]: prepend Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=192.0.2.9; helo=mail.example.org; envelope-from=anna@example.org; receiver=bert@example.net',
    { pivots: { src_ip: '192.0.2.9', outcome: 'success' }, fields: { spf: 'Pass' } },
  ],
  [
    'Nov 20 10:11:12 mx policyd-spf[1]: Softfail; identity=mailfrom; client-ip=192.0.2.9; helo=mail.example.org; envelope-from=anna@example.org; receiver=bert@example.net',
    {
      pivots: { src_ip: '192.0.2.9', user: 'anna@example.org', action: 'spf', outcome: 'failure' },
      fields: { spf: 'Softfail', to: 'bert@example.net', helo: 'mail.example.org' },
    },
  ],
  [
    'Nov 20 10:11:12 mx postfix/smtp[98]: 4ABCDE1234: host mx.example.net[198.51.100.7] said: 432 4.3.2 slow down (in reply to end of DATA command)',
    {
      fields: { dst_host: 'mx.example.net', dst_ip: '198.51.100.7' },
      absent: ['src_ip', 'src_host'],
    },
  ],
  [
    'Action: prepend: Text: Received-SPF: Permerror (mailfrom) identity=mailfrom; client-ip=192.0.2.9; helo=h.example; envelope-from=anna@example.org; receiver=<UNKNOWN>  Reject action: 550 5.7.23',
    { pivots: { src_ip: '192.0.2.9', action: 'reject', outcome: 'failure' }, absent: ['to'] },
    'named',
  ],
])
