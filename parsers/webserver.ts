// Access lines in Common or Combined Log Format that nothing ties to one server: nginx and Apache write
// the same.
import type { Parser } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { parseWeb, recogniseWeb, type WebServer } from './web/parser.ts'

const ACCESS = closedLogSource(undefined, ['webserver'], ['nginx', 'apache'])

const server: WebServer = {
  programs: new Set(),
  access: ACCESS,
  error: ACCESS,
  ownAccess: () => true,
  readError: () => undefined,
}

export const webserver: Parser = {
  name: 'webserver',
  title: 'Web access log, server not known',
  aliases: ['access_log', 'clf', 'combined'],
  keys: [],
  recognise: (input, context) => recogniseWeb(server, input, context),
  parse: (input, context) => parseWeb(server, input, context),
}
