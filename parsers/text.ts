// Any other line: kept whole as the message, so that keywords and searches see it.
import type { Parsed, Parser } from './event.ts'
import { OPEN_LOGSOURCE } from './logsource.ts'
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
    const found = timeAt(input.text, start, context)
    return {
      ...(found === undefined ? {} : { time: found.time }),
      logsource: OPEN_LOGSOURCE,
      pivots: {},
      message: input.text,
      fields: {},
    }
  },
}
