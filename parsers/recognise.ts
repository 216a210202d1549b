// Which parser reads an input when nobody says. Strict parsers come first; what none of them claims stays
// generic: JSON, syslog or text.
import type { ParseContext, Parser, ParserInput } from './event.ts'
import { declaresLogSource } from './logsource.ts'
import { PARSERS } from './table.ts'

const GENERIC: ReadonlySet<Parser> = new Set([PARSERS.json, PARSERS.syslog, PARSERS.text])
const SPECIFIC: readonly Parser[] = Object.values<Parser>(PARSERS).filter((p) => !GENERIC.has(p))

/** The parser for an input; `text` where nothing fits. JSON that declares a log source stays generic. */
export function recognise(input: ParserInput, context: ParseContext): Parser {
  const { json } = input
  if (json !== undefined && declaresLogSource(json)) return PARSERS.json
  for (const parser of SPECIFIC) if (parser.recognise(input, context)) return parser
  if (json !== undefined) return PARSERS.json
  return PARSERS.syslog.recognise(input, context) ? PARSERS.syslog : PARSERS.text
}
