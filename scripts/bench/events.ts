// Generic JSON events of 640 bytes for the ingest and search benchmarks: 2,000 hosts, 5,000 users, command
// lines that differ from event to event, a word that is in nearly every event and one that is rare. The
// service is declared, so rules of other services stay away; windows, process_creation and the like run. The
// same number gives the same event, so two processes make the same data without talking.

/** Length of a line with its newline, bytes. All ASCII. */
export const EVENT_BYTES = 640
export const HOSTS = 2_000
export const USERS = 5_000
/** One event in this many holds `RARE_WORD`. */
export const RARE_EVERY = 1_000_000
export const RARE_WORD = 'xyzzyrareword'
/** One event in four holds it. */
export const COMMON_WORD = 'powershell'

const IMAGES = [
  'C:\\\\Windows\\\\System32\\\\spoolsv.exe',
  'C:\\\\Windows\\\\System32\\\\dllhost.exe',
  'C:\\\\Program Files\\\\Contoso\\\\Inventory\\\\bin\\\\inventory-agent.exe',
  'C:\\\\Program Files\\\\Google\\\\Chrome\\\\Application\\\\chrome.exe',
  'C:\\\\Windows\\\\explorer.exe',
  'C:\\\\Windows\\\\System32\\\\conhost.exe',
  'C:\\\\Program Files\\\\Microsoft Office\\\\root\\\\Office16\\\\OUTLOOK.EXE',
  'C:\\\\Windows\\\\System32\\\\taskhostw.exe',
] as const
const PARENTS = [
  'services.exe',
  'explorer.exe',
  'cmd.exe',
  'wininit.exe',
  'userinit.exe',
  'svchost.exe',
  'msiexec.exe',
  'ccmexec.exe',
] as const
const ARGUMENTS = [
  '-k netsvcs -p -s Schedule',
  '/c copy report.xlsx backup',
  '-NoProfile -File C:\\\\ops\\\\inventory.ps1',
  '--type=renderer --lang=en-US --renderer-client-id=',
  '/profile,{5b1f0a7c-6936-4c06-a8bb-676a7b00b24b} -Embedding',
  '0xffffffff -ForceV1',
  '/recycle /restart',
  'install agent --quiet --log C:\\\\temp\\\\agent',
] as const
const ACTIONS = ['allowed', 'blocked', 'created', 'closed', 'started'] as const
const LEVELS = ['informational', 'informational', 'informational', 'low', 'medium', 'high'] as const

/** A well-mixed 32-bit number for event `n` and use `salt`. */
function mix(n: number, salt: number): number {
  let x = (n ^ Math.imul(salt, 0x9e3779b1)) | 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** One event in this many is a command that rules know. */
const SUSPICIOUS_EVERY = 25_000
const WHOAMI = 'C:\\\\Windows\\\\System32\\\\whoami.exe'

const hex = (x: number) => x.toString(16).padStart(8, '0')
const PADDING =
  'reported by the endpoint sensor, policy baseline 7, no operator action was needed; '.repeat(8)

/** Event `n` as one NDJSON line, newline included; `time` in milliseconds. */
export function eventLine(n: number, time: number): string {
  const a = mix(n, 1)
  const b = mix(n, 2)
  const c = mix(n, 3)
  const isSuspicious = n % SUSPICIOUS_EVERY === 7
  const image = isSuspicious ? WHOAMI : IMAGES[c % 8]
  const options = isSuspicious ? '/priv' : `${ARGUMENTS[(c >>> 3) % 8]}${hex(b)}`
  const rare = n % RARE_EVERY === RARE_EVERY >> 1 ? `${RARE_WORD} ` : ''
  const common = c % 4 === 0 ? `${COMMON_WORD} ` : ''
  const head = `{"timestamp":"${new Date(time).toISOString()}","source":"bench","service":"sensor","host":"ws-${a % HOSTS}","user":"user${b % USERS}","src_ip":"10.${(a >>> 8) & 255}.${(a >>> 16) & 255}.${b & 255}","dst_ip":"192.0.2.${c & 255}","src_port":${1024 + (b % 64_000)},"dst_port":${(c & 3) === 0 ? 443 : 8080},"action":"${ACTIONS[b % 5]}","severity":"${LEVELS[a % 6]}","process_id":${a % 65_536},"Image":"${image}","CommandLine":"${image} ${options}","parent":"${PARENTS[a % 8]}","session":"${hex(a)}-${hex(b)}","hash":"${hex(a)}${hex(b)}${hex(c)}${hex(mix(n, 4))}","message":"${rare}${common}process ${a % 65_536} of user${b % USERS} on ws-${a % HOSTS}","note":"`
  return `${head}${PADDING.slice(0, EVENT_BYTES - head.length - 3)}"}\n`
}

/** Events `first` to `first + count` as one body, all at `time`. */
export function eventBody(first: number, count: number, time: number): string {
  let body = ''
  for (let n = first; n < first + count; n++) body += eventLine(n, time)
  return body
}
