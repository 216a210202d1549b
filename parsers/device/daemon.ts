// Lines of a program on a host: behind a syslog header, behind `program[pid]: ` alone, or bare.
import type { ParseContext, ParserInput } from '../event.ts'
import { type SyslogLine, splitSyslog } from '../syslog-header.ts'

/** A program's own text and the header in front of it. */
export interface DaemonLine {
  readonly header?: SyslogLine
  /** Name without path and wrapping: `squid` of `(squid-1)`, `smtpd` of `postfix/smtpd` stays whole. */
  readonly program?: string
  readonly text: string
}

let lastHeader: SyslogLine | undefined
let lastLine: DaemonLine = { text: '' }

/** Splits a line; a header without a program leaves its message as the text. A dozen parsers ask for the same line
 * one after the other, so the last answer is kept. */
export function daemonLine(input: ParserInput, context: ParseContext): DaemonLine {
  const header = splitSyslog(input.text, context)
  if (header === undefined) return { text: input.text }
  if (header !== lastHeader) {
    lastHeader = header
    lastLine = lineOf(header)
  }
  return lastLine
}

function lineOf(header: SyslogLine): DaemonLine {
  return header.program === undefined
    ? { header, text: header.message }
    : { header, program: bareProgram(header.program), text: header.message }
}

function bareProgram(name: string): string {
  const first = name.charCodeAt(0)
  if (first === 0x28) return name.slice(1, name.endsWith(')') ? -1 : undefined)
  if (first !== 0x2f) return name
  return name.slice(name.lastIndexOf('/') + 1)
}
