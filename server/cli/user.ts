// `trapline user`: users and API keys of the data folder on this machine, whether or not the server runs.
import { mkdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { parseArgs } from 'node:util'
import { EXIT, UsageError } from '../../ci/command.ts'
import type { Actor } from '../stores/state/access.ts'
import { type OpenStore, openStore, stateUrl } from '../stores/state/open.ts'
import { ROLES, type Role, StateError, type User } from '../stores/state/state-store.ts'
import { localSettings } from './local-settings.ts'

export const summary = "add and change users and API keys on the server's own machine"
export const usage = `trapline user COMMAND

  add NAME --role ROLE        add a user; prints a password made for it
  list [--json]               all users
  password NAME               set a new password; ends the user's sessions
  role NAME ROLE              ${ROLES.join(', ')}
  disable NAME, enable NAME   ends sessions and tokens, refuses keys; or allows the user again
  key add NAME --name LABEL [--ingest]   an API key of the user, printed once
  key list [NAME] [--json]    keys, without their secrets
  key revoke ID

  --password-stdin            add, password: read the password from standard input

Works on TRAPLINE_DATA. A running server sees a change within half a minute.`

type Store = OpenStore['store']

interface Options {
  readonly role?: string | undefined
  readonly name?: string | undefined
  readonly ingest?: boolean | undefined
  readonly json?: boolean | undefined
  readonly 'password-stdin'?: boolean | undefined
}

type Action = (store: Store, args: readonly string[], options: Options, by: Actor) => Promise<void>

const ACTIONS: Readonly<Record<string, Action>> = {
  add: async (store, args, options, by) => {
    const name = only(args, 'add NAME --role ROLE')
    const { password, shown } = await newPassword(options)
    const user = await store.createUser({ name, password, role: roleOf(options.role) }, by)
    console.log(`added ${user.name} as ${user.role}`)
    if (shown) console.log(`password: ${password}`)
  },
  list: async (store, _args, options) => {
    const users = await store.listUsers()
    if (options.json) return console.log(JSON.stringify(users, null, 2))
    for (const user of users) {
      const state = user.disabled ? 'disabled' : 'enabled'
      console.log([user.name, user.role, state, seen(user.lastSeen)].join('\t'))
    }
  },
  password: async (store, args, options, by) => {
    const user = await find(store, only(args, 'password NAME'))
    const { password, shown } = await newPassword(options)
    await store.setPassword(user.id, password, by)
    console.log(`changed the password of ${user.name}`)
    if (shown) console.log(`password: ${password}`)
  },
  role: async (store, [name, role, ...more], _options, by) => {
    if (role === undefined || more.length > 0) throw new UsageError('role NAME ROLE')
    const user = await find(store, name)
    await store.setRole(user.id, roleOf(role), by)
    console.log(`${user.name} is ${role} now`)
  },
  disable: (store, args, _options, by) => setDisabled(store, only(args, 'disable NAME'), true, by),
  enable: (store, args, _options, by) => setDisabled(store, only(args, 'enable NAME'), false, by),
  'key add': async (store, args, options, by) => {
    const user = await find(store, only(args, 'key add NAME --name LABEL'))
    if (options.name === undefined) throw new UsageError('--name says what the key is for')
    const kind = options.ingest ? 'ingest' : 'user'
    const { key, secret } = await store.createKey(user.id, { name: options.name, kind }, by)
    console.log(`added ${key.kind} key ${key.id} of ${user.name}`)
    console.log(`key: ${secret}`)
  },
  'key list': async (store, [name], options) => {
    const user = name === undefined ? undefined : await find(store, name)
    const keys = await store.listKeys(user?.id)
    if (options.json) return console.log(JSON.stringify(keys, null, 2))
    const names = new Map((await store.listUsers()).map((one) => [one.id, one.name]))
    for (const key of keys) {
      const state = key.revoked === undefined ? 'active' : 'revoked'
      const owner = names.get(key.userId) ?? key.userId
      console.log(
        [key.id, owner, key.name, key.kind, `${key.prefix}...`, state, seen(key.lastUsed)].join(
          '\t',
        ),
      )
    }
  },
  'key revoke': async (store, args, _options, by) => {
    const id = only(args, 'key revoke ID')
    await store.revokeKey(id, by)
    console.log(`revoked ${id}`)
  },
}

/** Runs `trapline user`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      role: { type: 'string' },
      name: { type: 'string' },
      ingest: { type: 'boolean' },
      json: { type: 'boolean' },
      'password-stdin': { type: 'boolean' },
    },
  })
  const words = positionals[0] === 'key' ? 2 : 1
  const action = ACTIONS[positionals.slice(0, words).join(' ')]
  if (action === undefined) throw new UsageError(`no command "${positionals.join(' ')}"`)
  const { data } = localSettings()
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const { store } = await openStore({ url: stateUrl(data) })
  try {
    const by = { name: `${userInfo().username} (command line)` }
    await action(store, positionals.slice(words), values, by)
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof StateError)) throw error
    console.error(`trapline user: ${error.message}`)
    return EXIT.badConfiguration
  } finally {
    await store.close()
  }
}

async function setDisabled(store: Store, name: string, disabled: boolean, by: Actor) {
  const user = await find(store, name)
  await store.setDisabled(user.id, disabled, by)
  console.log(`${user.name} is ${disabled ? 'disabled' : 'enabled'} now`)
}

async function find(store: Store, name: string | undefined): Promise<User> {
  const user = await store.getUser(name ?? '')
  if (user === undefined) throw new StateError('not-found', `there is no user ${name}`)
  return user
}

async function newPassword(options: Options): Promise<{ password: string; shown: boolean }> {
  if (options['password-stdin'] !== true) {
    const bytes = crypto.getRandomValues(new Uint8Array(15))
    return { password: Buffer.from(bytes).toString('base64url'), shown: true }
  }
  const [line = ''] = (await Bun.stdin.text()).split(/\r?\n/)
  return { password: line, shown: false }
}

function only(args: readonly string[], form: string): string {
  const [one, ...more] = args
  if (one === undefined || more.length > 0) throw new UsageError(form)
  return one
}

function roleOf(text: string | undefined): Role {
  const role = ROLES.find((known) => known === text)
  if (role === undefined) throw new UsageError(`--role is one of ${ROLES.join(', ')}`)
  return role
}

function seen(at: number | undefined): string {
  return at === undefined ? 'never' : new Date(at).toISOString()
}
