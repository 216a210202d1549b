// What endpoint sensors report, under the names of Sysmon that Sigma's rules use: the tables of Microsoft Defender
// (advanced hunting, streamed or queried), the documents of Elastic Defend, osquery's results, process starts of others.
import type { Fields, FieldValue, Pivots } from '../sigma/event.ts'
import { readDefenderRow } from './endpoint/defender.ts'
import { readElasticDocument } from './endpoint/elastic.ts'
import type { Observation } from './endpoint/observation.ts'
import { readOsqueryResult } from './endpoint/osquery.ts'
import { readSensorDocument } from './endpoint/sensors.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { closedLogSource } from './logsource.ts'
import { parseTime } from './time.ts'
import { pivotValue } from './values.ts'
import { consoleTime } from './windows/local-time.ts'

const logSources = new Map<string, ReturnType<typeof closedLogSource>>()

/** Fields of each column, first usable value wins. */
const COLUMNS = {
  process: ['Image', 'SourceImage'],
  src_ip: ['SourceIp'],
  src_port: ['SourcePort'],
  dst_ip: ['DestinationIp'],
  dst_port: ['DestinationPort'],
  hash: ['Hashes'],
  domain: ['QueryName', 'DestinationHostname'],
} as const satisfies Partial<Record<keyof Pivots, readonly string[]>>

function observationOf(json: Fields): Observation | undefined {
  return (
    readDefenderRow(json) ??
    readElasticDocument(json) ??
    readOsqueryResult(json) ??
    readSensorDocument(json)
  )
}

function parse({ json }: ParserInput, context: ParseContext): Parsed | EventError {
  const seen = json === undefined ? undefined : observationOf(json)
  if (json === undefined || seen === undefined) {
    return {
      code: 'endpoint-no-event',
      message: 'no row of Defender, no document of a sensor that is known, no result of osquery',
    }
  }
  const time = firstTime(seen.times, context)
  const fields = { ...seen.document, ...seen.fields }
  return {
    ...(time === undefined ? {} : { time }),
    logsource: logSourceOf(seen.product, seen.categories),
    pivots: pivotsOf(seen),
    message: messageOf(seen),
    fields,
  }
}

function firstTime(
  values: readonly (FieldValue | undefined)[],
  context: ParseContext,
): number | undefined {
  for (const value of values) {
    const utc = { ...context, timeZone: 'UTC' }
    const time =
      parseTime(value, utc) ?? (typeof value === 'string' ? consoleTime(value, utc) : undefined)
    if (time !== undefined) return time
  }
  return undefined
}

/** One shared object for each product and set of categories. */
function logSourceOf(product: string, categories: readonly string[]): Parsed['logsource'] {
  const key = `${product} ${categories.join(' ')}`
  const known = logSources.get(key) ?? closedLogSource(product, categories, [])
  logSources.set(key, known)
  return known
}

function pivotsOf({ fields, host, user, action, outcome }: Observation): Pivots {
  const pivots: { -readonly [name in keyof Pivots]: Pivots[name] } = {}
  if (host !== undefined) pivots.host = host
  if (user !== undefined) pivots.user = user
  if (action !== undefined) pivots.action = action
  if (outcome !== undefined) pivots.outcome = outcome
  for (const name of Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]) {
    for (const field of COLUMNS[name]) {
      const value = fields[field]
      const usable = value === undefined ? undefined : pivotValue(name, value)
      if (usable === undefined) continue
      Object.assign(pivots, { [name]: usable })
      break
    }
  }
  return pivots
}

const MESSAGE_UNITS_MAX = 512
const TELLING = ['TargetFilename', 'TargetObject', 'ImageLoaded', 'QueryName', 'DestinationIp']

/** What happened, and what says most about it. */
function messageOf({ fields, action, categories }: Observation): string {
  const isProcess = categories.includes('process_creation')
  const names = isProcess ? ['CommandLine', 'Image'] : [...TELLING, 'CommandLine', 'Image']
  const telling = names.map((name) => fields[name]).find((value) => typeof value === 'string')
  return `${action ?? 'event'}${telling === undefined ? '' : `: ${String(telling)}`}`.slice(
    0,
    MESSAGE_UNITS_MAX,
  )
}

export const endpoint: Parser = {
  name: 'endpoint',
  title: 'Endpoint sensors (Microsoft Defender, Elastic Defend, osquery, CrowdStrike and others)',
  aliases: [
    ...['defender_xdr', 'elastic_defend', 'osquery', 'crowdstrike', 'falcon', 'carbonblack'],
    'sentinelone',
  ],
  keys: [
    ...['ActionType', 'properties', 'event', 'hostIdentifier', 'diffResults'],
    ...['event_simpleName', 'process_path', 'childproc_name', 'tgt.process.image.path'],
  ],
  jsonOnly: true,
  recognise: ({ json }) => json !== undefined && observationOf(json) !== undefined,
  parse,
}
