// Every setting of the server in one table: variable, type, default, help. `trapline config` prints it, the
// docs are made from it, and `loadSettings` validates the environment against it once, at start.
import { resolve } from 'node:path'
import { z } from 'zod'
import { checkGitHub, REMOTE_SETTINGS } from './config-remote.ts'
import {
  isNetwork,
  key,
  list,
  listen,
  optionalText,
  type Problem,
  type Setting,
  whole,
  yesNo,
  zone,
} from './config-schemas.ts'

export type { Listen, Problem } from './config-schemas.ts'

/** The table. A new setting is one entry here; nothing else reads the environment. */
export const SETTINGS = {
  data: {
    variable: 'TRAPLINE_DATA',
    type: 'folder',
    default: './data',
    help: 'Data folder: events, index, state, key file. One server at a time.',
    schema: z.string().transform((path) => resolve(path)),
  },
  host: {
    variable: 'TRAPLINE_HOST',
    type: 'address',
    default: '127.0.0.1',
    help: 'Address to serve on; 0.0.0.0 or :: for every interface.',
    schema: z.string().regex(/^[^\s/]+$/, 'must be an address or a host name'),
  },
  port: {
    variable: 'TRAPLINE_PORT',
    type: 'port',
    default: '8181',
    help: 'Port to serve on; 0 takes a free one.',
    schema: whole(0, 65_535),
  },
  rules: {
    variable: 'TRAPLINE_RULES',
    type: 'folders, separated by ":"',
    default: '',
    help: 'Sigma rule folders beside detections/, a read-only overlay.',
    schema: list(':').transform((folders) => folders.map((folder) => resolve(folder))),
  },
  lateness_s: {
    variable: 'TRAPLINE_LATENESS_S',
    type: 'seconds',
    default: '300',
    help: 'How far an event may lie behind the newest of its source and still be correlated.',
    schema: whole(0, 86_400),
  },
  ...REMOTE_SETTINGS,
  bootstrapPassword: {
    variable: 'TRAPLINE_BOOTSTRAP_PASSWORD',
    type: 'text',
    default: '',
    help: 'Password of the first user "admin" at first start; without it one is printed once.',
    secret: true,
    schema: optionalText,
  },
  bootstrapApiKey: {
    variable: 'TRAPLINE_BOOTSTRAP_API_KEY',
    type: 'text',
    default: '',
    help: 'An API key of the first user, made at first start.',
    secret: true,
    schema: optionalText,
  },
  syslogUdp: {
    variable: 'TRAPLINE_SYSLOG_UDP',
    type: 'host:port',
    default: '',
    help: 'Syslog over UDP, off when empty; for example 0.0.0.0:5140.',
    schema: listen,
  },
  syslogTcp: {
    variable: 'TRAPLINE_SYSLOG_TCP',
    type: 'host:port',
    default: '',
    help: 'Syslog over TCP, octet-counted or one message a line, off when empty.',
    schema: listen,
  },
  syslogTls: {
    variable: 'TRAPLINE_SYSLOG_TLS',
    type: 'host:port',
    default: '',
    help: 'Syslog over TLS with TRAPLINE_TLS_CERT and _KEY, off when empty.',
    schema: listen,
  },
  tlsCert: {
    variable: 'TRAPLINE_TLS_CERT',
    type: 'PEM file',
    default: '',
    help: 'Certificate chain; with TRAPLINE_TLS_KEY the server speaks HTTPS.',
    schema: optionalText,
  },
  tlsKey: {
    variable: 'TRAPLINE_TLS_KEY',
    type: 'PEM file',
    default: '',
    help: 'Private key of the certificate.',
    schema: optionalText,
  },
  diskMinFree_mib: {
    variable: 'TRAPLINE_DISK_MIN_FREE_MIB',
    type: 'MiB',
    default: '1024',
    help: 'Below this much free disk, ingest answers 503 before it writes.',
    schema: whole(0, 1_048_576),
  },
  retention_days: {
    variable: 'TRAPLINE_RETENTION_DAYS',
    type: 'days',
    default: '30',
    help: 'Events older than this are deleted, a whole day at a time.',
    schema: whole(1, 3_650),
  },
  timeZone: {
    variable: 'TRAPLINE_TIME_ZONE',
    type: 'IANA zone',
    default: 'UTC',
    help: 'Zone of log times that carry none.',
    schema: zone,
  },
  trustedProxies: {
    variable: 'TRAPLINE_TRUSTED_PROXIES',
    type: 'addresses or networks, separated by ","',
    default: '',
    help: 'Only from these is X-Forwarded-For believed.',
    schema: list(',').refine((all) => all.every(isNetwork), 'must be addresses or CIDR networks'),
  },
  trustedHosts: {
    variable: 'TRAPLINE_TRUSTED_HOSTS',
    type: 'host names, separated by ","',
    default: '',
    help: 'Host headers that are answered, beside loopback and the served address; "*" for all.',
    schema: list(',').transform((names) => names.map((name) => name.toLowerCase())),
  },
  ownDomains: {
    variable: 'TRAPLINE_OWN_DOMAINS',
    type: 'domains, separated by ","',
    default: '',
    help: 'DNS domains of the organisation: no test that leaves the server names them or what is below them.',
    schema: list(',').pipe(z.array(z.string().regex(/^[\w-]+(\.[\w-]+)+$/, 'must be domains'))),
  },
  allowRegister: {
    variable: 'TRAPLINE_ALLOW_REGISTER',
    type: 'true or false',
    default: 'false',
    help: 'Whether POST /api/v1/auth/register makes viewers.',
    schema: yesNo,
  },
  key: {
    variable: 'TRAPLINE_KEY',
    type: '64 hex digits',
    default: '',
    help: 'Key for tokens and secrets at rest; without it the key file in the data folder.',
    secret: true,
    schema: key,
  },
  queryWorkers: {
    variable: 'TRAPLINE_QUERY_WORKERS',
    type: 'count',
    default: '2',
    help: 'Threads that answer searches.',
    schema: whole(1, 32),
  },
} as const satisfies Record<string, Setting<unknown>>

export type SettingName = keyof typeof SETTINGS
/** What the server runs with. Paths are absolute; empty optional settings are undefined. */
export type Settings = {
  readonly [name in SettingName]: (typeof SETTINGS)[name] extends Setting<infer T> ? T : never
}

export type Loaded =
  | { readonly settings: Settings; readonly warnings: readonly Problem[] }
  | { readonly problems: readonly Problem[] }

/** Variables of the command line's clients, not of the server. */
const CLIENT_VARIABLES = ['TRAPLINE_URL', 'TRAPLINE_API_KEY', 'TRAPLINE_SERVER']

const MIN_PASSWORD_CHARACTERS = 12

/** Settings of an environment, or every problem in it, each with its variable's name. */
export function loadSettings(env: Readonly<Record<string, string | undefined>>): Loaded {
  const problems: Problem[] = []
  const values: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const text = env[setting.variable]?.trim() || setting.default
    const parsed = setting.schema.safeParse(text)
    if (parsed.success) values[name] = parsed.data
    else {
      const shown = 'secret' in setting ? '' : `"${withoutPassword(text)}" `
      const message = `${shown}${parsed.error.issues[0]?.message ?? 'is not valid'}`
      problems.push({ variable: setting.variable, message })
    }
  }
  if (problems.length > 0) return { problems }
  const settings = values as unknown as Settings
  const conflicts = checkTogether(settings)
  return conflicts.length > 0
    ? { problems: conflicts }
    : {
        settings,
        warnings: [...unknownVariables(env), ...weakSecrets(settings), ...unsigned(settings)],
      }
}

function checkTogether(settings: Settings): Problem[] {
  const problems: Problem[] = []
  if ((settings.tlsCert === undefined) !== (settings.tlsKey === undefined)) {
    const [missing, given] =
      settings.tlsCert === undefined
        ? ['TRAPLINE_TLS_CERT', 'TRAPLINE_TLS_KEY']
        : ['TRAPLINE_TLS_KEY', 'TRAPLINE_TLS_CERT']
    problems.push({ variable: missing, message: `is needed because ${given} is set` })
  }
  if (settings.syslogTls !== undefined && settings.tlsCert === undefined) {
    problems.push({
      variable: 'TRAPLINE_SYSLOG_TLS',
      message: 'needs TRAPLINE_TLS_CERT and TRAPLINE_TLS_KEY',
    })
  }
  return [...problems, ...checkGitHub(settings)]
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): Problem[] {
  const known = new Set<string>([
    ...Object.values(SETTINGS).map((setting) => setting.variable),
    ...CLIENT_VARIABLES,
  ])
  return Object.keys(env)
    .filter((name) => name.startsWith('TRAPLINE_') && !known.has(name))
    .map((variable) => ({ variable, message: 'is no setting of Trapline, ignored' }))
}

function unsigned({ webhookUrl, webhookSecret }: Settings): Problem[] {
  if (webhookUrl === undefined || webhookSecret !== undefined) return []
  const message = 'is not set, so what is posted to TRAPLINE_WEBHOOK_URL is not signed'
  return [{ variable: 'TRAPLINE_WEBHOOK_SECRET', message }]
}

function weakSecrets(settings: Settings): Problem[] {
  const { bootstrapPassword } = settings
  if (bootstrapPassword === undefined || bootstrapPassword.length >= MIN_PASSWORD_CHARACTERS)
    return []
  return [
    {
      variable: 'TRAPLINE_BOOTSTRAP_PASSWORD',
      message: `is shorter than ${MIN_PASSWORD_CHARACTERS} characters`,
    },
  ]
}

/** An address without who signs in there. */
function withoutPassword(value: string): string {
  return value.replace(/(?<=:\/\/)[^\s/@]+@/, '********@')
}

/** The settings of an environment as rows: what `trapline config` prints. Secrets are masked. */
export function describeSettings(env: Readonly<Record<string, string | undefined>>): readonly {
  readonly variable: string
  readonly value: string
  readonly from: 'environment' | 'default'
  readonly type: string
  readonly help: string
}[] {
  return Object.values(SETTINGS).map((setting) => {
    const given = env[setting.variable]?.trim()
    const value = given || setting.default
    return {
      variable: setting.variable,
      value: 'secret' in setting && value !== '' ? '********' : withoutPassword(value),
      from: given ? 'environment' : 'default',
      type: setting.type,
      help: setting.help,
    }
  })
}
