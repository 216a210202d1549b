// Apache httpd access and error logs.
import type { Parser } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { ipOf } from './values.ts'
import { readApacheError } from './web/error.ts'
import { readSslRequest } from './web/own.ts'
import { parseWeb, recogniseWeb, type WebServer } from './web/parser.ts'

const server: WebServer = {
  programs: new Set(['apache', 'apache2', 'httpd']),
  access: closedLogSource('apache', ['webserver'], ['apache']),
  error: closedLogSource('apache', [], ['apache']),
  // `vhost_combined`, which has the port, is Apache's alone.
  ownAccess: ({ virtualHost: host }) =>
    host !== undefined && ipOf(host) === undefined && /:\d{1,5}$/.test(host),
  readOther: readSslRequest,
  readError: readApacheError,
}

export const apache: Parser = {
  name: 'apache',
  title: 'Apache httpd access and error logs',
  aliases: ['httpd', 'apache2'],
  keys: [],
  recognise: (input, context) => recogniseWeb(server, input, context),
  parse: (input, context) => parseWeb(server, input, context),
}
