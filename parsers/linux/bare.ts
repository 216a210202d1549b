// A message whose whole header a collector has taken off, its program's name included: which program writes
// such a message.
import type { SyslogLine } from '../syslog-header.ts'
import { PROGRAMS } from './messages.ts'

/** Programs whose messages tell themselves apart from those of the others, likeliest first. */
const TELLING = ['sshd', 'su', 'CRON', 'systemd-logind', 'login', 'useradd', 'dropbear']
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
const PAM = /^pam_\w{1,32}\(([^\s:()]{1,64})[^()]{0,64}\): /

/** The line of such a message; undefined where no program is known to write it. */
export function bareLine(text: string): SyslogLine | undefined {
  const message = text.trimEnd()
  const program = programOfMessage(message)
  return program === undefined ? undefined : { form: 'stripped', program, message }
}

function programOfMessage(message: string): string | undefined {
  const service = PAM.exec(message)?.[1]
  if (service !== undefined) return service
  if (SUDO.test(message)) return 'sudo'
  for (const name of TELLING) {
    const known = PROGRAMS.get(name)?.messages.find(({ fit }) => fit(message) !== undefined)
    if (known === undefined) continue
    return name === 'useradd' ? (ACCOUNT_TOOLS[known.action] ?? name) : name
  }
  return undefined
}
