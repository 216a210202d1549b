// Base64 of gzip, in which CloudWatch hands log events to streams and functions:
// `{"awslogs":{"data":"H4sI..."}}`, `{"kinesis":{"data":...}}`, `{"recordId":"1","data":...}`, `{"data":...}`.
import { gunzipSync } from 'node:zlib'
import type { FieldValue } from '../sigma/event.ts'
import { isFields, JsonError, parseJsonText } from './json-text.ts'

/** Longest text that one such value may become, bytes: what is longer stays packed. */
export const UNPACKED_BYTES_MAX = 16 * 1024 * 1024

/** Where a document holds such a text, and how the text begins. */
export const PACKED_PATHS: ReadonlySet<string> = new Set([
  ...['data', 'Data', 'awslogs.data', 'kinesis.data', 'message.data'],
])
export const GZIP_START = 'H4sI'

/** How gzip begins in Base64, in a JSON string. */
const GZIP_MARK = `"${GZIP_START}`
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/** Whether a document may hold such a text: told at once for most. */
export function mayBePacked(document: string): boolean {
  return document.includes(GZIP_MARK)
}

/** The text in a document that only holds one packed; undefined for any other, and where it is damaged or
 * becomes too long. */
export function packedText(document: string): string | undefined {
  if (!mayBePacked(document)) return undefined
  const json = parseJsonText(document)
  if (json instanceof JsonError || !isFields(json)) return undefined
  const { awslogs, data, Data, kinesis, message } = json
  const value = memberOf(awslogs) ?? memberOf(kinesis) ?? memberOf(message) ?? data ?? Data
  return typeof value === 'string' ? unpacked(value) : undefined
}

function memberOf(value: FieldValue | undefined): FieldValue | undefined {
  return isFields(value) ? value.data : undefined
}

function unpacked(text: string): string | undefined {
  if (!text.startsWith(GZIP_START) || !BASE64.test(text)) return undefined
  const options = { maxOutputLength: UNPACKED_BYTES_MAX }
  let bytes: Uint8Array
  try {
    bytes = gunzipSync(Buffer.from(text, 'base64'), options)
  } catch (error) {
    // Damaged, or more than the limit: the event stays as it came.
    if (error instanceof Error) return undefined
    throw error
  }
  const plain = new TextDecoder().decode(bytes)
  return plain === '' || plain.includes('\uFFFD') ? undefined : plain
}
