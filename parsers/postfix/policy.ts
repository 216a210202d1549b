// Policy services of Postfix: postgrey's greylisting and policyd-spf's verdicts.
import { put, type Reading, type WritableFields, type WritablePivots } from '../device/event.ts'
import { closedLogSource } from '../logsource.ts'
import { ipOf } from '../values.ts'

const LOGSOURCE = closedLogSource('linux', ['email'], ['postfix', 'mail', 'syslog'])

/** Programs whose lines are read here. */
export const POLICIES: ReadonlySet<string> = new Set(['postgrey', 'policyd-spf'])

const TEXT_UNITS_MAX = 4096
/** `action=greylist, reason=new, client_name=mx.example, client_address=192.0.2.1/32, sender=a@b, recipient=c@d`. */
const GREY =
  /^(?:[0-9A-Za-z]{6,20}: )?action=(\w{1,16}), (?:reason=([^,]{1,128}), )?(?:delay=\d{1,9}, )?client_name=([^,]{1,255}), client_address=([0-9A-Fa-f:.]{2,45})(?:\/\d{1,3})?(?:, sender=([^,]{0,320}))?(?:, recipient=([^,]{1,320}))?/
/** `prepend Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=192.0.2.1; helo=h; envelope-from=a@b;`. */
const SPF =
  /Received-SPF: (\w{1,16}) .{0,512}?client-ip=([0-9A-Fa-f:.]{2,45}); helo=([^;\s]{1,255}); envelope-from=([^;\s]{1,320}); receiver=([^;\s]{1,320})/

/** `Pass; identity=mailfrom; client-ip=192.0.2.1; helo=h; envelope-from=a@b; receiver=c@d`. */
const VERDICT =
  /^(\w{1,16}); identity=\w{1,16}; client-ip=([0-9A-Fa-f:.]{2,45}); helo=([^;\s]{1,255})(?:; envelope-from=([^;\s]{0,320}))?(?:; receiver=([^;\s]{1,320}))?/

/** The reading of a policy service's line; undefined where it is none. */
export function readPolicy(program: string | undefined, text: string): Reading | undefined {
  const start = text.slice(0, TEXT_UNITS_MAX)
  const grey = start.includes('action=') ? GREY.exec(start) : null
  if (grey !== null) return greylisted(grey, text)
  const spf = start.includes('Received-SPF: ')
    ? SPF.exec(start)
    : start.includes('; identity=')
      ? VERDICT.exec(start)
      : null
  if (spf !== null) return checked(spf, text)
  if (program === undefined || !POLICIES.has(program)) return undefined
  return { logsource: LOGSOURCE, message: text, fields: { component: program }, pivots: {} }
}

function greylisted(match: RegExpExecArray, message: string): Reading {
  const [, action = '', reason, host, address, sender, recipient] = match
  const fields: WritableFields = { component: 'postgrey', action }
  const pivots: WritablePivots = { action, outcome: action === 'pass' ? 'success' : 'failure' }
  put(fields, 'reason', reason)
  put(fields, 'src_host', host)
  addMail(fields, pivots, address, sender, recipient)
  return { logsource: LOGSOURCE, message, fields, pivots }
}

function checked(match: RegExpExecArray, message: string): Reading {
  const [whole, result = '', address, helo, sender, recipient] = match
  const fields: WritableFields = { component: 'policyd-spf', spf: result }
  const isRejected =
    /\b(?:Reject|reject|550) /.test(message.slice(0, match.index)) ||
    message.includes('Reject action', match.index + whole.length)
  const pivots: WritablePivots = {
    action: isRejected ? 'reject' : 'spf',
    outcome: isRejected || /^(?:Soft)?fail$/i.test(result) ? 'failure' : 'success',
  }
  put(fields, 'helo', helo)
  addMail(fields, pivots, address, sender, recipient)
  return { logsource: LOGSOURCE, message, fields, pivots }
}

function addMail(
  fields: WritableFields,
  pivots: WritablePivots,
  address: string | undefined,
  sender: string | undefined,
  recipient: string | undefined,
): void {
  if (address !== undefined && ipOf(address) !== undefined) put(fields, 'src_ip', address)
  put(fields, 'from', sender)
  put(fields, 'to', recipient === '<UNKNOWN>' ? undefined : recipient)
  if (typeof fields.from === 'string') pivots.user = fields.from
}
