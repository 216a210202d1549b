// Filebeat's module tests: a log and the documents its pipeline makes, tied by byte offset.
import { join, relative } from 'node:path'
import type { Case, Suite } from './case.ts'
import { expectedOfEcs, zoneOf } from './ecs.ts'
import { filesBelow, headerOf, jsonOf, type Line, linesOf } from './files.ts'

type Document = { readonly [name: string]: unknown }

/** The parser of each module's fileset. */
const FILESETS: readonly (readonly [path: string, source: string])[] = [
  ['filebeat/module/apache/', 'apache'],
  ['filebeat/module/auditd/', 'auditd'],
  ['filebeat/module/haproxy/', 'haproxy'],
  ['filebeat/module/iis/', 'iis'],
  ['filebeat/module/nginx/', 'nginx'],
  ['filebeat/module/system/auth/', 'linux_auth'],
  ['filebeat/module/system/syslog/', 'syslog'],
  ['module/aws/cloudtrail/', 'cloudtrail'],
  ['module/aws/vpcflow/', 'aws_vpcflow'],
  ['module/azure/activitylogs/', 'azure_activity'],
  ['module/azure/auditlogs/', 'azure_audit'],
  ['module/azure/signinlogs/', 'azure_signin'],
  ['module/cef/', 'cef'],
  ['module/checkpoint/', 'checkpoint'],
  ['module/cisco/asa/', 'cisco_asa'],
  ['module/cisco/ftd/', 'cisco_asa'],
  ['module/cisco/ios/', 'cisco_ios'],
  ['module/fortinet/', 'fortinet'],
  ['module/gcp/audit/', 'gcp_audit'],
  ['module/google_workspace/', 'gworkspace'],
  ['module/iptables/', 'iptables'],
  ['module/o365/', 'm365'],
  ['module/okta/', 'okta'],
  ['module/panw/', 'paloalto'],
  ['module/suricata/', 'suricata'],
  ['module/zeek/', 'zeek'],
]

const SUFFIX = '-expected.json'

export const beats: Suite = async (corpus) => {
  const cases: Case[] = []
  for (const path of await filesBelow(join(corpus, 'elastic-beats'), SUFFIX)) {
    const source = FILESETS.find(([part]) => path.includes(`/${part}`))?.[1]
    const lines = await linesOf(path.slice(0, -SUFFIX.length))
    if (source === undefined || lines === undefined) continue
    const file = relative(corpus, path.slice(0, -SUFFIX.length))
    cases.push(...casesOf(source, file, lines, await jsonOf<Document[]>(path)))
  }
  return cases
}

function casesOf(
  source: string,
  file: string,
  lines: readonly Line[],
  documents: readonly Document[],
): Case[] {
  const header = headerOf(lines)
  const offsets = documents.map((document) => document['log.offset'])
  return documents.flatMap((document, index) => {
    const at = lines.findIndex(({ offset }) => offset === offsets[index])
    if (at < 0) return []
    const end = String(document['log.flags'] ?? '').includes('multiline')
      ? lines.findIndex(({ offset }) => offset === offsets[index + 1])
      : at + 1
    const text = lines.slice(at, end < 0 ? lines.length : end).map((line) => line.text)
    return {
      source,
      file,
      line: lines[at]!.number,
      text: text.join('\n'),
      header,
      timeZone: zoneOf(document),
      expected: expectedOfEcs(document),
    }
  })
}
