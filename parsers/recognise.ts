// Which parser reads an input when nobody says. Strict parsers come first; what none of them claims stays
// generic: JSON, syslog or text.
import type { Fields } from '../sigma/event.ts'
import type { ParseContext, Parser, ParserInput } from './event.ts'
import { declaresLogSource } from './logsource.ts'
import { PARSERS } from './table.ts'

const GENERIC: ReadonlySet<Parser> = new Set([PARSERS.json, PARSERS.syslog, PARSERS.text])
const SPECIFIC: readonly Parser[] = Object.values<Parser>(PARSERS).filter((p) => !GENERIC.has(p))

/** Parsers, by their number in `SPECIFIC`, whose JSON has a key: one pass over an event's keys finds them. */
const BY_KEY = new Map<string, number[]>()
SPECIFIC.forEach((parser, index) => {
  for (const key of parser.keys ?? []) BY_KEY.set(key, [...(BY_KEY.get(key) ?? []), index])
})

/** The parser for an input; `text` where nothing fits. JSON that declares a log source stays generic. */
export function recognise(input: ParserInput, context: ParseContext): Parser {
  const { json } = input
  if (json !== undefined) {
    return declaresLogSource(json) ? PARSERS.json : recogniseJson(input, json, context)
  }
  for (const parser of SPECIFIC) if (parser.recognise(input, context)) return parser
  return PARSERS.syslog.recognise(input, context) ? PARSERS.syslog : PARSERS.text
}

// Reused for every event: this runs for all JSON that nobody names.
const asked = new Uint8Array(SPECIFIC.length)

function recogniseJson(input: ParserInput, json: Fields, context: ParseContext): Parser {
  asked.fill(0)
  for (const key in json) {
    const found = BY_KEY.get(key)
    if (found !== undefined) for (const index of found) asked[index] = 1
  }
  for (let index = 0; index < SPECIFIC.length; index++) {
    const parser = SPECIFIC[index]!
    // A table of a content repository may ask for other keys.
    const skip =
      asked[index] === 0 && parser.keys !== undefined && !context.mappings?.has(parser.name)
    if (!skip && parser.recognise(input, context)) return parser
  }
  return PARSERS.json
}
