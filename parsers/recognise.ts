// Which parser reads an input when nobody says. Strict parsers come first; what none of them claims stays
// generic: JSON, syslog or text.
import type { Fields } from '../sigma/event.ts'
import type { ParseContext, Parser, ParserInput } from './event.ts'
import { declaresLogSource } from './logsource.ts'
import { PARSERS } from './table.ts'

const GENERIC: ReadonlySet<Parser> = new Set([PARSERS.json, PARSERS.syslog, PARSERS.text])
const SPECIFIC: readonly Parser[] = Object.values<Parser>(PARSERS).filter((p) => !GENERIC.has(p))

/** Those that may read a text that is no JSON. */
const TEXT_PARSERS: readonly Parser[] = SPECIFIC.filter(({ jsonOnly }) => jsonOnly !== true)
/** How each of them tells its lines. Asked by itself: every line goes through most of them. */
const TEXT_CLAIMS: readonly Parser['recognise'][] = TEXT_PARSERS.map(({ recognise }) => recognise)

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
  for (let index = 0; index < TEXT_CLAIMS.length; index++) {
    const claims = TEXT_CLAIMS[index]!
    if (claims(input, context)) return TEXT_PARSERS[index]!
  }
  return PARSERS.syslog.recognise(input, context) ? PARSERS.syslog : PARSERS.text
}

/** 1 for parsers that must be asked about any JSON. */
const ALWAYS_ASKED = Uint8Array.from(SPECIFIC, ({ keys }) => (keys === undefined ? 1 : 0))
/** By number in `SPECIFIC`, those that may read JSON. */
const JSON_PARSERS = Int32Array.from(
  SPECIFIC.flatMap(({ keys }, index) => (keys?.length === 0 ? [] : [index])),
)
// Reused for every event: this runs for all JSON that nobody names.
const asked = new Uint8Array(SPECIFIC.length)

function recogniseJson(input: ParserInput, json: Fields, context: ParseContext): Parser {
  const { mappings } = context
  asked.set(ALWAYS_ASKED)
  for (const key in json) {
    const found = BY_KEY.get(key)
    if (found !== undefined) for (const index of found) asked[index] = 1
  }
  for (let i = 0; i < JSON_PARSERS.length; i++) {
    const index = JSON_PARSERS[i]!
    // A table of a content repository may ask for other keys.
    if (asked[index] === 0 && (mappings === undefined || !mappings.has(SPECIFIC[index]!.name)))
      continue
    const parser = SPECIFIC[index]!
    if (parser.recognise(input, context)) return parser
  }
  return PARSERS.json
}

/** Whether a parser other than the generic ones may claim JSON with these names at its top. */
export function mayBeClaimed(names: readonly string[]): boolean {
  return JSON_PARSERS.some((index) => ALWAYS_ASKED[index] === 1) || names.some((n) => BY_KEY.has(n))
}
