// Formats whose files say at their start which columns their lines have: Zeek's TSV, W3C extended logs (IIS)
// and AWS VPC flow logs. Whoever reads a file or a request's lines in order keeps the columns and hands
// them to the parser; the lines that name them are no events.

/** What the lines above a line say about it. */
export interface Columns {
  readonly format: 'zeek' | 'w3c' | 'vpcflow'
  readonly names: readonly string[]
  /** Zeek's types by column (`addr`, `set[string]`). */
  readonly types?: readonly string[]
  readonly separator: string
  /** Zeek's separator inside sets and vectors. */
  readonly setSeparator: string
  /** Texts that stand for no value. */
  readonly unset: string
  readonly empty: string
  /** Which log it is: Zeek's `#path`. */
  readonly path?: string
  /** Day of lines that hold a clock time only: W3C's `#Date`. */
  readonly date?: string
}

const ZEEK: Columns = {
  format: 'zeek',
  names: [],
  separator: '\t',
  setSeparator: ',',
  unset: '-',
  empty: '(empty)',
}
const W3C: Columns = { ...ZEEK, format: 'w3c', separator: ' ', empty: '' }
const VPC_FLOW: Columns = { ...W3C, format: 'vpcflow' }

const ZEEK_LINE =
  /^#(separator|set_separator|empty_field|unset_field|path|open|close|fields|types)(?=[^a-z_]|$)/
const W3C_LINE =
  /^#(Fields|Date|Software|Version|Remark|Start-Date|End-Date|GMT-Offset|Time Format|SMTP):/i

/** Columns of VPC flow logs of which a header line has at least these many. */
const VPC_FLOW_NAMES_MIN = 4
const VPC_FLOW_NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const VPC_FLOW_TELLING = ['srcaddr', 'dstaddr', 'log-status', 'interface-id', 'pkt-srcaddr']
/** Longest line that is looked at as a header, UTF-16 units. */
const HEADER_UNITS_MAX = 16_384

/** Whether a line only describes the lines below it. */
export function isHeaderLine(text: string): boolean {
  if (text.length > HEADER_UNITS_MAX) return false
  if (text.charCodeAt(0) === 0x23) return ZEEK_LINE.test(text) || W3C_LINE.test(text)
  return isVpcFlowHeader(text)
}

/** The columns below a line: what it says where it is a header line, else `columns` as they are. */
export function columnsAfter(columns: Columns | undefined, text: string): Columns | undefined {
  if (!isHeaderLine(text)) return columns
  if (text.charCodeAt(0) !== 0x23) return { ...VPC_FLOW, names: text.trim().split(/ +/) }
  const zeek = ZEEK_LINE.exec(text)
  if (zeek !== null) return afterZeek(columns, zeek[1]!, text)
  const colon = text.indexOf(':')
  const name = text.slice(1, colon).toLowerCase()
  const value = text.slice(colon + 1).trim()
  const own = columns?.format === 'w3c' ? columns : W3C
  if (name === 'fields') return { ...own, names: value.split(/[ \t]+/) }
  return name === 'date' ? { ...own, date: value } : own
}

function afterZeek(columns: Columns | undefined, directive: string, text: string): Columns {
  // A file begins with its separator: what was known belongs to another file.
  if (directive === 'separator') return { ...ZEEK, separator: unescaped(text.slice(11).trim()) }
  const own = columns?.format === 'zeek' ? columns : ZEEK
  const [, ...values] = text.split(own.separator)
  const value = values[0] ?? ''
  switch (directive) {
    case 'set_separator':
      return { ...own, setSeparator: value }
    case 'empty_field':
      return { ...own, empty: value }
    case 'unset_field':
      return { ...own, unset: value }
    case 'path':
      return { ...own, path: value }
    case 'fields':
      return { ...own, names: values }
    case 'types':
      return { ...own, types: values }
    default:
      return own
  }
}

/** `\x09` is a tabulator. */
function unescaped(text: string): string {
  return text.replace(/\\x([0-9a-fA-F]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

function isVpcFlowHeader(text: string): boolean {
  if (!VPC_FLOW_TELLING.some((name) => text.includes(name))) return false
  const names = text.trim().split(/ +/)
  if (names.length < VPC_FLOW_NAMES_MIN || !names.every((name) => VPC_FLOW_NAME.test(name))) {
    return false
  }
  return VPC_FLOW_TELLING.some((name) => names.includes(name))
}
