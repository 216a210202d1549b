// Whose names stand in the events: found by the names of fields and by the places where texts hold them.
import type { Event } from '../../parsers/event.ts'
import { isCommonAddress } from './addresses.ts'
import { encodedTextsIn } from './base64.ts'
import { isCommonName, isSharedDomain } from './common-values.ts'
import { fieldKind } from './field-kinds.ts'
import { isSecretValue } from './secrets.ts'
import type { RedactKind, RedactOptions } from './types.ts'
import { mapEvent } from './walk.ts'

const NAME_LENGTH_MAX = 128
const NAME_LENGTH_MIN = 2

/** What to look for in every text. */
export interface Identities {
  /** Names, ids and secrets as written, lower case, with their kind. */
  readonly literals: ReadonlyMap<string, RedactKind>
  /** Domains of the organisation: `acme.example` stands for all below it. */
  readonly domains: ReadonlySet<string>
  /** All texts of the events, lower case: a pseudonym must not be among them. */
  readonly haystack: string
}

interface Found {
  readonly literals: Map<string, RedactKind>
  readonly domains: Set<string>
}

/** Reads every text of the events once. */
export function identitiesOf(events: readonly Event[], options: RedactOptions): Identities {
  const found: Found = {
    literals: new Map(),
    domains: new Set((options.ownDomains ?? []).map((domain) => domain.toLowerCase())),
  }
  const texts: string[] = []
  for (const event of events) {
    mapEvent(event, (text, name) => {
      texts.push(text.toLowerCase())
      for (const inner of [text, ...encodedTextsIn(text).map((one) => one.text)])
        readText(found, inner)
      const kind = fieldKind(name)
      if (kind !== undefined) readValue(found, kind, text.trim())
      return text
    })
    const { host, user } = event.pivots
    if (typeof host === 'string') readValue(found, 'host', host)
    if (typeof user === 'string') readValue(found, 'user', user)
  }
  return { ...found, haystack: texts.join('\n') }
}

function readValue(found: Found, kind: RedactKind, value: string): void {
  if (value === '' || value === '-' || value.length > NAME_LENGTH_MAX * 8) return
  if (kind === 'secret') {
    if (isSecretValue(value)) add(found, 'secret', value)
    return
  }
  if (value.length > NAME_LENGTH_MAX || isAddress(value) || /^S-1-\d/i.test(value)) return
  if (kind === 'user') readUser(found, value)
  else if (kind === 'host') readHost(found, value)
  else if (kind === 'domain') readDomain(found, value)
  else if (kind === 'id') readId(found, value)
}

/** `CORP\bob`, `bob@corp.example`, `CN=Bob,OU=..`, `arn:aws:iam::1:user/bob`, `bob`, `WS01$`. */
function readUser(found: Found, value: string): void {
  const name = /^(?:CN|uid)=([^,]+)/i.exec(value)?.[1] ?? value.replace(/^arn:[^/]*\/(?:.*\/)?/, '')
  const [, domain, account] = /^([^\\/\s]+)[\\/]+([^\\/]+)$/.exec(name) ?? []
  if (domain !== undefined && account !== undefined) {
    readDomain(found, domain)
    readUser(found, account)
    return
  }
  const [, local, at] = /^([^@\s]+)@([\w-]+(?:\.[\w-]+)*)$/.exec(name) ?? []
  if (local !== undefined && at !== undefined) {
    readDomain(found, at)
    readUser(found, local)
    return
  }
  if (/^\d{1,5}$/.test(name) || /[\\/:<>|]/.test(name)) return
  if (name.endsWith('$')) readHost(found, name.slice(0, -1))
  else add(found, 'user', name.replace(/\(uid=\d+\)$/, ''))
}

function readHost(found: Found, value: string): void {
  const host = value.replace(/^\\+/, '').replace(/:\d+$/, '').replace(/\.$/, '')
  if (isAddress(host) || !/^[\w.-]+$/.test(host) || /^\d+$/.test(host)) return
  const [label = '', ...rest] = host.split('.')
  add(found, 'host', label)
  if (rest.length > 0) readDomain(found, rest.join('.'))
}

/** A DNS domain stands for the organisation's whole tree; a NetBIOS domain for itself. */
function readDomain(found: Found, value: string): void {
  const domain = value.toLowerCase().replace(/\.$/, '')
  if (isCommonName(domain) || isSharedDomain(domain) || isAddress(domain)) return
  if (!domain.includes('.')) add(found, 'domain', domain)
  else if (/^[\w-]+(\.[\w-]+)+$/.test(domain)) found.domains.add(registrable(domain))
}

/** The part of a domain that one owner registers: its last two labels, three under `co.uk` and the like. */
export function registrable(domain: string): string {
  const labels = domain.toLowerCase().split('.')
  const [second = '', last = ''] = labels.slice(-2)
  const isCountrys = last.length === 2 && /^(?:co|com|net|org|ac|gov|edu|or|ne)$/.test(second)
  return labels.slice(isCountrys ? -3 : -2).join('.')
}

function readId(found: Found, value: string): void {
  const hasDigits = /\d/.test(value) && !/^[{}0-]+$/.test(value)
  if (hasDigits && value.length >= 8 && /^[\w{}:.-]+$/.test(value)) add(found, 'id', value)
}

function add({ literals }: Found, kind: RedactKind, value: string): void {
  if (kind !== 'secret' && (isCommonName(value) || value.length < NAME_LENGTH_MIN)) return
  const key = kind === 'secret' ? value : value.toLowerCase()
  if (!literals.has(key)) literals.set(key, kind)
}

const PROFILE =
  /[\\/]{1,4}(?:users|home|documents and settings)[\\/]{1,4}(?:([\w.$ -]{2,64}?)(?=[\\/])|([\w.$-]{2,64}))/gi
const USER_OPTION = /\/user:(?:([\w.-]{1,64})\\)?([\w.-]{2,64})/gi
const UNC = /(?<![\w\\:])\\\\([a-z][\w-]{1,62})((?:\.[\w-]{1,63}){0,10})(?:@\w{1,8})?\\[\w$]/gi
const MAIL = /(?<![\w.+-])[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,24})(?![\w-])/gi

/** Names in the text itself: profile folders, `/user:`, UNC paths. */
function readText(found: Found, text: string): void {
  for (const [, folder, name = ''] of text.matchAll(PROFILE))
    add(found, 'user', (folder ?? name).trim())
  for (const [, domain, name = ''] of text.matchAll(USER_OPTION)) {
    if (domain !== undefined) readDomain(found, domain)
    add(found, 'user', name)
  }
  for (const [, host = '', rest = ''] of text.matchAll(UNC)) readHost(found, host + rest)
  for (const [, domain = ''] of text.matchAll(MAIL))
    if (!isSharedDomain(domain)) found.domains.add(registrable(domain))
  const aws = /\barn:aws[\w-]{0,16}:[\w-]{0,64}:[\w-]{0,32}:(\d{12}):/g
  for (const [, account = ''] of text.matchAll(aws)) add(found, 'id', account)
}

function isAddress(text: string): boolean {
  return (
    /^[\d.]+$|:.*:/.test(text) && (/^\d{1,3}(\.\d{1,3}){3}$/.test(text) || !isCommonAddress(text))
  )
}
