// Elastic integrations' pipeline tests: a document for each line, or for each event of a JSON file.
import { join, relative } from 'node:path'
import type { Case, Suite } from './case.ts'
import { expectedOfEcs, valueAt, zoneOf } from './ecs.ts'
import { filesBelow, jsonOf, linesOf } from './files.ts'

type Document = { readonly [name: string]: unknown }

/** The parser of each data stream whose documents hold what its own pipeline made. */
const STREAMS: readonly (readonly [path: string, source: string])[] = [
  ['github/data_stream/audit/', 'github'],
  ['pfsense/data_stream/log/', 'pfsense'],
  ['auditd_manager/data_stream/auditd/', 'auditd'],
  ['microsoft_dnsserver/', 'windows'],
  ['sysmon_linux/', 'sysmon_linux'],
  ['squid/', 'squid'],
]

const SUFFIX = '-expected.json'

export const integrations: Suite = async (corpus) => {
  const cases: Case[] = []
  for (const path of await filesBelow(join(corpus, 'elastic-integrations'), SUFFIX)) {
    const source = STREAMS.find(([part]) => path.includes(`/${part}`))?.[1]
    if (source === undefined) continue
    const input = path.slice(0, -SUFFIX.length)
    const { expected } = await jsonOf<{ expected: (Document | null)[] }>(path)
    const texts = input.endsWith('.json') ? await eventTexts(input) : await lineTexts(input)
    expected.forEach((document, index) => {
      const text = texts[index]
      if (document === null || text === undefined) return
      cases.push({
        source,
        file: relative(corpus, input),
        line: index + 1,
        text,
        timeZone: zoneOf(document),
        expected: expectedOfEcs(document),
      })
    })
  }
  return cases
}

async function lineTexts(path: string): Promise<readonly string[]> {
  return ((await linesOf(path)) ?? []).map((line) => line.text).filter((text) => text !== '')
}

/** The text that the collector read: its own where the event holds it, else the event as JSON. Auditbeat's
 * records stay in its documents: the accounts' names are only there. */
async function eventTexts(path: string): Promise<readonly string[]> {
  const { events } = await jsonOf<{ events: readonly Document[] }>(path)
  return events.map((event) => {
    const original = valueAt(event, 'event.original')
    return typeof original === 'string' ? original : JSON.stringify(event)
  })
}
