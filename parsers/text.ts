// Any other line: kept whole as the message, so that keywords and searches see it.
import type { WritableFields, WritablePivots } from './device/event.ts'
import type { Parsed, Parser } from './event.ts'
import { OPEN_LOGSOURCE } from './logsource.ts'
import { addContent } from './syslog/content.ts'
import { timeAt } from './time.ts'

/** A time in brackets counts too: `[2026-07-28 11:45:48] text`. */
const OPENING_BRACKET = 0x5b

export const text: Parser = {
  name: 'text',
  title: 'Text without a known format',
  aliases: ['plain'],
  recognise: () => true,
  parse(input, context): Parsed {
    const start = input.text.charCodeAt(0) === OPENING_BRACKET ? 1 : 0
    const fields: WritableFields = {}
    const pivots: WritablePivots = {}
    const said = addContent({ form: 'stripped', message: input.text }, fields, pivots, context)
    const time = timeAt(input.text, start, context)?.time ?? said
    return {
      ...(time === undefined ? {} : { time }),
      logsource: OPEN_LOGSOURCE,
      pivots,
      message: input.text,
      fields,
    }
  },
}
