// CrowdSec's hub tests: assertions on what its parsers took from each line.
import { join, relative } from 'node:path'
import type { Case, Expected, Scored, Suite } from './case.ts'
import { filesBelow, linesOf } from './files.ts'

/** Our parser for each of CrowdSec's. */
const PARSERS: Readonly<Record<string, string>> = {
  'crowdsecurity/apache2-logs': 'apache',
  'crowdsecurity/auditd-logs': 'auditd',
  'crowdsecurity/aws-cloudtrail': 'cloudtrail',
  'crowdsecurity/haproxy-logs': 'haproxy',
  'crowdsecurity/iptables-logs': 'iptables',
  'crowdsecurity/nginx-logs': 'nginx',
  'crowdsecurity/nginx-proxy-manager-logs': 'nginx',
  'crowdsecurity/opnsense-gui-logs': 'pfsense',
  'crowdsecurity/pfsense-gui-logs': 'pfsense',
  'crowdsecurity/pkexec-logs': 'linux_auth',
  'crowdsecurity/postfix-logs': 'postfix',
  'crowdsecurity/sshd-logs': 'linux_auth',
  'crowdsecurity/traefik-logs': 'webserver',
  'mstilkerich/bind9-logs': 'bind',
  'pserranoa/openvpn': 'openvpn',
}

/** CrowdSec's names of the values that are compared, best first. */
const NAMES: { readonly [name in Scored]: readonly string[] } = {
  timestamp: ['Enriched.MarshaledTime'],
  src_ip: ['Meta.source_ip'],
  src_port: ['Parsed.source_port', 'Parsed.src_port'],
  dst_ip: ['Parsed.dst_ip'],
  dst_port: ['Parsed.dst_port'],
  user: ['Meta.target_user', 'Meta.user', 'Meta.username'],
  host: ['Meta.machine'],
  process: ['Parsed.program'],
  outcome: [],
  url: ['Parsed.request', 'Meta.http_path'],
  status: ['Meta.http_status'],
}

const ASSERTION =
  /^results\["(s0\d-[a-z]+)"\]\["([^"]+)"\]\[(\d+)\]\.(?:Evt\.(\w+)\["([^"]+)"\]|(Success)) == (.*)$/

interface Results {
  readonly stage: string
  readonly parser: string
  /** Values by name, for each line that reached the parser. */
  readonly lines: Map<string, string>[]
}

export const crowdsec: Suite = async (corpus) => {
  const cases: Case[] = []
  for (const path of await filesBelow(join(corpus, 'crowdsec-hub'), 'parser.assert')) {
    const folder = path.slice(0, -'/parser.assert'.length)
    const assertions = ((await linesOf(path)) ?? []).map((line) => line.text)
    const log = await logOf(folder)
    if (log === undefined) continue
    const lines = ((await linesOf(log)) ?? []).filter(({ text }) => text.trim() !== '')
    for (const { parser, lines: results } of bestStage(resultsOf(assertions))) {
      const source = PARSERS[parser]
      // Only where every line reached the parser is it certain which line a result belongs to.
      if (source === undefined || results.length !== lines.length) continue
      results.forEach((values, index) => {
        if (values.get('Success') !== 'true') return
        const { text, number } = lines[index]!
        const expected = expectedOf(values)
        cases.push({
          source,
          file: relative(corpus, log),
          line: number,
          text,
          timeZone: 'UTC',
          expected,
        })
      })
    }
  }
  return cases
}

async function logOf(folder: string): Promise<string | undefined> {
  const config = ((await linesOf(join(folder, 'config.yaml'))) ?? []).map((line) => line.text)
  const name = config
    .find((text) => text.startsWith('log_file:'))
    ?.slice('log_file:'.length)
    .trim()
  return name === undefined ? undefined : join(folder, name.replaceAll('"', ''))
}

function resultsOf(assertions: readonly string[]): readonly Results[] {
  const found = new Map<string, Results>()
  for (const text of assertions) {
    const match = ASSERTION.exec(text)
    if (match === null) continue
    const [, stage, parser, index, kind, name, success, value] = match
    const key = `${stage} ${parser}`
    const results = found.get(key) ?? { stage: stage!, parser: parser!, lines: [] }
    found.set(key, results)
    const values = results.lines[Number(index)] ?? new Map<string, string>()
    results.lines[Number(index)] = values
    values.set(success ?? `${kind}.${name}`, unquoted(value!))
  }
  return [...found.values()].map((r) => ({ ...r, lines: [...r.lines].map((v) => v ?? new Map()) }))
}

/** Each parser once, with what later stages (which know the date) say where they saw every line too. */
function bestStage(results: readonly Results[]): readonly Results[] {
  return results.map((result) => {
    const later = results.find(
      ({ parser, lines }) =>
        parser === 'crowdsecurity/dateparse-enrich' && lines.length === result.lines.length,
    )
    if (later === undefined || result.stage !== 's01-parse') return result
    const lines = result.lines.map((values, index) => new Map([...values, ...later.lines[index]!]))
    return { ...result, lines }
  })
}

function expectedOf(values: ReadonlyMap<string, string>): Expected {
  const out: { -readonly [name in Scored]?: readonly string[] } = {}
  for (const name of Object.keys(NAMES) as Scored[]) {
    // For other logs than syslog CrowdSec's program is the name of its own parser.
    if (name === 'process' && values.get('Parsed.logsource') !== 'syslog') continue
    const known = NAMES[name].flatMap((path) => values.get(path) || []).filter((v) => v !== '-')
    if (known.length > 0) out[name] = known
  }
  return out
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value
  try {
    return JSON.parse(value) as string
  } catch (error) {
    if (error instanceof SyntaxError) return value.slice(1, -1)
    throw error
  }
}
