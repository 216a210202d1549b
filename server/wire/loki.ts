// Loki's push, JSON or Protocol Buffers: streams of labels, each with lines.
import { z } from 'zod'
import { messageOf, textOf, WireError, type WireField, wireFields } from './protobuf.ts'

type Labels = Readonly<Record<string, string>>

/** Labels that name the host or what wrote the line, best first. */
const HOST_LABELS = ['host', 'hostname', 'instance', 'node_name', 'nodename', 'node']
const SOURCE_LABELS = ['source', 'service_name', 'job', 'app', 'container']

const Push = z.looseObject({
  streams: z.array(
    z.looseObject({
      stream: z.record(z.string(), z.string()).default({}),
      values: z.array(z.array(z.unknown()).min(2).max(3)),
    }),
  ),
})

/** Events of a push's JSON. Throws `WireError` where it is none. */
export function lokiJsonEvents(text: string): readonly string[] {
  const parsed = Push.safeParse(jsonOf(text))
  if (!parsed.success)
    throw new WireError('no push: {"streams":[{"stream":{},"values":[["NS","LINE"]]}]}')
  return parsed.data.streams.flatMap(({ stream, values }) =>
    values.map(([time, line, metadata]) => {
      if (typeof time !== 'string' || typeof line !== 'string') throw new WireError('no line')
      const more = z.record(z.string(), z.string()).safeParse(metadata)
      return eventText(time, line, stream, more.success ? more.data : {})
    }),
  )
}

/** Events of a push's Protocol Buffers, inflated. Throws `WireError` where it is none. */
export function lokiBinaryEvents(bytes: Uint8Array): readonly string[] {
  return wireFields(bytes)
    .filter(({ number }) => number === 1)
    .flatMap((stream) => {
      const fields = messageOf(stream)
      const text = fields.find(({ number }) => number === 1)
      const labels = text === undefined ? {} : labelsOf(textOf(text))
      return fields
        .filter(({ number }) => number === 2)
        .map((entry) => binaryEntry(messageOf(entry), labels))
    })
}

function binaryEntry(fields: readonly WireField[], labels: Labels): string {
  const field = (number: number) => fields.find((one) => one.number === number)
  const time = field(1)
  const line = field(2)
  const parts = time === undefined ? [] : messageOf(time)
  const part = (number: number) => parts.find((one) => one.number === number)?.value ?? 0n
  const metadata = fields
    .filter(({ number }) => number === 3)
    .map((pair) => messageOf(pair).map(textOf))
  return eventText(
    String(part(1) * 1_000_000_000n + part(2)),
    line === undefined ? '' : textOf(line),
    labels,
    Object.fromEntries(metadata.map(([name = '', value = '']) => [name, value])),
  )
}

/** `{job="nginx", host="web\"1"}`. */
function labelsOf(text: string): Labels {
  const found = text.matchAll(/([A-Za-z_][A-Za-z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"/g)
  return Object.fromEntries(
    [...found].map(([, name, value]) => [name!, value!.replace(/\\(.)/g, '$1')]),
  )
}

function eventText(time: string, line: string, labels: Labels, metadata: Labels): string {
  const host = HOST_LABELS.map((name) => labels[name]).find((value) => value !== undefined)
  const source = SOURCE_LABELS.map((name) => labels[name]).find((value) => value !== undefined)
  return JSON.stringify({
    message: line,
    ...(/^[1-9]\d*$/.test(time) ? { timestamp: time } : {}),
    ...(host === undefined ? {} : { host }),
    ...(source === undefined ? {} : { source }),
    fields: { ...labels, ...metadata },
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
