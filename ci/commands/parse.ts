// `trapline parse`: each event of files as Trapline normalises it.
import { parseArgs } from 'node:util'
import { isTimeZone } from '../../parsers/calendar.ts'
import type { NormalisedEvent } from '../../parsers/event.ts'
import { type Explanation, explain } from '../../parsers/explain.ts'
import { type NormaliseOptions, normalise } from '../../parsers/normalise.ts'
import { PARSER_GROUPS, PARSERS } from '../../parsers/table.ts'
import { parseTime } from '../../parsers/time.ts'
import { PIVOTS } from '../../sigma/event.ts'
import { EXIT, UsageError } from '../command.ts'
import { STDIN } from '../input/bytes.ts'
import { InputError, tellFailure } from '../input/error.ts'
import type { InputEvent } from '../input/event.ts'
import { type InputFile, listFiles } from '../input/files.ts'
import { withHeader } from '../input/header.ts'
import { type MemberEvents, readMembers } from '../input/read-events.ts'
import { bufferedOutput, type Output } from '../output.ts'
import { ownParsers } from '../own-parsers.ts'

export const summary = 'print the events of log files as they are normalised'

export const usage = `trapline parse [--source NAME] [--json] [--explain] [--tz ZONE] [--now TIME] FILE...
  --source NAME  parser to use, or a label (default: recognised for each event)
  --json         one JSON object a line: the whole event
  --explain      which parser and which step set each field
  --tz ZONE      zone of times without one (default UTC)
  --now TIME     ISO 8601; years that a format leaves out are the nearest to it (default: now)
  FILE           .evtx .ndjson .json .csv (with a header) or text, also as .gz .zst .zip .tar; a folder;
                 - is standard input
parsers: ${[...Object.keys(PARSERS), ...Object.keys(PARSER_GROUPS)].join(' ')}`

/** One event as `--json` prints it; columns that are unknown are absent. */
export function eventObject(event: NormalisedEvent, index: number): Record<string, unknown> {
  const { logsource } = event
  const pivots = PIVOTS.map((name) => [name, event.pivots[name]])
  return {
    index,
    time: new Date(event.time).toISOString(),
    source: event.source,
    product: logsource.product,
    category: logsource.category[0],
    service: logsource.service[0],
    logsources: {
      product: logsource.product,
      category: logsource.category,
      service: logsource.service,
    },
    ...Object.fromEntries(pivots),
    message: event.message,
    fields: event.fields,
    parser: event.parser,
    error: event.error,
  }
}

/** One event for people. */
function eventLine(event: NormalisedEvent): string {
  const { host, user, src_ip: address, severity } = event.pivots
  const columns = [host, user, address].filter((value) => value !== undefined)
  const head = `${new Date(event.time).toISOString()} ${event.parser} ${severity}`
  const text = event.error === undefined ? event.message || event.raw : event.error.message
  return `${head} ${columns.join(' ')} ${printable(text)}`
}

/** Text without the control characters that would move a terminal's cursor. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, 400)
}

/** Runs the command; resolves with its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      source: { type: 'string' },
      json: { type: 'boolean' },
      explain: { type: 'boolean' },
      tz: { type: 'string', default: 'UTC' },
      now: { type: 'string' },
    },
  })
  if (positionals.length === 0) throw new UsageError('no file given')
  const now = values.now === undefined ? Date.now() : parseTime(values.now, UTC_NOW)
  if (now === undefined) throw new UsageError(`--now ${values.now}: no ISO 8601 time`)
  if (!isTimeZone(values.tz)) throw new UsageError(`--tz ${values.tz}: no such time zone`)
  const parsers = await ownParsers()
  const options = { now, received: now, timeZone: values.tz, newest: END_OF_TIME, ...parsers }
  const output = bufferedOutput()
  const form = { json: values.json === true, explain: values.explain === true }
  let failed = 0
  const onNotice = (message: string) => console.error(`trapline parse: ${printable(message)}`)
  const onFailure = (error: InputError): void => {
    failed++
    onNotice(error.message)
  }
  const hearing = { onNotice, onFailure }
  for (const file of await listFiles(positionals, hearing)) {
    try {
      const one = { ...options, source: values.source }
      if (!(await printFile(file, one, form, output, hearing))) break
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      await output.flush()
      onFailure(error)
    }
  }
  await output.flush()
  return failed > 0 ? EXIT.badConfiguration : EXIT.ok
}

const UTC_NOW = { now: Date.now(), timeZone: 'UTC' }
/** Files are shown with the times they hold, however late. */
const END_OF_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

interface Form {
  readonly json: boolean
  readonly explain: boolean
}

/** `place` is set for what was found in an archive or a folder. */
function lineOf(
  input: InputEvent,
  place: string | undefined,
  options: NormaliseOptions,
  form: Form,
): string {
  const event = withInputError(normalise(input.text, options, input.json), input)
  const explanation = form.explain ? explain(input.text, event, options) : undefined
  if (form.json) {
    const object = eventObject(event, input.index)
    return JSON.stringify({ ...object, file: place, explain: explanation })
  }
  const line = eventLine(event)
  return explanation === undefined
    ? line
    : [line, ...explanationLines(event, explanation)].join('\n')
}

/** A line for each part of the event: name, value, step. */
function explanationLines(event: NormalisedEvent, explanation: Explanation): string[] {
  const { pivots, fields } = explanation
  const row = (name: string, value: unknown, step: string) =>
    `    ${name.padEnd(NAME_WIDTH)} ${printable(
      String(typeof value === 'object' ? JSON.stringify(value) : value),
    )
      .slice(0, VALUE_WIDTH)
      .padEnd(VALUE_WIDTH)}  ${step}`
  return [
    row('parser', event.parser, explanation.parser),
    row('time', new Date(event.time).toISOString(), explanation.time),
    ...PIVOTS.flatMap((name) => {
      const step = pivots[name]
      return step === undefined ? [] : [row(name, event.pivots[name], step)]
    }),
    ...Object.entries(fields).map(([name, step]) =>
      row(`fields.${name}`, event.fields[name], step),
    ),
  ]
}

const NAME_WIDTH = 32
const VALUE_WIDTH = 48

/** Prints one file; false when nobody reads the output any more. What cannot be read ends it with its name. */
async function printFile(
  file: InputFile,
  options: NormaliseOptions,
  form: Form,
  output: Output,
  hearing: Hearing,
): Promise<boolean> {
  for await (const member of readMembers(file, hearing)) {
    const place = member.isInner || file.isFound ? member.name : undefined
    const line = (input: InputEvent) => lineOf(input, place, withHeader(options, input), form)
    try {
      if (!(await printMember(member, line, output, file.path === STDIN))) return false
    } catch (error) {
      await output.flush()
      tellFailure(error, hearing.onFailure)
    }
  }
  return true
}

async function printMember(
  { events }: MemberEvents,
  line: (input: InputEvent) => string,
  output: Output,
  atOnce: boolean,
): Promise<boolean> {
  for await (const batch of events) {
    for (const input of batch) {
      output.write(`${line(input)}\n`)
      if (output.isFull && !(await output.flush())) return false
    }
    if (atOnce && !(await output.flush())) return false
  }
  return true
}

interface Hearing {
  readonly onNotice: (message: string) => void
  readonly onFailure: (error: InputError) => void
}

function withInputError(event: NormalisedEvent, input: InputEvent): NormalisedEvent {
  return input.error === undefined ? event : { ...event, error: input.error }
}
