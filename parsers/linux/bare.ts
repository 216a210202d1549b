// A message whose header a collector has taken off, its time and perhaps its program's name included: which program
// writes such a message.
import type { SyslogLine } from '../syslog-header.ts'
import { PROGRAMS } from './messages.ts'
import { pamService } from './pam.ts'

/** Programs whose messages tell themselves apart from those of the others, likeliest first. */
const TELLING = ['sshd', 'su', 'CRON', 'systemd-logind', 'login', 'useradd', 'dropbear']
const MESSAGES = TELLING.flatMap((name) =>
  (PROGRAMS.get(name)?.messages ?? []).map((known) => ({ name, known })),
)
/** By action: which of the account tools it is. */
const ACCOUNT_TOOLS: Readonly<Record<string, string>> = {
  user_added: 'useradd',
  user_deleted: 'userdel',
  user_changed: 'usermod',
  user_locked: 'passwd',
  user_unlocked: 'passwd',
  password_changed: 'passwd',
  group_added: 'groupadd',
  group_deleted: 'groupdel',
  group_changed: 'groupmod',
  group_member_added: 'gpasswd',
  group_member_removed: 'gpasswd',
}
const SUDO = /^\s*[^\s:]{1,128} : .{0,1024}\bCOMMAND=/
/** What is left of a header: `host program[7]: `, `program: `. */
const TAG = /^(?:([\w.-]{1,255}) )?([\w./@-]{1,64})(?:\[(\d{1,10})\])?: /
/** A tag ends within this, UTF-16 units. */
const TAG_UNITS = 384

/** The line of such a message; undefined where no program is known to write it. */
export function bareLine(text: string): SyslogLine | undefined {
  const message = text.trim()
  const tagged = taggedLine(message)
  if (tagged !== undefined) return tagged
  const program = programOfMessage(message)
  return program === undefined ? undefined : { form: 'stripped', program, message }
}

const SURE =
  /^\s{0,8}(?:(?:Accepted|Failed|Postponed|Partial) [\w/-]{1,32} for |(?:error: )?maximum authentication attempts exceeded for |Invalid user |(?:Received disconnect|Disconnected) from |Connection (?:closed|reset) by |User .{1,64} not allowed because |pam_\w{1,32}\(|[\w.-]{1,64} : .{0,512}\bCOMMAND=|(?:[\w.-]{1,255} )?(?:sshd|sshd-session|sudo|su|CRON)\[\d{1,10}\]: |sudo: )/

/** Whether such a message can be nothing else. */
export function isSureBare(text: string): boolean {
  return SURE.test(text) && bareLine(text) !== undefined
}

/** The line of a known program whose name is still there. */
function taggedLine(text: string): SyslogLine | undefined {
  const found = TAG.exec(text.slice(0, TAG_UNITS))
  if (found === null) return undefined
  const [head, host, path = '', pid] = found
  const program = path.slice(path.lastIndexOf('/') + 1)
  if (!PROGRAMS.has(program)) return undefined
  return {
    form: 'stripped',
    program,
    message: text.slice(head.length),
    ...(host === undefined ? {} : { host }),
    ...(pid === undefined ? {} : { pid }),
  }
}

function programOfMessage(message: string): string | undefined {
  const service = pamService(message)
  if (service !== undefined) return service
  if (SUDO.test(message)) return 'sudo'
  const first = message.charCodeAt(0)
  for (const { name, known } of MESSAGES) {
    if (known.first !== first && !Number.isNaN(known.first)) continue
    if (known.fit(message) === undefined) continue
    return name === 'useradd' ? (ACCOUNT_TOOLS[known.action] ?? name) : name
  }
  return undefined
}
