// nginx access and error logs.
import type { Parser } from './event.ts'
import { closedLogSource } from './logsource.ts'
import type { AccessLine } from './web/access.ts'
import { readNginxError } from './web/error.ts'
import { isAccessJson, isNginxJson, NGINX_JSON_KEYS, nginxJsonEvent } from './web/nginx-json.ts'
import { readProxyManager } from './web/own.ts'
import { parseWeb, recogniseWeb, type WebServer } from './web/parser.ts'

/** The ingress controller of Kubernetes: bytes, time, `[upstream] [alternative]` behind the user agent. */
function isIngress({ combined, further }: AccessLine): boolean {
  return combined && further.length >= 4 && BRACKETED.test(`${further[2]}${further[3]}`)
}

const BRACKETED = /^\[[^\]]{0,253}\]\[[^\]]{0,253}\]$/

const server: WebServer = {
  programs: new Set(['nginx']),
  access: closedLogSource('nginx', ['webserver'], ['nginx']),
  error: closedLogSource('nginx', [], ['nginx']),
  // The `main` format of nginx' packages ends with X-Forwarded-For; Apache has no such format.
  ownAccess: (line) =>
    isIngress(line) ||
    (line.combined &&
      line.further.length === 1 &&
      !/^\d+$|^[A-Z_]+:[A-Z_]+$|^[A-Za-z-]{1,32}="/.test(line.further[0]!)),
  readOther: readProxyManager,
  readError: readNginxError,
}

export const nginx: Parser = {
  name: 'nginx',
  title: 'nginx access and error logs',
  keys: NGINX_JSON_KEYS,
  recognise: (input, context) =>
    input.json === undefined ? recogniseWeb(server, input, context) : isNginxJson(input.json),
  parse: (input, context) =>
    input.json !== undefined && isAccessJson(input.json)
      ? nginxJsonEvent(input.json, input.text, context, server.access)
      : parseWeb(server, input, context),
}
