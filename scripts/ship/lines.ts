// Bytes of a log to the body of an ingest request.

const decoder = new TextDecoder()

/** Lines of a log. Blank ones are left out. */
export function toEvents(bytes: Uint8Array, label: string | undefined): string {
  const text = decoder.decode(bytes)
  if (label === undefined) return text.trim() === '' ? '' : text
  return toBody(
    text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)),
    label,
  )
}

/** One event a line; where there is a label, or a line break within one, each in an envelope. */
export function toBody(lines: readonly string[], label: string | undefined): string {
  const source = label === undefined ? {} : { source: label }
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) =>
      label !== undefined || line.includes('\n')
        ? JSON.stringify({ ...source, message: line })
        : line,
    )
    .join('\n')
}
