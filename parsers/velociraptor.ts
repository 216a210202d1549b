// Velociraptor's rows, as it uploads them to Elastic or Splunk and writes them to JSONL: the row's columns,
// and Windows events among them read as such.
import type { Fields, FieldValue, Pivots } from '../sigma/event.ts'
import type { EventError, ParseContext, Parsed, Parser, ParserInput } from './event.ts'
import { compileMapping } from './mapping/compile.ts'
import { applyMapping } from './mapping/parser.ts'
import table from './mappings/velociraptor.yml' with { type: 'yaml' }
import { looksLikeWindows } from './windows/shapes.ts'
import { windows } from './windows.ts'

const own = compileMapping(table)
/** A client's id is `C.` and hexadecimal digits. */
const CLIENT = /^(?:C\.[0-9a-f]{8,32}|server)$/i

function parse({ json }: ParserInput, context: ParseContext): Parsed | EventError {
  if (json === undefined || !own.accepts(json)) {
    return { code: 'velociraptor-no-row', message: 'no Velociraptor row: no client or artifact' }
  }
  const mapping = context.mappings?.get('velociraptor') ?? own
  const utc = context.timeZone === 'UTC' ? context : { ...context, timeZone: 'UTC' }
  const outer = applyMapping(mapping, json, utc, true)
  if ('code' in outer || !looksLikeWindows(json)) return outer
  const inner = windows.parse({ text: '', json }, utc)
  if ('code' in inner) return outer
  const pivots: Pivots = { ...outer.pivots, ...inner.pivots }
  return {
    ...inner,
    pivots,
    fields: { ...outer.fields, ...inner.fields },
    fieldsAreRaw: false,
  }
}

/** The client's id under the names that the uploads use. */
function clientOf(json: Fields): FieldValue | undefined {
  return json.ClientId ?? json.client_id ?? json._ClientId ?? json.ClientID
}

const CLIENT_KEYS = ['ClientId', 'client_id', '_ClientId', 'ClientID']

function recognise({ json }: ParserInput): boolean {
  if (json === undefined) return false
  const client = clientOf(json)
  if (typeof client !== 'string' || !CLIENT.test(client)) return false
  return ARTIFACT_KEYS.some((key) => json[key] !== undefined)
}

const ARTIFACT_KEYS = [
  ...['Artifact', 'artifact', '_Source', '_Artifact', 'FlowId', 'flow_id', 'Flow', '_FlowId'],
  ...['Fqdn', '_ts', 'artifact_name'],
]

export const velociraptor: Parser = {
  name: 'velociraptor',
  title: 'Velociraptor rows',
  aliases: ['velociraptor_vql'],
  keys: CLIENT_KEYS,
  recognise,
  parse,
}
