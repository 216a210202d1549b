// Who logged in or failed to, and from where, in the words of devices that have no parser of their own.
import { ipOf } from '../values.ts'
import { BLOCK, CONNECT, LOGIN_UNITS_MAX, LOGIN as LOGIN_WORD, TELLING } from './signs.ts'

/** What a message says of a login. */
export interface Login {
  readonly user?: string
  readonly ip?: string
  readonly outcome?: 'success' | 'failure'
}

const LOGIN = /\blog(?:ged|ging)?[ -]?(?:in|on|out|off)\b|\bauthenticat|\bpassword\b|LOGIN|_AUTH/i
/** Connections name who connects. */
const CONNECTED = /\bconnect(?:ed|ion)\b/i
/** `User 'anna'`: a name whatever the message is about. */
const SURE_USER = /\b[Uu]ser(?:name)? ["']([^"'\s]{1,64})["']/
const FROM =
  /\b(?:from|at)(?: (?:host|address|ip|ip address|remote address|client))?:? ["'([]?([\da-f:.]{3,45})/i
/** `- Remote_ip 192.0.2.9 -`. */
const LABELLED = /\b(?:remote|client|source)[_ ]?ip[ :=]+["']?([\da-f:.]{3,45})/i
const QUOTED_USER =
  /\b(?:user(?:name)?|account|administrator|for|admin)[ :=]+["']([^"'\s]{1,64})["']/i
/** Looked ahead: in `account user anna` the second word is no name, the third is. */
const USER = /\b(?:user(?:name)?|account)[ :=]+(?=([\w.@\\$+-]{1,64}))/gi
/** Words behind `user` that are no name. */
const NO_NAMES: ReadonlySet<string> = new Set([
  ...['login', 'logon', 'logged', 'logging', 'log', 'logout', 'authentication', 'authenticated'],
  ...['session', 'account', 'name', 'is', 'has', 'was', 'from', 'for', 'on', 'in', 'not', 'failed'],
  ...['password', 'with', 'and', 'or', 'at', 'via', 'by', 'to', 'the', 'id', 'unknown', 'locked'],
  ...['access', 'does', 'database', 'role', 'group', 'agent', 'had', 'successfully', 'failure'],
  ...['lockout', 'attempt', 'management', 'auth', 'mode', 'accounts', 'user', 'interface'],
])
const FAILED =
  /\b(?:fail(?:ed|ure|s)?|invalid|incorrect|denied|rejected|refused|unsuccessful|wrong)\b|FAIL/i
const SUCCEEDED =
  /\b(?:success(?:ful(?:ly)?)?|succeeded|accepted|logged (?:in|on)|authenticated|passed)\b/i

/** What a message with these signs says of a login; undefined where it is about none, or names neither user nor address. */
export function loginIn(message: string, signs: number): Login | undefined {
  if ((signs & TELLING) === 0) return undefined
  const text = startOf(message)
  const isLogin = (signs & LOGIN_WORD) !== 0 && LOGIN.test(text)
  if (!isLogin && !((signs & CONNECT) !== 0 && CONNECTED.test(text))) {
    const named = SURE_USER.exec(text)?.[1]
    return named === undefined || ipOf(named) !== undefined ? undefined : { user: named }
  }
  const user = isLogin ? userIn(text) : SURE_USER.exec(text)?.[1]
  const from = (FROM.exec(text) ?? LABELLED.exec(text))?.[1]
  const ip = from === undefined ? undefined : ipOf(from.replace(/[.:]+$/, ''))
  if (user === undefined && ip === undefined) return undefined
  const outcome = !isLogin
    ? undefined
    : FAILED.test(text)
      ? 'failure'
      : SUCCEEDED.test(text)
        ? 'success'
        : undefined
  return {
    ...(user === undefined ? {} : { user }),
    ...(ip === undefined ? {} : { ip }),
    ...(outcome === undefined ? {} : { outcome }),
  }
}

function userIn(text: string): string | undefined {
  const quoted = QUOTED_USER.exec(text)?.[1]
  if (quoted !== undefined && ipOf(quoted) === undefined) return quoted
  USER.lastIndex = 0
  for (let match = USER.exec(text); match !== null; match = USER.exec(text)) {
    const name = match[1]!.replace(/\.+$/, '')
    if (name !== '' && !NO_NAMES.has(name.toLowerCase())) return name
  }
  return undefined
}

/** `Blocking "192.0.2.9/32" for 120 secs`, `Ban 192.0.2.9`. */
const BLOCKED =
  /\b(?:block(?:ed|ing)?|ban(?:ned|ning)?|attack from)\b:?(?: (?:host|address|ip))? ["'(]?([\da-f][\da-f.:]{2,44})/i

/** The address that a message with these signs says to be blocked; undefined where it says so of none. */
export function blockedIn(message: string, signs: number): string | undefined {
  if ((signs & BLOCK) === 0) return undefined
  const found = BLOCKED.exec(startOf(message))?.[1]
  return found === undefined ? undefined : ipOf(found.replace(/[.:]+$/, ''))
}

function startOf(message: string): string {
  return message.length > LOGIN_UNITS_MAX ? message.slice(0, LOGIN_UNITS_MAX) : message
}
